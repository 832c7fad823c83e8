#include "palmetto/executor.hpp"

#include "session.hpp"

namespace palmetto {

void detail::ParameterSubject::fail(int parameter, std::string_view reason) const {
  throw DataError("parameter $" + std::to_string(parameter) + ": " + std::string(reason),
                  {std::string(statement_.shown), statement_.where});
}

const std::shared_ptr<detail::Session>& detail::session_of(const Executor& executor) {
  return executor.session_;
}

const AdaptersMap& detail::adapters_of(const Executor& executor) {
  return executor.adapters_in_use();
}
const StatementOptions& detail::options_of(const Executor& executor) { return executor.options_; }
int detail::scope_of(const Executor& executor) { return executor.scope_; }
Result detail::execute_arrays(const Executor& executor, const StatementText& statement,
                              const pq::ParameterArrays& parameters) {
  return executor.execute_arrays(statement, parameters);
}

Executor::Executor(std::shared_ptr<detail::Session> session, int scope)
    : session_(std::move(session)), scope_(scope) {}
Executor::Executor(std::shared_ptr<detail::Session> session, int scope, StatementOptions options)
    : session_(std::move(session)), scope_(scope), options_(std::move(options)) {}
Executor::Executor(const Executor& other) = default;
Executor::Executor(Executor&& other) noexcept = default;
Executor& Executor::operator=(const Executor& other) = default;
Executor& Executor::operator=(Executor&& other) noexcept = default;
Executor::~Executor() = default;

Executor Executor::with(StatementOptions options) const {
  return Executor(session_, scope_, std::move(options));
}

detail::Session& Executor::any_session() const {
  if (!session_) [[unlikely]]
    throw InterfaceError("there is no connection here: it was moved from");
  return *session_;
}

detail::Session& Executor::session() const {
  static_cast<void>(any_session().wire());
  return *session_;
}

const AdaptersMap& Executor::adapters_in_use() const {
  return options_.adapters ? *options_.adapters : any_session().adapters();
}

Result Executor::execute_arrays(const StatementText& statement,
                                const pq::ParameterArrays& parameters) const {
  Result result = any_session().execute(scope_, statement, parameters, options_);
  detail::Session::deliver_notifications(session_);
  return result;
}

}  // namespace palmetto
