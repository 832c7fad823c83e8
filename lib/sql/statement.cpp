#include "palmetto/sql/statement.hpp"

#include "palmetto/errors.hpp"

namespace palmetto {

DynamicSql dynamic_sql(std::string_view text, std::source_location where) {
  if (const std::size_t nul = text.find('\0'); nul != std::string_view::npos)
    throw ProgrammingError("the statement has a NUL byte at offset " + std::to_string(nul),
                           {"", where});
  return {std::string(text), std::string(text), where};
}

void detail::check_placeholders(const StatementText& statement, std::size_t arguments) {
  const sql::Placeholders& found = statement.placeholders;
  const auto refuse = [&](const std::string& reason) {
    throw ProgrammingError(reason, {std::string(statement.shown), statement.where});
  };
  // What does not end is for the server to report: it knows where.
  if (found.problem == sql::Placeholders::Problem::zero) refuse("placeholders count from $1");
  if (found.problem == sql::Placeholders::Problem::too_large)
    refuse("a placeholder's number is above 65535");
  if (found.first_unused != 0)
    refuse("the statement has $" + std::to_string(found.count) + " but skips $" +
           std::to_string(found.first_unused));
  if (static_cast<std::size_t>(found.count) != arguments)
    refuse("the statement has " + std::to_string(found.count) + " placeholders, but " +
           std::to_string(arguments) + " arguments were given");
}

}  // namespace palmetto
