#include "cursor_rows.hpp"

#include <array>
#include <string>

namespace palmetto::detail {
namespace {

constexpr int batch = 1000;
constexpr const char* fetch_batch = "FETCH FORWARD 1000 FROM palmetto_stream";

}  // namespace

flow::Command CursorRows::fetch() const noexcept {
  return {.text = fetch_batch, .parameters = {}, .results = options().results};
}

void CursorRows::declare(std::string_view query, const pq::ParameterArrays& parameters) {
  own().begin();
  const std::string declare = "DECLARE palmetto_stream NO SCROLL CURSOR FOR " + std::string(query);
  const std::array commands{flow::Command{.text = declare.c_str(), .parameters = parameters},
                            fetch()};
  std::vector<pq::Result> results = execute(commands, parameters);
  open();
  description_ = ResultHandle(new ResultData(std::move(results[1]), adapters(), statement()));
  take(description_->result());
}

void CursorRows::take(const pq::Result& rows) {
  has_more_ = rows.ntuples() == batch;
  rows_.begin(rows);
}

bool CursorRows::next() {
  if (!is_open()) return false;
  while (!rows_.next()) {
    if (!has_more_) {
      end();
      return false;
    }
    require_usable();
    const std::array commands{fetch()};
    result_ = std::move(execute(commands, {})[0]);
    take(result_);
  }
  cells_ = rows_.cells();
  ++row_;
  return true;
}

void CursorRows::end() {
  close();
  if (own().scope() == 0) close_cursor();
  complete();
}

void CursorRows::close_cursor() {
  const std::array commands{flow::Command{.text = "CLOSE palmetto_stream"}};
  static_cast<void>(execute(commands, {}));
}

void CursorRows::leave() noexcept {
  if (!is_open()) return;
  close();
  if (own().scope() != 0) return own().abandon();
  if (session().closed() || wire().transaction_status() != pq::TransactionStatus::in_transaction)
    return;
  try {
    set_deadline(grace_from_now());
    close_cursor();
  } catch (...) { return; }  // it has failed, or is lost: the transaction ends the cursor
}

}  // namespace palmetto::detail
