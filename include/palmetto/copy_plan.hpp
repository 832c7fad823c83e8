#pragma once

#include "palmetto/adapt/cpp_name.hpp"
#include "palmetto/adapt/parameters.hpp"
#include "palmetto/adapters/integer.hpp"
#include "palmetto/copy_sink.hpp"
#include "palmetto/errors.hpp"
#include "palmetto/row_fields.hpp"
#include "palmetto/stored.hpp"

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

/// How rows of one C++ type are written into a COPY.
namespace palmetto::detail {

/// Where a column's value stands in the scratch buffer.
struct CopyPiece {
  std::size_t offset = 0;
  std::size_t size = 0;
  bool is_null = true;
};
/// Writes a row of what is in the scratch buffer, in the COPY's format.
void write_pieces(CopySink& sink, std::span<const CopyPiece> pieces);
/// Whether the bytes of a type's binary format are its text.
[[nodiscard]] bool is_text_in_binary(const AdaptersMap& map, Oid oid);
/// The column of each field, by name; negative where there is none. Throws TypeMismatch.
[[nodiscard]] std::vector<int> columns_of(const CopyTarget& target,
                                          std::span<const std::string_view> names);
/// The columns in their order. Throws TypeMismatch when there are more or fewer of them.
[[nodiscard]] std::vector<int> columns_of(const CopyTarget& target, std::size_t count);

template <class T, class Wire>
void write_wider(Writer& out, const T& value) {
  out.put<Wire>(value);
}

/// The dumper of an integer into a column of larger ones.
template <class T>
[[nodiscard]] std::optional<Dumper<T>> find_wider(Oid oid) {
  if constexpr (StoredNumber<T> && std::is_integral_v<T>) {
    if constexpr (sizeof(T) < 4)
      if (oid == TypeRef("int4").oid)
        return Dumper<T>(oid, Format::binary, &write_wider<T, std::int32_t>);
    if constexpr (sizeof(T) < 8)
      if (oid == TypeRef("int8").oid)
        return Dumper<T>(oid, Format::binary, &write_wider<T, std::int64_t>);
  }
  return std::nullopt;
}

/// The dumper of a T into a column; nothing when there is none.
template <class T>
[[nodiscard]] std::optional<Dumper<T>> find_copy_dumper(const CopyTarget& target, int column) {
  const AdaptersMap& map = target.columns->adapters();
  const Oid oid = target.columns->result().ftype(column);
  const Oid base = map.types().base_of(oid);
  const bool binary = target.format == CopyFormat::binary;
  if (binary) {
    if constexpr (Stored<T>)
      if (is_builtin(map.find_dumper<T>()))
        if (const auto wider = find_wider<T>(base)) return wider;
  }
  try {
    Dumper<T> dumper = map.find_dumper_as<T>(oid, target.value_format());
    const bool is_text = dumper.format() == Format::text;
    if (!binary) return is_text ? std::optional(std::move(dumper)) : std::nullopt;
    if (is_text ? is_text_in_binary(map, base) : dumper.oid() == base) return dumper;
  } catch (const ProgrammingError&) {  // it has no text format
  }
  return std::nullopt;
}

inline char* store(char* at, std::int32_t length) noexcept {
  const auto bits = network_order(static_cast<std::uint32_t>(length));
  std::memcpy(at, &bits, sizeof(bits));
  return at + sizeof(bits);
}

/// A field of a row: the C++ type of its values, NULL included, is T.
template <class T>
class CopyField {
  using Value = not_null_t<T>;
  static constexpr bool is_dumped = !is_null_argument<T> && !Alternatives<T>;

 public:
  /// Notes a mismatch.
  void resolve(const CopyTarget& target, int column, Mismatches& mismatches) {
    column_ = column;
    if constexpr (is_dumped) {
      auto found = find_copy_dumper<Value>(target, column);
      if (!found) return mismatches.no_dumper(column, cpp_name<Value>());
      dumper_ = std::move(*found);
    }
  }

  /// Whether its values are stored at once, as far as that depends on the dumper.
  [[nodiscard]] bool is_as_builtin() const noexcept {
    if constexpr (is_dumped && Stored<Value>) return is_builtin(dumper_);
    else return true;
  }
  static constexpr bool is_stored = is_null_argument<T> || (is_dumped && Stored<Value>);

  /// How many bytes a stored value takes at the most, its length included.
  template <class Arg>
  [[nodiscard]] static std::size_t bound(const Arg& value) noexcept {
    if constexpr (is_null_argument<T>) return 4;
    else if constexpr (is_nullable<T>) return value.has_value() ? bound_value(*value) : 4;
    else return bound_value(value);
  }

  /// Stores a value. Throws DataError for a text with a NUL byte.
  template <class Arg>
  [[nodiscard]] char* store_into(char* at, const Arg& value, const CopySink& sink) const {
    if constexpr (is_null_argument<T>) {
      return store(at, -1);
    } else if constexpr (is_nullable<T>) {
      return value.has_value() ? store_value(at, *value, sink) : store(at, -1);
    } else {
      return store_value(at, value, sink);
    }
  }

  /// Writes a value into the scratch buffer.
  template <class Arg>
  void dump(CopySink& sink, CopyPiece& piece, const Arg& value) const {
    Writer& out = sink.scratch();
    piece.offset = out.size();
    piece.is_null = false;
    out.set_parameter(column_);
    if constexpr (is_null_argument<T>) {
      piece.is_null = true;
    } else if constexpr (Alternatives<T>) {
      Adapter<T>::visit_alternative(value, [&](const auto& alternative) {
        CopyField<argument_t<decltype(alternative)>> field;
        Mismatches mismatches(*sink.target().columns);
        field.resolve(sink.target(), column_, mismatches);
        mismatches.throw_if_any();
        field.dump(sink, piece, alternative);
      });
    } else if constexpr (is_nullable<T>) {
      if (value.has_value()) dumper_(out, *value);
      else piece.is_null = true;
    } else if constexpr (std::is_same_v<T, std::string_view>) {
      if (is_null_pointer(value)) piece.is_null = true;
      else dumper_(out, std::string_view(value));
    } else {
      dumper_(out, value);
    }
    piece.size = out.size() - piece.offset;
  }

 private:
  template <class Arg>
  [[nodiscard]] static bool is_null_pointer(const Arg& value) noexcept {
    if constexpr (std::is_pointer_v<Arg>) return value == nullptr;
    else return false;
  }
  template <class Arg>
  [[nodiscard]] static std::size_t bound_value(const Arg& value) noexcept {
    if constexpr (StoredText<Value>) {
      if (is_null_pointer(value)) return 4;
      return 4 + std::string_view(value).size();
    } else {
      return 4 + sizeof(Value);
    }
  }
  template <class Arg>
  [[nodiscard]] char* store_value(char* at, const Arg& value, const CopySink& sink) const {
    if constexpr (StoredText<Value>) {
      if (is_null_pointer(value)) return store(at, -1);
      const std::string_view text(value);
      at = store(at, static_cast<std::int32_t>(text.size()));
      at = store_text(at, text.data(), text.size());
      if (at == nullptr) [[unlikely]]
        sink.fail_value(column_, "the text has a NUL byte, which PostgreSQL can't store");
      return at;
    } else {
      return store_fixed(store(at, sizeof(Value)), value);
    }
  }

  int column_ = 0;
  std::conditional_t<is_dumped, Dumper<Value>, std::nullptr_t> dumper_{};
};

/// Rows of fields of these types.
template <class... Ts>
class CopyPlan {
 public:
  explicit CopyPlan(const CopyTarget& target)
      : CopyPlan(target, columns_of(target, sizeof...(Ts))) {}

  /// Throws as `CopyIn::write_row`.
  template <class... Args>
  void write(CopySink& sink, const CopyTarget&, const Args&... values) {
    if constexpr ((CopyField<Ts>::is_stored && ...)) {
      if (stores_) [[likely]]
        return write_stored(sink, std::index_sequence_for<Ts...>(), values...);
    }
    write_dumped(sink, std::index_sequence_for<Ts...>(), values...);
  }

 protected:
  CopyPlan(const CopyTarget& target, std::vector<int> columns)
      : columns_(std::move(columns)),
        pieces_(static_cast<std::size_t>(target.columns->result().nfields())) {
    resolve(target, std::index_sequence_for<Ts...>());
  }

 private:
  template <std::size_t... I>
  void resolve(const CopyTarget& target, std::index_sequence<I...>) {
    Mismatches mismatches(*target.columns);
    const auto resolve_one = [&](auto& field, int column) {
      if (column >= 0) field.resolve(target, column, mismatches);
    };
    (resolve_one(std::get<I>(fields_), columns_[I]), ...);
    mismatches.throw_if_any();
    bool in_order = columns_.size() == pieces_.size();
    for (std::size_t i = 0; i < columns_.size(); ++i)
      in_order = in_order && columns_[i] == static_cast<int>(i);
    stores_ = target.format == CopyFormat::binary && in_order &&
              (std::get<I>(fields_).is_as_builtin() && ...);
  }

  // All of the row with one look at the room there is.
  template <std::size_t... I, class... Args>
  void write_stored(CopySink& sink, std::index_sequence<I...>, const Args&... values) {
    char* at = sink.room(2 + (CopyField<Ts>::bound(values) + ... + 0));
    const auto count = network_order(static_cast<std::uint16_t>(sizeof...(Ts)));
    std::memcpy(at, &count, sizeof(count));
    at += sizeof(count);
    ((at = std::get<I>(fields_).store_into(at, values, sink)), ...);
    sink.commit(at);
  }

  template <std::size_t... I, class... Args>
  void write_dumped(CopySink& sink, std::index_sequence<I...>, const Args&... values) {
    sink.scratch().clear();
    const auto dump = [&](const auto& field, int column, const auto& value) {
      if (column >= 0) field.dump(sink, pieces_[static_cast<std::size_t>(column)], value);
    };
    (dump(std::get<I>(fields_), columns_[I], values), ...);
    write_pieces(sink, pieces_);
  }

  std::tuple<CopyField<Ts>...> fields_;
  std::vector<int> columns_;  // of each field
  std::vector<CopyPiece> pieces_;
  bool stores_ = false;
};

template <class T, class Indices = std::make_index_sequence<FieldsOf<T>::size>>
class DescribedCopyPlan;
/// Rows of a described struct, by its members' names.
template <class T, std::size_t... I>
class DescribedCopyPlan<T, std::index_sequence<I...>>
    : public CopyPlan<argument_t<typename FieldsOf<T>::template Field<I>>...> {
 public:
  explicit DescribedCopyPlan(const CopyTarget& target)
      : CopyPlan<argument_t<typename FieldsOf<T>::template Field<I>>...>(
            target, columns_of(target, FieldsOf<T>::names)) {}

  void write_object(CopySink& sink, const T& object) {
    this->write(sink, sink.target(), FieldsOf<T>::template get<I>(object)...);
  }
};

/// Writes an element of a range as a row.
template <class Copy, class T>
void write_element(Copy& copy, CopySink& sink, const T& row) {
  if constexpr (RowByItself<T> && !TupleLike<T>) {
    using Plan = DescribedCopyPlan<T>;
    sink.plans().template plan_of<Plan>(sink.target()).write_object(sink, row);
  } else {
    apply_fields(row, [&](const auto&... values) { copy.write_row(values...); });
  }
}

}  // namespace palmetto::detail
