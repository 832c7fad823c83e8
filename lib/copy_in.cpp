#include "palmetto/copy_in.hpp"

#include "palmetto/errors.hpp"

#include "copy_text.hpp"
#include "ongoing.hpp"

#include <charconv>

namespace palmetto {
namespace detail {
namespace {

class Copying final : public Ongoing, public CopySink {
 public:
  Copying(std::shared_ptr<Session> session, int scope, const StatementText& statement,
          const StatementOptions& options)
      : Ongoing(std::move(session), scope, statement, options) {}
  ~Copying() override { leave(); }

  /// Asks for the columns, which typed rows are written for.
  void prepare(const std::string& query, CopyFormat format, bool has_list) {
    target_.format = format;
    target_.has_list = has_list;
    // CockroachDB, before it had the options, stored the first line of a message alone.
    by_row_ = format == CopyFormat::csv && !session().dialect().has(Feature::copy_options);
    target_.columns =
        ResultHandle(new ResultData(describe(query.c_str(), {}), adapters(), statement()));
  }

  void begin() {
    send_unsent();
    open();
    // The simple protocol, for there are servers that take COPY by no other.
    if (!wire().send_query(statement().text)) Ongoing::fail({});
    auto arrived = run(flow::next_rows(wire()), deadline());
    if (arrived.expired) fail_expired();
    if (arrived.result.status() != pq::ResultStatus::copy_in) refuse(std::move(arrived.result));
    const int columns = arrived.result.nfields();
    if (target_.columns && target_.columns->result().nfields() != columns) refuse_columns();
  }

  std::int64_t finish() override {
    if (!is_open()) fail_ended();
    write_trailer();
    flush();
    require_usable();
    if (wire().put_copy_end() != pq::PutStatus::queued) Ongoing::fail({});
    auto arrived = run(flow::next_rows(wire()), deadline());
    if (arrived.expired) fail_expired();
    if (arrived.result.status() != pq::ResultStatus::command_ok ||
        wire().status() == pq::ConnStatus::bad)
      Ongoing::fail(std::move(arrived.result));
    complete();
    return count_of(arrived.result.command_tag());
  }

  void leave() noexcept override {
    if (is_open()) abandon_copy_in();
  }

 private:
  [[nodiscard]] const char* occupation() const noexcept override {
    return "a COPY from the client is under way, and is to be finished, or left";
  }
  [[nodiscard]] bool is_open() const noexcept override { return Ongoing::is_open(); }

  void require_raw() const override {
    if (by_row_)
      throw NotSupportedError(
          "blocks of CSV would lose rows: the server stores the first line of each alone; write "
          "typed rows, or text",
          {std::string(statement().shown), statement().where});
  }

  void put(const char* data, std::size_t size) override {
    require_usable();
    switch (run(flow::put_block(wire(), data, size), deadline())) {
      case flow::CopyStep::done:
        return;
      case flow::CopyStep::expired:
        fail_expired();
      case flow::CopyStep::failed:
        fail_broken();
    }
  }

  // The connection has ended; what the server said before that is the reason.
  [[noreturn]] void fail_broken() {
    wire().put_copy_error("");
    auto arrived = run(flow::next_rows(wire()), {.at = grace_from_now()});
    Ongoing::fail(std::move(arrived.result));
  }

  [[noreturn]] void fail_ended() const override {
    static_cast<void>(session().wire());
    throw ProgrammingError("the COPY has ended",
                           {std::string(statement().shown), statement().where});
  }

  [[noreturn]] void refuse(pq::Result result) {
    const pq::ResultStatus status = result.status();
    const bool is_other = result && !pq::is_error(status);
    if (!is_other) Ongoing::fail(std::move(result));
    if (status == pq::ResultStatus::copy_out) abandon();
    close();
    throw ProgrammingError("the statement is no COPY from the client",
                           {std::string(statement().shown), statement().where});
  }
  [[noreturn]] void refuse_columns() {
    leave();
    throw ProgrammingError(
        "the table has columns that a COPY does not take, such as generated ones: list the columns",
        {std::string(statement().shown), statement().where});
  }

  [[nodiscard]] static std::int64_t count_of(std::string_view tag) noexcept {
    const std::string_view number = tag.substr(tag.rfind(' ') + 1);  // npos + 1 is 0
    std::int64_t rows = 0;
    std::from_chars(number.data(), number.data() + number.size(), rows);
    return rows;
  }
};

}  // namespace
}  // namespace detail

CopyIn::CopyIn(std::unique_ptr<detail::CopySink> core) noexcept : core_(std::move(core)) {}
CopyIn::CopyIn(CopyIn&&) noexcept = default;
CopyIn& CopyIn::operator=(CopyIn&&) noexcept = default;
CopyIn::~CopyIn() = default;

void CopyIn::write_raw(std::string_view block) { core_->write_raw(block); }
std::int64_t CopyIn::finish() { return core_->finish(); }

CopyIn Executor::copy_in(const CopyTable& table, const std::vector<std::string_view>& columns,
                         const CopyOptions& options, std::source_location where) const {
  const std::string text =
      detail::copy_in_text(table, columns, options.format, session().dialect());
  auto copy = std::make_unique<detail::Copying>(
      session_, scope_, StatementText{text.c_str(), text, {}, where, false}, options_);
  copy->prepare(detail::select_text(table, columns), options.format, !columns.empty());
  copy->begin();
  return CopyIn(std::move(copy));
}

CopyIn Executor::copy_in(const CopyTable& table, const std::vector<std::string_view>& columns,
                         std::source_location where) const {
  return copy_in(table, columns, CopyOptions{}, where);
}

CopyIn Executor::copy_in_raw(Statement<> statement) const {
  auto copy = std::make_unique<detail::Copying>(session_, scope_, statement.text(), options_);
  copy->begin();
  return CopyIn(std::move(copy));
}

CopyIn Executor::copy_in_raw(const sql::Composable& composed) const {
  const DynamicSql statement = composed.statement(adapters_in_use());
  return copy_in_raw(Statement<>(statement));
}

}  // namespace palmetto
