#pragma once

#include "palmetto/adapt/adapters_map.hpp"
#include "palmetto/pq/conn.hpp"

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>
#include <type_traits>

namespace palmetto {

namespace detail {

template <class T>
struct ArgumentOf {
  using type = T;
};
template <>
struct ArgumentOf<char*> {
  using type = std::string_view;
};
template <>
struct ArgumentOf<const char*> {
  using type = std::string_view;
};

template <class T>
inline constexpr bool is_null_argument =
    std::is_same_v<T, std::nullptr_t> || std::is_same_v<T, std::nullopt_t>;

}  // namespace detail

/// The type whose adapter writes an argument: string literals are string_view.
template <class T>
using argument_t = typename detail::ArgumentOf<std::decay_t<T>>::type;

/// What can be passed for a `$n`: a type with an adapter, a std::optional of one, nullptr or
/// nullopt.
template <class T>
concept Argument = detail::is_null_argument<argument_t<T>> || Dumpable<not_null_t<argument_t<T>>>;

/// The arguments of one statement, written in the formats that libpq takes: no allocation for a few
/// hundred bytes of them.
template <std::size_t Count>
class Parameters {
  static_assert(Count <= 65535, "palmetto: the protocol has room for 65535 parameters");

 public:
  explicit Parameters(const AdaptersMap& map, Format preferred,
                      const WriteSubject* subject = nullptr) noexcept
      : map_(map), preferred_(preferred), out_(subject) {}

  /// Writes the next argument. Throws DataError when its type can't hold it, NotSupportedError when
  /// the server does not have its type.
  template <Argument T>
  void add(const T& argument) {
    using Value = argument_t<T>;
    out_.set_parameter(count_ + 1);
    if constexpr (detail::is_null_argument<Value>) {
      add_null(map_.untyped_oid());
    } else if constexpr (is_nullable<Value>) {
      const auto dumper = map_.find_dumper<not_null_t<Value>>(preferred_);
      if (argument.has_value()) add_value(dumper, *argument);
      else add_null(dumper.oid());
    } else if constexpr (std::is_same_v<Value, std::string_view>) {
      if constexpr (std::is_pointer_v<T>)
        if (argument == nullptr) return add_null(map_.untyped_oid());
      add_value(map_.find_dumper<Value>(preferred_), Value(argument));
    } else {
      add_value(map_.find_dumper<Value>(preferred_), argument);
    }
  }

  /// The arrays that libpq takes; good as long as this object, once all are added.
  [[nodiscard]] pq::ParameterArrays arrays() noexcept {
    for (std::size_t i = 0; i < Count; ++i)
      values_[i] = is_null_[i] ? nullptr : out_.data() + offsets_[i];
    return {count_, types_.data(), values_.data(), lengths_.data(), formats_.data()};
  }

 private:
  static constexpr std::size_t size = Count == 0 ? 1 : Count;

  template <class T>
  void add_value(const Dumper<T>& dumper, const T& value) {
    const std::size_t offset = out_.size();
    dumper(out_, value);
    const auto length = static_cast<int>(out_.size() - offset);
    out_.append('\0');  // libpq takes text up to a NUL
    set(dumper.oid(), dumper.format(), offset, length, false);
  }
  void add_null(Oid oid) { set(oid, Format::text, 0, 0, true); }
  void set(Oid oid, Format format, std::size_t offset, int length, bool null) {
    const auto i = static_cast<std::size_t>(count_++);
    types_[i] = oid;
    formats_[i] = static_cast<int>(format);
    offsets_[i] = offset;
    lengths_[i] = length;
    is_null_[i] = null;
  }

  const AdaptersMap& map_;
  Format preferred_;
  int count_ = 0;
  Writer out_;
  std::array<Oid, size> types_;
  std::array<const char*, size> values_;
  std::array<int, size> lengths_;
  std::array<int, size> formats_;
  std::array<std::size_t, size> offsets_;
  std::array<bool, size> is_null_;
};

}  // namespace palmetto
