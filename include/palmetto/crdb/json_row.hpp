#pragma once

#include "palmetto/adapt/adapters_map.hpp"
#include "palmetto/adapt/fields.hpp"
#include "palmetto/adapters/json.hpp"
#include "palmetto/errors.hpp"

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

/// Rows that CockroachDB gives as JSON, for changefeed.hpp. Nothing is lost on the way: the JSON is
/// cut where it stands, and each value is read from its own text by the loader that reads it from a
/// result in text.
namespace palmetto::crdb::detail {

/// What a field of the C++ type is read from, and as.
struct JsonField {
  std::string_view name{};  ///< the column's; empty: by position
  Oid type = 0;
  bool is_nullable = false;
  std::string_view cpp_name{};
};

/// Names the table and the column in the messages of errors.
class JsonSubject final : public ReadSubject {
 public:
  JsonSubject(std::string_view table, const ErrorContext& context,
              std::span<const JsonField> fields = {}) noexcept
      : table_(table), context_(context), fields_(fields) {}

  /// Throws a DataError: "the changefeed of \"accounts\", column \"balance\": <reason>".
  [[noreturn]] void fail(int field, std::string_view reason) const override;

  [[nodiscard]] JsonSubject with(std::span<const JsonField> fields) const noexcept {
    return {table_, context_, fields};
  }

 private:
  std::string_view table_;
  const ErrorContext& context_;
  std::span<const JsonField> fields_;
};

/// A value as its type's text; nothing for NULL.
using JsonCells = std::vector<std::optional<std::string>>;

/// Takes the fields' values out of an object by their names, or out of an array by position; the
/// JSON is well-formed. Throws DataError for a field without a column, and for a value that is
/// nothing of the field's type.
[[nodiscard]] JsonCells cells_of(std::string_view json, std::span<const JsonField> fields,
                                 const AdaptersMap& map, const JsonSubject& subject);

/// The types that columns have in CockroachDB, and the arrays of them.
[[nodiscard]] std::vector<Oid> column_types(const AdaptersMap& map);
/// Throws ProgrammingError: no column can be read as that.
[[noreturn]] void throw_no_column_type(std::string_view cpp_name);

/// The first type that a T can be read from in text, with the loader: the loader of another type
/// would read the same text as the same value.
template <class T>
[[nodiscard]] std::pair<Oid, Loader<T>> find_json_loader(const AdaptersMap& map) {
  if constexpr (std::is_enum_v<T>) {  // whose labels may have been registered
    const Oid type = map.find_dumper<T>(Format::text).oid();
    if (auto loader = map.find_loader<T>(type, Format::text)) return {type, std::move(loader)};
  }
  for (const Oid type : column_types(map))
    if (auto loader = map.find_loader<T>(type, Format::text)) return {type, std::move(loader)};
  throw_no_column_type(cpp_name<T>());
}

/// Reads Ts from JSON: described structs from objects, by name, tuples from arrays, by position.
template <class T>
class JsonReader {
  using Fields = palmetto::detail::FieldsOf<T>;
  using Indices = std::make_index_sequence<Fields::size>;
  template <std::size_t I>
  using Field = typename Fields::template Field<I>;

 public:
  explicit JsonReader(const AdaptersMap& map) : map_(map) { resolve(Indices()); }

  /// Throws DataError for JSON that is no such T.
  [[nodiscard]] T operator()(std::string_view json, const JsonSubject& of_row) const {
    const JsonSubject subject = of_row.with(fields_);
    const JsonCells cells = cells_of(json, fields_, map_, subject);
    T value{};
    read(value, cells, subject, Indices());
    return value;
  }

 private:
  template <std::size_t... I>
  void resolve(std::index_sequence<I...>) {
    (resolve_field<I>(), ...);
  }
  template <std::size_t I>
  void resolve_field() {
    using Value = not_null_t<Field<I>>;
    static_assert(Loadable<Value>,
                  "palmetto: a column can't be read as this type, because it has no adapter: "
                  "specialise palmetto::Adapter<T> for it, or include the header of its adapter");
    static_assert(!is_view<Value>,
                  "palmetto: this view would point into a message of the changefeed that is gone: "
                  "read a type that copies");
    JsonField& field = fields_[I];
    if constexpr (palmetto::detail::Described<T>) field.name = Fields::names[I];
    field.is_nullable = is_nullable<Field<I>>;
    field.cpp_name = cpp_name<Value>();
    std::tie(field.type, loaders_.template get<I>()) = find_json_loader<Value>(map_);
  }

  template <std::size_t... I>
  void read(T& value, const JsonCells& cells, const JsonSubject& subject,
            std::index_sequence<I...>) const {
    (read_field<I>(Fields::template get<I>(value), cells[I], subject), ...);
  }
  template <std::size_t I>
  void read_field(Field<I>& field, const std::optional<std::string>& cell,
                  const JsonSubject& subject) const {
    if (cell)
      field = loaders_.template get<I>()(
          Reader(cell->data(), cell->size(), &subject, static_cast<int>(I)));
    else if constexpr (is_nullable<Field<I>>) field = std::nullopt;  // whatever a new T has there
  }

  AdaptersMap map_;
  palmetto::detail::FieldSlots<Fields, palmetto::detail::FieldLoader> loaders_;
  std::array<JsonField, Fields::size> fields_;
};

/// A value of its own: as a tuple of one.
template <class T>
  requires(!palmetto::detail::Described<T> && !palmetto::detail::TupleLike<T>)
class JsonReader<T> {
 public:
  explicit JsonReader(const AdaptersMap& map) : reader_(map) {}
  [[nodiscard]] T operator()(std::string_view json, const JsonSubject& subject) const {
    return std::get<0>(reader_(json, subject));
  }

 private:
  JsonReader<std::tuple<T>> reader_;
};

/// As it stands.
template <>
class JsonReader<boost::json::value> {
 public:
  explicit JsonReader(const AdaptersMap&) {}
  [[nodiscard]] boost::json::value operator()(std::string_view json,
                                              const JsonSubject& subject) const;
};
template <>
class JsonReader<boost::json::array> {
 public:
  explicit JsonReader(const AdaptersMap&) {}
  [[nodiscard]] boost::json::array operator()(std::string_view json,
                                              const JsonSubject& subject) const;
};

}  // namespace palmetto::crdb::detail
