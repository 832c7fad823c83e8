#include "palmetto/pq/conninfo.hpp"

#include "palmetto/pq/conn.hpp"

#include <libpq-fe.h>

#include <memory>

namespace palmetto::pq {
namespace {

using OwnedOptions = std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)>;

// Those that have a value.
std::vector<ConninfoOption> copy_of(const PQconninfoOption* option) {
  std::vector<ConninfoOption> copies;
  for (; option->keyword != nullptr; ++option) {
    if (option->val == nullptr) continue;
    const bool secret = option->dispchar != nullptr && option->dispchar[0] == '*';
    copies.push_back({option->keyword, option->val, secret});
  }
  return copies;
}

}  // namespace

ParsedConninfo parse_conninfo(const std::string& conninfo) {
  char* error = nullptr;
  const OwnedOptions options(PQconninfoParse(conninfo.c_str(), &error), &PQconninfoFree);
  const std::unique_ptr<char, decltype(&PQfreemem)> owned_error(error, &PQfreemem);
  ParsedConninfo parsed;
  if (options) parsed.options = copy_of(options.get());
  else parsed.error = error != nullptr ? error : "out of memory";
  return parsed;
}

std::string make_conninfo(std::span<const ConninfoOption> options) {
  std::string conninfo;
  for (const ConninfoOption& option : options) {
    conninfo += option.keyword + "='";
    for (const char c : option.value) {
      if (c == '\'' || c == '\\') conninfo += '\\';
      conninfo += c;
    }
    conninfo += "' ";
  }
  return conninfo;
}

std::vector<ConninfoOption> Conn::conninfo() const {
  const OwnedOptions options(PQconninfo(handle_.get()), &PQconninfoFree);
  return options ? copy_of(options.get()) : std::vector<ConninfoOption>();
}

std::vector<ConninfoOption> resolve_conninfo(std::span<const ConninfoOption> options) {
  // libpq looks a service up only when it connects. With an sslmode that does not exist it does all
  // but that: it fills in the options, finds this one wrong, and gives up.
  std::vector<ConninfoOption> impossible(options.begin(), options.end());
  impossible.push_back({"sslmode", "none at all"});
  return Conn::connect_start(impossible).conninfo();
}

}  // namespace palmetto::pq
