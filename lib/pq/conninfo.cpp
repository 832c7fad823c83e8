#include "palmetto/pq/conninfo.hpp"

#include <libpq-fe.h>

#include <memory>

namespace palmetto::pq {

ParsedConninfo parse_conninfo(const std::string& conninfo) {
  char* error = nullptr;
  const std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)> options(
      PQconninfoParse(conninfo.c_str(), &error), &PQconninfoFree);
  const std::unique_ptr<char, decltype(&PQfreemem)> owned_error(error, &PQfreemem);
  ParsedConninfo parsed;
  if (!options) {
    parsed.error = error != nullptr ? error : "out of memory";
    return parsed;
  }
  for (const PQconninfoOption* option = options.get(); option->keyword != nullptr; ++option) {
    if (option->val == nullptr) continue;
    const bool secret = option->dispchar != nullptr && option->dispchar[0] == '*';
    parsed.options.push_back({option->keyword, option->val, secret});
  }
  return parsed;
}

}  // namespace palmetto::pq
