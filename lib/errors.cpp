#include "palmetto/errors.hpp"

#include <algorithm>
#include <iterator>

namespace palmetto {
namespace {

constexpr std::size_t longest_statement_shown = 500;

std::string compose(const std::string& message, const ErrorContext& context) {
  std::string text = message;
  if (context.diagnostic && !context.diagnostic->sqlstate.empty())
    text += " (SQLSTATE " + context.diagnostic->sqlstate + ")";
  if (!context.statement.empty()) {
    text += "\n  in: " + context.statement.substr(0, longest_statement_shown);
    if (context.statement.size() > longest_statement_shown) text += "...";
  }
  if (context.where.line() != 0)
    text += std::string("\n  at: ") + context.where.file_name() + ":" +
            std::to_string(context.where.line());
  return text;
}

using Thrower = void (*)(const std::string& message, const ErrorContext& context);

template <class E>
[[noreturn]] void throw_as(const std::string& message, const ErrorContext& context) {
  throw E(message, context);
}

struct Entry {
  std::string_view code;
  Thrower thrower;
};

constexpr Entry by_code[] = {
#define PALMETTO_SQLSTATE(code, name, base) {code, &throw_as<errors::name>},
#include "palmetto/sqlstates.def"
#undef PALMETTO_SQLSTATE
};
static_assert(std::ranges::is_sorted(by_code, {}, &Entry::code));

// For codes that are in no table: by the first two characters, as psycopg does.
constexpr Entry by_class[] = {
    {"02", &throw_as<DatabaseError>},     {"08", &throw_as<OperationalError>},
    {"0A", &throw_as<NotSupportedError>}, {"20", &throw_as<ProgrammingError>},
    {"21", &throw_as<ProgrammingError>},  {"22", &throw_as<DataError>},
    {"23", &throw_as<IntegrityError>},    {"24", &throw_as<InternalError>},
    {"25", &throw_as<InternalError>},     {"26", &throw_as<ProgrammingError>},
    {"27", &throw_as<OperationalError>},  {"28", &throw_as<OperationalError>},
    {"2B", &throw_as<InternalError>},     {"2D", &throw_as<InternalError>},
    {"2F", &throw_as<OperationalError>},  {"34", &throw_as<ProgrammingError>},
    {"38", &throw_as<OperationalError>},  {"39", &throw_as<OperationalError>},
    {"3B", &throw_as<OperationalError>},  {"3D", &throw_as<ProgrammingError>},
    {"3F", &throw_as<ProgrammingError>},  {"40", &throw_as<OperationalError>},
    {"42", &throw_as<ProgrammingError>},  {"44", &throw_as<ProgrammingError>},
    {"53", &throw_as<OperationalError>},  {"54", &throw_as<OperationalError>},
    {"55", &throw_as<OperationalError>},  {"57", &throw_as<OperationalError>},
    {"58", &throw_as<OperationalError>},  {"F0", &throw_as<OperationalError>},
    {"HV", &throw_as<OperationalError>},  {"P0", &throw_as<ProgrammingError>},
    {"XC", &throw_as<InternalError>},     {"XX", &throw_as<InternalError>},
};
static_assert(std::ranges::is_sorted(by_class, {}, &Entry::code));

template <std::size_t Size>
Thrower find(const Entry (&table)[Size], std::string_view code) {
  const Entry* found = std::ranges::lower_bound(table, code, {}, &Entry::code);
  return found != std::end(table) && found->code == code ? found->thrower : nullptr;
}

}  // namespace

Error::Error(const std::string& message, const ErrorContext& context)
    : std::runtime_error(compose(message, context)),
      details_(std::make_shared<const Details>(Details{message, context})) {}

const Diagnostic& Error::diagnostic() const noexcept {
  static const Diagnostic none;
  return details_->context.diagnostic ? *details_->context.diagnostic : none;
}

std::string_view Error::sqlstate() const noexcept { return diagnostic().sqlstate; }

bool Error::is_retryable() const noexcept {
  return sqlstate() == errors::SerializationFailure::code ||
         sqlstate() == errors::DeadlockDetected::code || sqlstate() == errors::RetriableError::code;
}

ExceededMaxAttempts::ExceededMaxAttempts(int attempts, const Error& last)
    : OperationalError("the transaction failed in all of its " + std::to_string(attempts) +
                           " attempts; the last: " + last.message(),
                       {last.statement(), last.where()}),
      attempts_(attempts),
      last_(last) {}

void throw_server_error(const std::string& message, const ErrorContext& context) {
  const std::string_view code = context.diagnostic->sqlstate;
  Thrower thrower = find(by_code, code);
  if (thrower == nullptr) thrower = find(by_class, code.substr(0, 2));
  if (thrower == nullptr) thrower = &throw_as<DatabaseError>;
  thrower(message, context);
  __builtin_unreachable();
}

}  // namespace palmetto
