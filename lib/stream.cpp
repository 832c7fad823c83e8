#include "palmetto/stream.hpp"

#include "palmetto/errors.hpp"
#include "palmetto/pq/capabilities.hpp"
#include "palmetto/sql/inlined.hpp"

#include "arriving_rows.hpp"
#include "copy_rows.hpp"
#include "copy_text.hpp"
#include "cursor_rows.hpp"
#include "session.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>
#include <string>

namespace palmetto {
namespace {

using Refusal = std::optional<std::string>;

constexpr std::array fastest_first{StreamRoad::copy, StreamRoad::chunks, StreamRoad::cursor,
                                   StreamRoad::single_row};

constexpr const char* name_of(StreamRoad road) {
  switch (road) {
    case StreamRoad::copy:
      return "COPY";
    case StreamRoad::chunks:
      return "chunked rows";
    case StreamRoad::cursor:
      return "a cursor";
    case StreamRoad::single_row:
      return "single rows";
  }
  return "";
}

// What decides which roads a statement can take.
class Roads {
 public:
  Roads(const detail::Session& session, const StatementText& statement,
        const StatementOptions& options, const pq::ParameterArrays& texts)
      : session_(session),
        statement_(statement),
        options_(options),
        texts_(texts),
        shape_(sql::find_shape(statement.text)) {}

  [[nodiscard]] const sql::StatementShape& shape() const noexcept { return shape_; }

  /// The one that the options force, or the fastest. Throws NotSupportedError.
  [[nodiscard]] StreamRoad choose() const {
    if (options_.road) {
      if (const Refusal reason = refusal(*options_.road))
        throw NotSupportedError(
            "the rows can't come by " + std::string(name_of(*options_.road)) + ": " + *reason,
            {std::string(statement_.shown), statement_.where});
      return *options_.road;
    }
    const auto road = std::ranges::find_if(fastest_first, [this](StreamRoad candidate) {
      const bool embeds = candidate == StreamRoad::copy || candidate == StreamRoad::cursor;
      return !refusal(candidate) && !(embeds && shape_.may_write);
    });
    return road == fastest_first.end() ? StreamRoad::single_row : *road;
  }

 private:
  [[nodiscard]] Refusal refusal(StreamRoad road) const {
    const Dialect& dialect = session_.dialect();
    switch (road) {
      case StreamRoad::copy:
        if (const Refusal reason = dialect.refusal(Feature::copy_to_binary)) return reason;
        if (const Refusal reason = no_query()) return reason;
        return no_copy();
      case StreamRoad::chunks:
        if (pq::capabilities().chunked_rows) return std::nullopt;
        return "this libpq does not have PQsetChunkedRowsMode, which libpq 17 does";
      case StreamRoad::cursor:
        if (const Refusal reason = dialect.refusal(Feature::server_cursors)) return reason;
        return no_query();
      case StreamRoad::single_row:
        return std::nullopt;
    }
    return std::nullopt;
  }

  // Why it is nothing to put into another statement.
  [[nodiscard]] Refusal no_query() const {
    if (!shape_.terminated || shape_.is_several) return "the statement is not one statement";
    std::string word(shape_.first_word);
    for (char& c : word) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    for (const std::string_view query : {"select", "values", "table", "with"})
      if (word == query) return std::nullopt;
    return "the statement is no query";
  }

  [[nodiscard]] Refusal no_copy() const {
    if (options_.results == Format::text) return "its values come in binary";
    for (int i = 0; i < texts_.count; ++i)
      if (texts_.formats[i] != static_cast<int>(Format::text))
        return "the type of $" + std::to_string(i + 1) + " has no text format";
    // In another setting a backslash hides what follows it, a placeholder perhaps.
    if (session_.wire().parameter_status("standard_conforming_strings") != "on")
      return "standard_conforming_strings is off";
    return std::nullopt;
  }

  const detail::Session& session_;
  const StatementText& statement_;
  const StatementOptions& options_;
  const pq::ParameterArrays& texts_;
  sql::StatementShape shape_;
};

}  // namespace

detail::RowFeed::~RowFeed() = default;

std::unique_ptr<detail::RowFeed> Executor::open_stream(const StatementText& statement,
                                                       const pq::ParameterArrays& parameters,
                                                       const pq::ParameterArrays& texts) const {
  const Roads roads(session(), statement, options_, texts);
  const std::string_view text = statement.text;
  const StreamRoad road = roads.choose();
  switch (road) {
    case StreamRoad::copy: {
      auto rows = std::make_unique<detail::CopyRows>(session_, scope_, statement, options_);
      rows->prepare(statement.text, texts, [&](std::span<const Oid> types) {
        return detail::copy_out_text(
            sql::inlined(text, roads.shape(), texts, types, adapters_in_use()));
      });
      return rows;
    }
    case StreamRoad::cursor: {
      auto rows = std::make_unique<detail::CursorRows>(session_, scope_, statement, options_);
      rows->declare(text.substr(0, roads.shape().end), parameters);
      return rows;
    }
    case StreamRoad::chunks:
    case StreamRoad::single_row:
      break;
  }
  auto rows = std::make_unique<detail::ArrivingRows>(session_, scope_, statement, options_, road);
  rows->send(parameters);
  return rows;
}

}  // namespace palmetto
