#include "palmetto/copy_out.hpp"

#include "palmetto/errors.hpp"

#include "copy_rows.hpp"
#include "copy_text.hpp"
#include "ongoing.hpp"

namespace palmetto {

class CopyOut::Blocks final : public detail::Ongoing {
 public:
  Blocks(std::shared_ptr<detail::Session> session, int scope, const StatementText& statement,
         const StatementOptions& options)
      : Ongoing(std::move(session), scope, statement, options) {}
  ~Blocks() { leave(); }

  void begin() {
    send_unsent();
    open();
    if (!wire().send_query_params(statement().text, {}, Format::text)) fail({});
    auto arrived = run(flow::next_rows(wire()), deadline());
    if (arrived.expired) fail_expired();
    const pq::ResultStatus status = arrived.result.status();
    if (status == pq::ResultStatus::copy_out) return;
    if (status != pq::ResultStatus::copy_in && !is_done(arrived.result))
      fail(std::move(arrived.result));
    if (status == pq::ResultStatus::copy_in) abandon_copy_in();
    close();
    throw ProgrammingError("the statement is no COPY to the client",
                           {std::string(statement().shown), statement().where});
  }

  [[nodiscard]] std::optional<std::string_view> next() {
    if (!is_open()) return std::nullopt;
    while (true) {
      require_usable();
      switch (wire().get_copy_data(block_)) {
        case pq::CopyStatus::data:
          return block_.view();
        case pq::CopyStatus::pending:
          if (wait()) continue;
          [[fallthrough]];
        case pq::CopyStatus::done:
        case pq::CopyStatus::failed:
          end();
          return std::nullopt;
      }
    }
  }

  void leave() noexcept override {
    if (is_open()) abandon();
  }

 private:
  // False when the connection broke: the COPY's result says why.
  [[nodiscard]] bool wait() {
    const flow::CopyStep step = run(flow::wait_for_block(wire()), deadline());
    if (step == flow::CopyStep::expired) fail_expired();
    return step == flow::CopyStep::done;
  }
  [[nodiscard]] const char* occupation() const noexcept override {
    return "a COPY to the client is under way, and is to be read to its end, or left";
  }
  [[nodiscard]] static bool is_done(const pq::Result& result) {
    return result && (result.status() == pq::ResultStatus::command_ok ||
                      result.status() == pq::ResultStatus::tuples_ok);
  }
  void end() {
    auto arrived = run(flow::next_rows(wire()), deadline());
    if (arrived.expired) fail_expired();
    if (!is_done(arrived.result) || wire().status() == pq::ConnStatus::bad)
      fail(std::move(arrived.result));
    complete();
  }

  pq::CopyBlock block_;
};

CopyOut::CopyOut(std::unique_ptr<Blocks> blocks) noexcept : blocks_(std::move(blocks)) {}
CopyOut::CopyOut(CopyOut&&) noexcept = default;
CopyOut& CopyOut::operator=(CopyOut&&) noexcept = default;
CopyOut::~CopyOut() = default;

std::optional<std::string_view> CopyOut::next() { return blocks_ ? blocks_->next() : std::nullopt; }

void CopyOut::close() noexcept {
  if (blocks_) blocks_->leave();
}

CopyOut Executor::copy_out_raw(Statement<> statement) const {
  session().dialect().require(Feature::copy_to);
  auto blocks = std::make_unique<CopyOut::Blocks>(session_, scope_, statement.text(), options_);
  blocks->begin();
  return CopyOut(std::move(blocks));
}

CopyOut Executor::copy_out_raw(const sql::Composable& composed) const {
  const DynamicSql statement = composed.statement(adapters_in_use());
  return copy_out_raw(Statement<>(statement));
}

std::unique_ptr<detail::RowFeed> Executor::open_copy(const CopyTable& table,
                                                     const std::vector<std::string_view>& columns,
                                                     std::source_location where) const {
  session().dialect().require(Feature::copy_to_binary);
  const std::string copy = detail::copy_out_text(table, columns);
  const StatementText statement{copy.c_str(), copy, {}, where, false};
  auto rows = std::make_unique<detail::CopyRows>(session_, scope_, statement, options_);
  rows->prepare(detail::select_text(table, columns).c_str(), {},
                [&](std::span<const Oid>) { return copy; });
  return rows;
}

std::unique_ptr<detail::RowFeed> Executor::open_copy(const StatementText& query) const {
  session().dialect().require(Feature::copy_to_binary);
  auto rows = std::make_unique<detail::CopyRows>(session_, scope_, query, options_);
  rows->prepare(query.text, {}, [&](std::span<const Oid>) {
    const std::string_view text = query.text;
    return detail::copy_out_text(text.substr(0, sql::find_shape(text).end));
  });
  return rows;
}

}  // namespace palmetto
