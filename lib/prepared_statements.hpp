#pragma once

#include "palmetto/adapt/parameters.hpp"
#include "palmetto/oid.hpp"
#include "palmetto/row_plans.hpp"
#include "palmetto/sql/statement.hpp"

#include <cstddef>
#include <list>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace palmetto::detail {

/// One statement with the types of its parameters: how often it was executed, and under which name
/// the server knows it.
struct PreparedStatement {
  std::string text;
  std::vector<Oid> types;
  int executions = 0;
  std::string name{};             // on the server; empty: it was not prepared, or is no more
  SharedRowPlans plans{};         // of its results' rows
  int pins = 0;                   // how many `Prepared` there are of it: it is not evicted
  const char* literal = nullptr;  // of the source, which the text is known to be of
};

/// The statements of a connection that were prepared, or may be when they are executed more often:
/// each kind in an LRU of its own, so that statements which occur once push no plan out. Decides;
/// sends nothing. Source: psycopg's `PrepareManager`.
class PreparedStatements {
 public:
  using Shared = std::shared_ptr<PreparedStatement>;

  /// At most so many are prepared at a time, pinned ones not counted.
  explicit PreparedStatements(std::size_t most) noexcept : most_(most) {}

  /// Notes that a statement is about to be executed. What is to be executed in its place when it
  /// was executed `threshold` times before; null when it is not to be prepared. Without a name, it
  /// is to be prepared first, under the one that `give_name` gives it.
  [[nodiscard]] const Shared& note_execution(const StatementText& statement,
                                             const pq::ParameterArrays& parameters, int threshold) {
    // The same one again is the most frequent case.
    if (!prepared_.order.empty() && is_again(*prepared_.order.front(), statement, parameters))
      return prepared_.order.front();
    return look_up(statement, parameters, threshold);
  }
  /// What `note_execution` gives for a statement that is not to be prepared.
  [[nodiscard]] const Shared& none() const noexcept { return none_; }
  /// Gives it a name, under which it is being prepared; another one may have to go for that.
  void give_name(PreparedStatement& statement);

  /// The server has not prepared it, or does not know it any more.
  void forget(PreparedStatement& statement) noexcept;
  /// The same of all: DISCARD ALL, DEALLOCATE ALL.
  void forget_all() noexcept;
  /// The server has it, but it is not to be used any more.
  void drop(PreparedStatement& statement);
  /// The same of all: what they depend on has changed.
  void drop_all();

  /// The names that the server is to close, when the next batch is sent.
  [[nodiscard]] const std::vector<std::string>& to_close() const noexcept { return to_close_; }
  void clear_to_close() noexcept { to_close_.clear(); }

 private:
  // Views of what an entry, or a caller, has.
  struct Key {
    std::string_view text;
    std::span<const Oid> types;
    [[nodiscard]] bool operator==(const Key& other) const noexcept;
  };
  struct Hash {
    [[nodiscard]] std::size_t operator()(const Key& key) const noexcept;
  };
  struct Lru {
    std::list<Shared> order;  // the most recently used first
    std::unordered_map<Key, std::list<Shared>::iterator, Hash> index;

    [[nodiscard]] const Shared* use(const Key& key);
    const Shared& add(Shared statement);
    void remove(const PreparedStatement& statement);
    void shrink_to(std::size_t size);
  };

  [[nodiscard]] static Key key_of(const PreparedStatement& statement) noexcept {
    return {statement.text, statement.types};
  }
  /// By the place of a literal in memory, without a look at its text.
  [[nodiscard]] static bool is_again(const PreparedStatement& prepared,
                                     const StatementText& statement,
                                     const pq::ParameterArrays& parameters) noexcept {
    if (prepared.literal != statement.text || !statement.is_literal ||
        prepared.types.size() != static_cast<std::size_t>(parameters.count))
      return false;
    for (std::size_t i = 0; i < prepared.types.size(); ++i)
      if (prepared.types[i] != parameters.types[i]) return false;
    return true;
  }
  [[nodiscard]] const Shared& look_up(const StatementText& statement,
                                      const pq::ParameterArrays& parameters, int threshold);
  void make_room();

  std::size_t most_;
  Lru prepared_;
  Lru counted_;
  int last_name_ = 0;
  std::vector<std::string> to_close_;
  const Shared none_{};
};

}  // namespace palmetto::detail
