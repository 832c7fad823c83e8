#pragma once

#include "palmetto/binary_copy.hpp"
#include "palmetto/row_feed.hpp"

#include "kept_parameters.hpp"
#include "ongoing.hpp"

#include <functional>
#include <string>

namespace palmetto::detail {

/// Rows by a COPY to the client in binary. In a transaction, that their columns are still what they
/// were described as.
class CopyRows final : public RowFeed, public Ongoing {
 public:
  /// Makes the COPY, once the server has said what it takes the parameters' types to be.
  using MakeCopy = std::function<std::string(std::span<const Oid> types)>;

  CopyRows(std::shared_ptr<Session> session, int scope, const StatementText& statement,
           const StatementOptions& options)
      : RowFeed(StreamRoad::copy), Ongoing(std::move(session), scope, statement, options) {}
  ~CopyRows() override { leave(); }

  /// Asks what the query gives; of the parameters the types count alone.
  void prepare(const char* query, const pq::ParameterArrays& parameters, const MakeCopy& make);
  void start() override {}
  [[nodiscard]] bool next() override;
  void leave() noexcept override;

 private:
  [[nodiscard]] const char* occupation() const noexcept override {
    return "the rows of another statement are still arriving, and are to be read to their end, or "
           "left";
  }
  [[nodiscard]] bool begin();
  /// The same, from what came last on: not a row that is known as one at once.
  [[nodiscard, gnu::noinline]] bool next_after(pq::CopyStatus arrived);
  [[nodiscard]] bool wait();
  [[nodiscard]] bool end();
  [[noreturn]] void fail_malformed(const char* problem);

  std::string copy_;
  KeptParameters parameters_;
  pq::CopyBlock block_;
  BinaryCopyReader reader_;
};

}  // namespace palmetto::detail
