#pragma once

#include "palmetto/adapters/integer.hpp"
#include "palmetto/adapters/strong_typedef.hpp"
#include "palmetto/config.hpp"
#if PALMETTO_HAS_UUID
#include "palmetto/adapters/uuid.hpp"
#endif

#include <compare>
#include <concepts>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

/// Keys that the server generates: members of the structs that `create_table` and `insert` take.
///
///     struct Account { crdb::UuidKey id; std::string owner; };
///     BOOST_DESCRIBE_STRUCT(Account, (), (id, owner))
///
///     Account ann{.owner = "Ann"};             // ann.id has no value yet
///     crdb::insert(conn, "accounts", ann);     // now it has
///     conn.execute("DELETE FROM accounts WHERE id = $1", ann.id);
///
/// They are regular values, and adapted: parameters, columns, elements of arrays. To send one that
/// has no value is a DataError; a member that refers to another table's key is of the key's
/// `value_type`. Source: peewee's `UUIDKeyField` and `RowIDField`; CockroachDB's manual, "UUID",
/// "SERIAL", functions `gen_random_uuid` and `unique_rowid`.
namespace palmetto::crdb {

namespace detail {
[[noreturn]] void throw_key_without_value();
}

/// The base of the key types: a Value that the server generates by the key's `default_expression`.
/// One's own takes these lines:
///
///     struct OrderId : palmetto::crdb::GeneratedKey<std::int64_t> {
///       using GeneratedKey::GeneratedKey;
///       static constexpr std::string_view default_expression = "nextval('order_ids')";
///     };
template <class Value>
class GeneratedKey {
 public:
  using value_type = Value;

  /// No value yet.
  GeneratedKey() = default;
  /// A value that was generated before, or elsewhere: it is inserted as it is.
  GeneratedKey(Value value) : value_(std::move(value)) {}

  [[nodiscard]] bool has_value() const noexcept { return value_.has_value(); }
  [[nodiscard]] explicit operator bool() const noexcept { return has_value(); }
  /// Throws ProgrammingError when there is no value yet.
  [[nodiscard]] const Value& value() const {
    if (!has_value()) detail::throw_key_without_value();
    return *value_;
  }
  void reset() noexcept { value_.reset(); }

  /// A key without a value is less than any other.
  friend bool operator==(const GeneratedKey&, const GeneratedKey&) = default;
  friend std::strong_ordering operator<=>(const GeneratedKey& a, const GeneratedKey& b) {
    if (a.value_ < b.value_) return std::strong_ordering::less;
    return b.value_ < a.value_ ? std::strong_ordering::greater : std::strong_ordering::equal;
  }

 private:
  std::optional<Value> value_;
};

#if PALMETTO_HAS_UUID
/// UUID DEFAULT gen_random_uuid(): spreads evenly over a cluster.
struct UuidKey : GeneratedKey<boost::uuids::uuid> {
  using GeneratedKey::GeneratedKey;
  static constexpr std::string_view default_expression = "gen_random_uuid()";
};
#endif

/// INT8 DEFAULT unique_rowid(): unique in the cluster, increasing roughly with time, not
/// consecutive. CockroachDB's own.
struct RowId : GeneratedKey<std::int64_t> {
  using GeneratedKey::GeneratedKey;
  static constexpr std::string_view default_expression = "unique_rowid()";
};

namespace detail {

template <class K>
concept Key = requires {
  typename K::value_type;
  { K::default_expression } -> std::convertible_to<std::string_view>;
} && std::derived_from<K, GeneratedKey<typename K::value_type>>;

struct KeyAccess {
  template <class K>
  [[nodiscard]] static const typename K::value_type& get(Writer& out, const K& key) {
    if (!key.has_value()) out.fail("the key has no value yet: none was generated");
    return key.value();
  }
};

}  // namespace detail
}  // namespace palmetto::crdb

namespace palmetto {

template <crdb::detail::Key K>
struct Adapter<K> : detail::WrapperAdapter<K, typename K::value_type, crdb::detail::KeyAccess> {};

}  // namespace palmetto
