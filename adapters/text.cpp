#include "palmetto/adapters/text.hpp"

namespace palmetto::detail {

bool is_text_in_binary(const AdaptersMap& map, Oid oid) {
  switch (oid) {
    case TypeRef("text").oid:
    case TypeRef("varchar").oid:
    case TypeRef("bpchar").oid:
    case TypeRef("name").oid:
    case TypeRef("char").oid:
    case TypeRef("unknown").oid:
    case TypeRef("json").oid:
    case TypeRef("xml").oid:
      return true;
    default: {
      const TypeInfo* info = map.types().find(oid);  // an enum's value is its label
      return info != nullptr && info->kind == TypeKind::enumeration;
    }
  }
}

void write_text_parameter(Writer& out, std::string_view text) {
  if (const std::size_t nul = text.find('\0'); nul != std::string_view::npos)
    out.fail("the text has a NUL byte at offset " + std::to_string(nul) +
             ", which PostgreSQL can't store");
  out.append(text);
}

}  // namespace palmetto::detail

namespace palmetto {

PALMETTO_DEFINE_ADAPTER(std::string);
PALMETTO_DEFINE_ADAPTER(std::string_view);

}  // namespace palmetto
