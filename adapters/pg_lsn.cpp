#include "palmetto/adapters/pg_lsn.hpp"

#include "text_form.hpp"

#include <charconv>

namespace palmetto {
namespace {

constexpr std::size_t longest_half = 8;

void write_half(Writer& out, std::uint64_t half) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  int shift = 28;
  while (shift > 0 && half >> shift == 0) shift -= 4;
  for (; shift >= 0; shift -= 4) out.append(digits[half >> shift & 15]);
}

std::uint64_t read_half(Reader& in, std::string_view text) {
  std::uint64_t half = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), half, 16);
  // from_chars takes a sign for signed integers alone.
  if (error != std::errc{} || end != text.data() + text.size() || text.size() > longest_half)
    in.fail("the text is no pg_lsn: two hexadecimal numbers with a slash between");
  return half;
}

}  // namespace

std::string PgLsn::to_string() const { return detail::format_text(*this); }
PgLsn PgLsn::parse(std::string_view text) { return detail::parse_text<PgLsn>(text); }

void Adapter<PgLsn>::write_text(Writer& out, PgLsn lsn) {
  write_half(out, lsn.value >> 32);
  out.append('/');
  write_half(out, lsn.value & 0xFFFF'FFFF);
}

PgLsn Adapter<PgLsn>::read_text(Reader& in) {
  const std::string_view text = in.rest();
  const std::size_t slash = text.find('/');
  const std::uint64_t high = read_half(in, text.substr(0, slash));
  const std::uint64_t low =
      read_half(in, slash == std::string_view::npos ? std::string_view() : text.substr(slash + 1));
  return {high << 32 | low};
}

PALMETTO_DEFINE_ADAPTER(PgLsn);

}  // namespace palmetto
