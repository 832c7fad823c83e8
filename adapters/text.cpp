#include "palmetto/adapters/text.hpp"

#include "palmetto/adapters/pg_lsn.hpp"
#include "palmetto/adapters/text_search.hpp"
#include "palmetto/adapters/tid.hpp"

#include <array>

namespace palmetto {
namespace detail {
namespace {

// Of the bytes beyond ASCII, four characters each: \200 to \377. Source: charout.
constexpr auto octal_escapes = [] {
  std::array<char, 128 * 4> escapes{};
  for (std::size_t i = 0; i < 128; ++i) {
    const std::size_t byte = i + 128;
    escapes[i * 4] = '\\';
    escapes[i * 4 + 1] = static_cast<char>('0' + byte / 64);
    escapes[i * 4 + 2] = static_cast<char>('0' + byte / 8 % 8);
    escapes[i * 4 + 3] = static_cast<char>('0' + byte % 8);
  }
  return escapes;
}();

bool is_octal_digit(char c) noexcept { return c >= '0' && c <= '7'; }

// Types that are exact ones in binary, as their text.
std::string (*find_exact_reader(Oid oid))(Reader&) {
  switch (oid) {
    case TypeRef("pg_lsn").oid:
      return [](Reader& in) { return Adapter<PgLsn>::read(in).to_string(); };
    case TypeRef("tid").oid:
      return [](Reader& in) { return Adapter<Tid>::read(in).to_string(); };
    case TypeRef("tsvector").oid:
      return [](Reader& in) { return Adapter<TsVector>::read(in).to_string(); };
    case TypeRef("tsquery").oid:
      return [](Reader& in) { return Adapter<TsQuery>::read(in).text; };
    default:
      return nullptr;
  }
}

}  // namespace

TextForm text_form(const AdaptersMap& map, Oid oid, Format format) {
  if (format == Format::text) return TextForm::whole;
  switch (oid) {
    case TypeRef("text").oid:
    case TypeRef("varchar").oid:
    case TypeRef("bpchar").oid:
    case TypeRef("name").oid:
    case TypeRef("unknown").oid:
    case TypeRef("json").oid:
    case TypeRef("xml").oid:
    case TypeRef("refcursor").oid:
    case TypeRef("void").oid:  // of which there is one value, empty in both formats
      return TextForm::whole;
    case TypeRef("jsonb").oid:
    case TypeRef("jsonpath").oid:
      return TextForm::versioned;
    case TypeRef("char").oid:
      return TextForm::byte;
    default: {
      const TypeInfo* info = map.types().find(oid);
      if (info == nullptr) return TextForm::none;
      // An enum's value is its label; citext is an extension's, whose OID each database chooses.
      const bool is_text = info->kind == TypeKind::enumeration || info->name == "citext";
      return is_text ? TextForm::whole : TextForm::none;
    }
  }
}

void write_text_parameter(Writer& out, std::string_view text) {
  if (const std::size_t nul = text.find('\0'); nul != std::string_view::npos)
    out.fail("the text has a NUL byte at offset " + std::to_string(nul) +
             ", which PostgreSQL can't store");
  out.append(text);
}

void skip_version(Reader& in) {
  if (in.get<std::uint8_t>() != 1) in.fail("the value's binary format has another version than 1");
}

std::string_view read_byte_text(Reader& in) {
  const std::string_view bytes = in.take(1);
  const auto byte = static_cast<unsigned char>(bytes.front());
  if (byte == 0) return {};
  if (byte < 128) return bytes;
  return {octal_escapes.data() + (byte - 128) * std::size_t{4}, 4};
}

char read_byte(Reader& in) { return in.take(1).front(); }

char read_byte_from_text(Reader& in) {
  const std::string_view text = in.rest();
  if (text.empty()) return '\0';
  if (text.size() == 1) return text.front();
  const bool is_escape = text.size() == 4 && text[0] == '\\' && text[1] <= '3' &&
                         is_octal_digit(text[1]) && is_octal_digit(text[2]) &&
                         is_octal_digit(text[3]);
  if (!is_escape) in.fail("the text is not that of a \"char\"");
  return static_cast<char>((text[1] - '0') * 64 + (text[2] - '0') * 8 + (text[3] - '0'));
}

}  // namespace detail

Loader<std::string> Adapter<std::string>::find_loader(const AdaptersMap& map, Oid oid,
                                                      Format format) {
  if (format == Format::binary)
    if (const auto read_exact = detail::find_exact_reader(oid)) return {read_exact};
  return detail::find_text_loader<std::string>(map, oid, format);
}

Loader<char> Adapter<char>::find_loader(const AdaptersMap& map, Oid oid, Format format) {
  if (oid == TypeRef("char").oid)
    return {format == Format::binary ? &detail::read_byte : &detail::read_byte_from_text};
  if (detail::text_form(map, oid, format) != detail::TextForm::whole) return {};
  return {&read};
}

PALMETTO_DEFINE_ADAPTER(std::string);
PALMETTO_DEFINE_ADAPTER(std::string_view);

}  // namespace palmetto
