#include "arriving_rows.hpp"

#include "palmetto/errors.hpp"

namespace palmetto::detail {

ArrivingRows::ArrivingRows(std::shared_ptr<Session> session, int scope,
                           const StatementText& statement, const StatementOptions& options,
                           StreamRoad road)
    : Ongoing(std::move(session), scope, statement, options), RowFeed(road) {}

void ArrivingRows::send(const pq::ParameterArrays& parameters) {
  parameters_.keep(parameters);
  send_unsent();
  open();
  const bool sent = wire().send_query_params(statement().text, parameters, options().results) &&
                    (road() == StreamRoad::chunks ? wire().set_chunked_rows_mode(chunk)
                                                  : wire().set_single_row_mode());
  if (!sent) fail({});
}

void ArrivingRows::start() {
  if (!description_) fetch();
}

bool ArrivingRows::next() {
  start();
  while (!rows_.next()) {
    if (!is_open()) return false;
    fetch();
  }
  cells_ = rows_.cells();
  ++row_;
  return true;
}

void ArrivingRows::fetch() {
  require_usable();
  auto arrived = run(flow::next_rows(wire()), deadline());
  if (arrived.expired) fail_expired();
  if (!flow::is_rows(arrived.result.status())) return end_with(std::move(arrived.result));
  if (description_) {
    result_ = std::move(arrived.result);
    return rows_.begin(result_);
  }
  description_ = ResultHandle(new ResultData(std::move(arrived.result), adapters(), statement()));
  rows_.begin(description_->result());
}

void ArrivingRows::end_with(pq::Result result) {
  if (!result || pq::is_error(result.status()) || wire().status() == pq::ConnStatus::bad)
    fail(std::move(result), parameters_.arrays());
  if (pq::is_copy(result.status())) refuse_copy(result.status());
  if (!description_)
    description_ = ResultHandle(new ResultData(std::move(result), adapters(), statement()));
  complete();
}

void ArrivingRows::refuse_copy(pq::ResultStatus status) {
  if (status == pq::ResultStatus::copy_in) abandon_copy_in();
  else leave();
  throw ProgrammingError("a COPY gives no rows: see copy_in and copy_out",
                         {std::string(statement().shown), statement().where});
}

void ArrivingRows::leave() noexcept {
  if (is_open()) abandon(cancel_);
}

}  // namespace palmetto::detail
