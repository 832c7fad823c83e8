#include "palmetto/crdb/keys.hpp"

#include "palmetto/errors.hpp"

namespace palmetto::crdb {

void detail::throw_key_without_value() {
  throw ProgrammingError("the key has no value yet: none was generated");
}

}  // namespace palmetto::crdb
