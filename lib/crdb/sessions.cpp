#include "palmetto/crdb/sessions.hpp"

#include "palmetto/adapters/boolean.hpp"
#include "palmetto/adapters/datetime.hpp"
#include "palmetto/adapters/integer.hpp"
#include "palmetto/adapters/text.hpp"
#include "palmetto/crdb/connection.hpp"

#include "kept_session_id.hpp"

namespace palmetto::crdb {
namespace {

using std::chrono::microseconds;

template <class Start>
std::vector<RunningQuery> read_queries(const Result& result) {
  std::vector<RunningQuery> queries;
  for (auto [query_id, node_id, session_id, user_name, start, query, client_address,
             application_name, distributed, phase] :
       result.rows<std::string, std::int64_t, std::string, std::string, Start, std::string,
                   std::string, std::string, std::optional<bool>, std::string>())
    queries.push_back({query_id, node_id, session_id, user_name,
                       std::chrono::sys_time<microseconds>(start.time_since_epoch()), query,
                       client_address, application_name, distributed, phase});
  return queries;
}

}  // namespace

std::string CrdbConnection::session_id(std::source_location where) {
  static_cast<void>(session());
  if (const auto id = session_id_->get()) return *id;
  const std::string id =
      execute(sql::Composed({sql::SQL("SHOW session_id")}, where)).value<std::string>();
  session_id_->set(id);
  return id;
}

std::vector<RunningQuery> CrdbConnection::running_queries(std::source_location where) {
  // A node that does not answer is a row with an error for its text, and no query.
  const Result result = execute(sql::Composed(
      {sql::SQL("SELECT query_id, node_id, session_id, user_name, start, query, client_address, "
                "application_name, distributed, phase FROM [SHOW CLUSTER QUERIES] "
                "WHERE query_id IS NOT NULL")},
      where));
  // Older servers have a TIMESTAMP, of UTC: a cast there would take it for one of the session's
  // time zone.
  constexpr std::size_t start = 4;
  return result.description()[start].type_oid == TypeRef("timestamp").oid
             ? read_queries<std::chrono::local_time<microseconds>>(result)
             : read_queries<std::chrono::sys_time<microseconds>>(result);
}

void CrdbConnection::cancel_query(std::string_view query_id, std::source_location where) {
  execute(sql::Composed({sql::SQL("CANCEL QUERY "), sql::Literal(query_id)}, where));
}

void CrdbConnection::cancel_query(std::string_view query_id, IfExists, std::source_location where) {
  execute(sql::Composed({sql::SQL("CANCEL QUERY IF EXISTS "), sql::Literal(query_id)}, where));
}

void CrdbConnection::cancel_session(std::string_view session_id, std::source_location where) {
  execute(sql::Composed({sql::SQL("CANCEL SESSION "), sql::Literal(session_id)}, where));
}

void CrdbConnection::cancel_session(std::string_view session_id, IfExists,
                                    std::source_location where) {
  execute(sql::Composed({sql::SQL("CANCEL SESSION IF EXISTS "), sql::Literal(session_id)}, where));
}

void CrdbConnection::cancel_with(CrdbConnection& other, std::source_location where) const {
  if (closed()) return;
  if (other.shared_session() == shared_session())
    throw ProgrammingError("cancel_with() needs another connection than the one to cancel");
  const auto id = session_id_->get();
  if (!id)
    throw ProgrammingError(
        "cancel_with() needs to know the session: call session_id() once before, while the "
        "connection executes nothing");
  // Between the look and the cancel a statement may end.
  other.execute(sql::Composed(
      {sql::SQL("CANCEL QUERIES IF EXISTS (SELECT query_id FROM [SHOW CLUSTER QUERIES] "
                "WHERE session_id = "),
       sql::Literal(*id), sql::SQL(")")},
      where));
}

}  // namespace palmetto::crdb
