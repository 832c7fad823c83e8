#include "palmetto/sql/placeholders.hpp"

#include "fuzz.hpp"

namespace {

using palmetto::fuzz::fail;
using palmetto::sql::find_placeholders;
using palmetto::sql::Placeholders;
using Problem = Placeholders::Problem;

constexpr int largest = 65535;

// A placeholder on a line of its own behind a whole text is found; behind a string or a comment
// that does not end, it belongs to that.
void check_end(std::string_view text, const Placeholders& found) {
  const Placeholders more = find_placeholders(std::string(text) + "\n$65535");
  if (more.problem != found.problem || more.is_copy != found.is_copy)
    fail("a placeholder behind the text changes what else is found");
  if (found.problem == Problem::none && more.count != largest)
    fail("a placeholder behind the text is not found");
  if (found.problem == Problem::unterminated && more.count != found.count)
    fail("a placeholder is found in what does not end");
}

// Nothing is found within quotes, when those in the text are doubled.
void check_quoted(std::string_view text, char quote) {
  std::string quoted(1, quote);
  for (const char c : text) quoted.append(c == quote ? 2 : 1, c);
  const Placeholders found = find_placeholders(quoted + quote);
  if (found.count != 0 || found.problem != Problem::none) fail("quotes do not hide it", quoted);
}

void check_placeholders(std::string_view text) {
  const Placeholders found = find_placeholders(text);
  if (found.count < 0 || found.count > largest) fail("no such count");
  if (found.first_unused < 0 || (found.first_unused != 0 && found.first_unused >= found.count))
    fail("the first unused is not below the count");
  check_end(text, found);
  check_quoted(text, '\'');
  check_quoted(text, '"');
}

}  // namespace

std::vector<palmetto::fuzz::Case> palmetto::fuzz::cases() {
  return {parse("a statement", &check_placeholders,
                {
                    "SELECT $1, $3",
                    "COPY t TO '$1'",
                    "E'\\'' -- $1\n '$2' $3",
                    "$$ $1 $$ || $a$ $$ $2 $a$, a$1",
                    "/* /* $1 */ */ \"a\"\"$1\"",
                    "SELECT $0, $65536, 0x1F, 1e5",
                })};
}
