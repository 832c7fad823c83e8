#include "palmetto/crdb/system_time.hpp"

#include "palmetto/adapters/text.hpp"
#include "palmetto/crdb/adapters.hpp"
#include "palmetto/errors.hpp"
#include "palmetto/sql/composition.hpp"

namespace palmetto::crdb {
namespace {

std::string quoted_time(std::string_view time) {
  if (time.empty()) throw ProgrammingError("the system time is empty");
  if (time.find('\0') != std::string_view::npos)
    throw ProgrammingError("the system time has a NUL byte");
  return sql::Literal(time).as_string(adapters());
}

}  // namespace

SystemTime::SystemTime(std::string_view time) : expression_(quoted_time(time)) {}

SystemTime SystemTime::follower_read() {
  return SystemTime(Expression{"follower_read_timestamp()"});
}

}  // namespace palmetto::crdb
