#pragma once

#include "palmetto/adapt/adapters_map.hpp"

#include <string>
#include <string_view>
#include <vector>

/// A point in a space of many dimensions, such as the embedding of a text:
///
/// | C++    | sent as | read from |
/// |--------|---------|-----------|
/// | Vector | vector  | vector    |
///
/// The type is the extension pgvector's on PostgreSQL, which a connection must be told of:
///
///     conn.adapters().register_types(conn, "vector");
///     conn.execute("SELECT id FROM texts ORDER BY embedding <-> $1 LIMIT 5",
///                  palmetto::Vector{{1, 0}});
///
/// CockroachDB has it from 24.2 on, and takes it in text alone.
///
/// It has 1 to 16000 numbers, all of them finite: others are a DataError, sent or read.
/// Source: pgvector's vector_send and vector_recv.
namespace palmetto {

struct Vector {
  std::vector<float> values;

  /// As the server writes it: "[1,2.5,-3]". Throws DataError for what no vector can have.
  [[nodiscard]] std::string to_string() const;
  /// Reads that, blanks around the numbers included. Throws DataError.
  [[nodiscard]] static Vector parse(std::string_view text);

  friend bool operator==(const Vector&, const Vector&) = default;
};

template <>
struct Adapter<Vector> {
  static constexpr TypeRef type = "vector";
  static constexpr std::string_view cpp_name = "palmetto::Vector";

  static void write(Writer& out, const Vector& vector);
  static void write_text(Writer& out, const Vector& vector);
  static Vector read(Reader& in);
  static Vector read_text(Reader& in);
};

PALMETTO_DECLARE_ADAPTER(Vector);

}  // namespace palmetto
