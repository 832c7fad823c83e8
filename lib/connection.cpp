#include "palmetto/connection.hpp"

#include "connect.hpp"
#include "session.hpp"

namespace palmetto {

const ConnectionOptions& ConnectionOptions::defaults() {
  static const ConnectionOptions options;
  return options;
}

std::shared_ptr<detail::Session> Connection::open(std::string_view conninfo,
                                                  const ConnectionOptions& options,
                                                  DialectFactory dialect) {
  return std::make_shared<detail::Session>(detail::make_wire(conninfo, options), options, dialect);
}

Connection Connection::connect(std::string_view conninfo, const ConnectionOptions& options) {
  return Connection(open(conninfo, options, &postgresql_dialect));
}

Connection connect(std::string_view conninfo, const ConnectionOptions& options) {
  return Connection::connect(conninfo, options);
}

Connection::Connection(Connection&&) noexcept = default;

Connection& Connection::operator=(Connection&& other) noexcept {
  if (this == &other) return *this;
  close();
  Executor::operator=(std::move(other));
  return *this;
}

// Closed here and not with the last reference to the session: a transaction may outlive it.
Connection::~Connection() { close(); }

std::vector<Result> Connection::execute_script(const DynamicSql& script) {
  return session().execute_script(script);
}

Transaction Connection::transaction(const TransactionOptions& options) {
  return begin(options, {});
}

Transaction Connection::begin(const TransactionOptions& options, std::string_view more_options) {
  return Transaction(shared_session(), session().begin(0, options, more_options));
}

void Connection::cancel() const {
  if (shared_session()) shared_session()->cancel();
}

AdaptersMap& Connection::adapters() { return session().adapters(); }
const AdaptersMap& Connection::adapters() const { return session().adapters(); }
const Dialect& Connection::dialect() const { return session().dialect(); }

ConnectionInfo Connection::info() const {
  if (!shared_session()) throw InterfaceError("there is no connection here: it was moved from");
  return ConnectionInfo(shared_session());
}

int Connection::prepare_threshold() const { return session().prepare_threshold(); }
void Connection::set_prepare_threshold(int threshold) {
  session().set_prepare_threshold(threshold);
}

void Connection::add_notice_handler(NoticeHandler handler) {
  session().add_notice_handler(std::move(handler));
}

void Connection::close() noexcept {
  if (shared_session()) shared_session()->close();
}
bool Connection::closed() const noexcept { return !shared_session() || shared_session()->closed(); }
bool Connection::broken() const noexcept { return shared_session() && shared_session()->broken(); }

}  // namespace palmetto
