#include "palmetto/adapters/tid.hpp"

#include "text_form.hpp"

#include <charconv>

namespace palmetto {
namespace {

// Takes a number and the character behind it; false when they are not there.
template <class T>
bool take_number(std::string_view& text, T& number, char behind) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{}) return false;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  if (!text.starts_with(behind)) return false;
  text.remove_prefix(1);
  return true;
}

}  // namespace

std::string Tid::to_string() const { return detail::format_text(*this); }
Tid Tid::parse(std::string_view text) { return detail::parse_text<Tid>(text); }

void Adapter<Tid>::write_text(Writer& out, Tid tid) {
  out.append("(" + std::to_string(tid.block) + "," + std::to_string(tid.offset) + ")");
}

Tid Adapter<Tid>::read_text(Reader& in) {
  std::string_view text = in.rest();
  const bool is_open = text.starts_with('(');
  if (is_open) text.remove_prefix(1);
  Tid tid;
  if (!is_open || !take_number(text, tid.block, ',') || !take_number(text, tid.offset, ')') ||
      !text.empty())
    in.fail("the text is no tid: a block and an offset, (0,1)");
  return tid;
}

PALMETTO_DEFINE_ADAPTER(Tid);

}  // namespace palmetto
