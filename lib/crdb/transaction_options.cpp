#include "transaction_options.hpp"

#include "palmetto/errors.hpp"

namespace palmetto::crdb {
namespace {

std::string_view name_of(Priority priority) {
  switch (priority) {
    case Priority::low:
      return "LOW";
    case Priority::normal:
      return "NORMAL";
    case Priority::high:
      return "HIGH";
  }
  throw ProgrammingError("the priority is none of low, normal and high");
}

}  // namespace

std::string more_options(const std::optional<Priority>& priority,
                         const std::optional<SystemTime>& system_time,
                         const std::optional<bool>& read_only) {
  std::string options;
  if (priority) options.append(" PRIORITY ").append(name_of(*priority));
  if (!system_time) return options;
  if (system_time->is_bounded_staleness())
    throw ProgrammingError("a transaction can't be AS OF SYSTEM TIME " + system_time->expression() +
                           ": only a single statement can");
  if (read_only == false)
    throw ProgrammingError("a transaction AS OF SYSTEM TIME is read-only: it can't be READ WRITE");
  return options + " AS OF SYSTEM TIME " + system_time->expression();
}

}  // namespace palmetto::crdb
