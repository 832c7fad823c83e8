#pragma once

#include "palmetto/adapt/adapters_map.hpp"

#include <compare>
#include <cstdint>
#include <limits>
#include <string_view>

/// The numbers of transactions, and of the commands within one:
///
/// | C++  | sent as | read from | such as                                     |
/// |------|---------|-----------|---------------------------------------------|
/// | Xid  | xid     | xid       | the system columns xmin and xmax            |
/// | Xid8 | xid8    | xid8      | pg_current_xact_id(), from PostgreSQL 13 on |
/// | Cid  | cid     | cid       | the system columns cmin and cmax            |
///
/// An Xid is the lower half of an Xid8: it comes again after four thousand million transactions, so
/// that neither of two is the greater one. Xid8 has an order.
///
/// Source: the manual, section 74.1 "Transactions and Identifiers".
namespace palmetto {

struct Xid {
  std::uint32_t value = 0;
  friend bool operator==(const Xid&, const Xid&) = default;
};

struct Xid8 {
  std::uint64_t value = 0;
  friend std::strong_ordering operator<=>(const Xid8&, const Xid8&) = default;
};

struct Cid {
  std::uint32_t value = 0;
  friend bool operator==(const Cid&, const Cid&) = default;
};

namespace detail {

void write_counter_text(Writer& out, std::uint64_t value);
[[nodiscard]] std::uint64_t read_counter_text(Reader& in, std::uint64_t largest);

template <class T>
struct CounterAdapter {
  using Wire = decltype(T::value);

  static void write(Writer& out, T counter) { out.put<Wire>(counter.value); }
  static void write_text(Writer& out, T counter) { write_counter_text(out, counter.value); }
  static T read(Reader& in) { return {in.get<Wire>()}; }
  static T read_text(Reader& in) {
    return {static_cast<Wire>(read_counter_text(in, std::numeric_limits<Wire>::max()))};
  }
};

}  // namespace detail

template <>
struct Adapter<Xid> : detail::CounterAdapter<Xid> {
  static constexpr TypeRef type = "xid";
  static constexpr std::string_view cpp_name = "palmetto::Xid";
};

template <>
struct Adapter<Xid8> : detail::CounterAdapter<Xid8> {
  static constexpr TypeRef type = "xid8";
  static constexpr std::string_view cpp_name = "palmetto::Xid8";
};

template <>
struct Adapter<Cid> : detail::CounterAdapter<Cid> {
  static constexpr TypeRef type = "cid";
  static constexpr std::string_view cpp_name = "palmetto::Cid";
};

}  // namespace palmetto
