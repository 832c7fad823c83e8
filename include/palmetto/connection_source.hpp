#pragma once

#include "palmetto/connection.hpp"

#include <concepts>

namespace palmetto {

/// What hands out connections: `*source.connection()` is one, which is the caller's as long as it
/// holds what `connection()` returned. A pool is one; so is what connects anew when it has to:
///
///     struct Reconnecting {
///       std::string url;
///       std::optional<palmetto::Connection> conn{};
///       palmetto::Connection* connection() {
///         if (!conn || conn->closed()) conn.emplace(palmetto::connect(url));
///         return &*conn;
///       }
///     };
///
/// Source: psycopg's `ConnectionPool.connection`.
template <class Source, class C = Connection>
concept ConnectionSource = requires(Source& source) {
  { *source.connection() } -> std::convertible_to<C&>;
};

}  // namespace palmetto
