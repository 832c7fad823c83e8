#include "palmetto/adapters/range.hpp"

#include "palmetto/errors.hpp"

namespace palmetto::detail {

void throw_no_range(const AdaptersMap& map, Oid subtype, TypeKind kind) {
  const char* what = kind == TypeKind::range ? " has no range of " : " has no multirange of ";
  throw NotSupportedError(std::string(map.server()) + what + map.types().display(subtype));
}

}  // namespace palmetto::detail
