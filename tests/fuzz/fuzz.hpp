#pragma once

#include "palmetto/adapt/adapters_map.hpp"
#include "palmetto/adapt/fields.hpp"
#include "palmetto/errors.hpp"

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>
#include <ranges>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <vector>

/// What every fuzzer does. A family of adapters is a file of these few lines, and its name in
/// meson.build:
///
///     #include "fuzz.hpp"
///
///     #include "palmetto/adapters/integer.hpp"
///
///     std::vector<palmetto::fuzz::Case> palmetto::fuzz::cases() {
///       return {
///           read<std::int32_t>("int4", {0, -1, 40000}),
///           read<std::int32_t, std::int16_t>("int2", {7}),
///       };
///     }
///
/// Each case is a C++ type, the PostgreSQL type that it is read from, and the values to begin with:
/// of that C++ type, or of the other one named, whose dumper writes them. Of std::string they are
/// texts as they stand. What is not builtin has to be registered in `adapters()` before.
///
/// An input's first byte is twice the number of its case, plus 1 for the text format; all else is
/// the value. So new cases go to the end: the files in regressions/ mean the same for ever.
///
/// What a loader may do with an input: throw a DataError, or read a value; in memory that the
/// input's size justifies, and without reading beyond it. A value that was read can be written, in
/// both formats, and is read back as the same value, which is written as the same bytes. What by
/// design is not so, `is_one_way` says.
namespace palmetto::fuzz {

/// Something that reads bytes, and what to begin with.
struct Case {
  struct Seed {
    Format format;
    std::string bytes;
  };
  std::string name;
  std::function<void(Format, std::string_view)> check;
  std::vector<Seed> seeds;
};

/// What a fuzzer is of: each family defines it.
[[nodiscard]] std::vector<Case> cases();

/// Whether the value can be read, but by design not be written and read again. A family specialises
/// it for the values of its types that are so, each with the reason.
template <class T>
[[nodiscard]] bool is_one_way(const T&) {
  return false;
}

/// Ends the program: says what is wrong with the input, and about which bytes.
[[noreturn]] void fail(std::string_view reason, std::string_view bytes = {});

/// While one of these lives, what this thread allocates is held against the size of the input.
class AllocationLimit {
 public:
  explicit AllocationLimit(std::size_t input_size);
  ~AllocationLimit();
  AllocationLimit(const AllocationLimit&) = delete;
  AllocationLimit& operator=(const AllocationLimit&) = delete;
};

namespace detail {

/// An allocation of just these bytes: AddressSanitizer sees whoever reads beyond.
class Copy {
 public:
  explicit Copy(std::string_view bytes)
      : bytes_(std::make_unique<char[]>(bytes.size())), size_(bytes.size()) {
    std::ranges::copy(bytes, bytes_.get());
  }
  [[nodiscard]] Reader reader() const noexcept { return {bytes_.get(), size_}; }

 private:
  std::unique_ptr<char[]> bytes_;
  std::size_t size_;
};

/// The OID of a type by its name: "int8", "int8[]".
[[nodiscard]] Oid oid_of(std::string_view type);

/// Whether it holds text with a NUL: a loader need not look for what no server has, and a dumper
/// refuses it.
template <class T>
[[nodiscard]] bool has_nul(const T& value) {
  if constexpr (std::same_as<T, char>) {
    return value == '\0';
  } else if constexpr (std::convertible_to<const T&, std::string_view>) {
    return std::string_view(value).find('\0') != std::string_view::npos;
  } else if constexpr (is_nullable<T>) {
    return value.has_value() && has_nul(*value);
  } else if constexpr (std::ranges::input_range<const T>) {
    return std::ranges::any_of(value, [](const auto& element) { return has_nul(element); });
  } else if constexpr (palmetto::detail::TupleLike<T> || palmetto::detail::Described<T>) {
    using Fields = palmetto::detail::FieldsOf<T>;
    return [&value]<std::size_t... I>(std::index_sequence<I...>) {
      return (has_nul(Fields::template get<I>(value)) || ...);
    }(std::make_index_sequence<Fields::size>());
  } else if constexpr (requires { value.lower(), value.upper(); }) {  // Range
    return has_nul(value.lower()) || has_nul(value.upper());
  } else if constexpr (requires { value.ranges; }) {  // Multirange
    return has_nul(value.ranges);
  } else if constexpr (requires { value.elements; }) {  // Array
    return has_nul(value.elements);
  } else if constexpr (requires { value.text; }) {  // TsQuery
    return has_nul(value.text);
  } else {
    return false;
  }
}

/// Whether it is the same value; what is not equal to itself, NaN, is the same as its like.
template <class T>
[[nodiscard]] bool is_same(const T& a, const T& b) {
  if constexpr (std::equality_comparable<T>) return a == b || (!(a == a) && !(b == b));
  else if constexpr (std::ranges::input_range<const T>) return std::ranges::equal(a, b);
  else return true;  // the bytes that they are written as tell
}

template <class T>
[[nodiscard]] std::string dump(const Dumper<T>& dumper, const T& value) {
  Writer out;
  dumper(out, value);
  return std::string(out.view());
}

/// `untyped_oid` is the type that the server infers for values that are sent without one.
template <class T>
void check_written(const T& value, Oid untyped_oid, Format format) {
  std::string written;
  try {
    const Dumper<T> dumper = adapters().find_dumper<T>(format);
    written = dump(dumper, value);
    const Loader<T> loader =
        adapters().find_loader<T>(dumper.oid() != 0 ? dumper.oid() : untyped_oid, dumper.format());
    if (!loader) {
      if (is_view<T>) return;  // of what has to be copied to be read
      fail("what was read and written can't be read again");
    }
    const Copy copy(written);
    const T back = loader(copy.reader());
    if (!is_same<T>(value, back))
      fail("what was read and written is read as another value", written);
    // What is unordered may be written in any order.
    constexpr bool has_order = !requires { typename T::hasher; };
    if (has_order && dump(dumper, back) != written)
      fail("what was read twice is not written the same", written);
  } catch (const DataError& error) { fail(error.what(), written); }
}

template <Loadable T>
void check_loader(Oid oid, Format format, std::string_view bytes, Oid untyped_oid) {
  const Loader<T> loader = adapters().find_loader<T>(oid, format);
  if (!loader) return;
  const Copy copy(bytes);
  std::optional<T> value;
  try {
    const AllocationLimit limit(bytes.size());
    value.emplace(loader(copy.reader()));
  } catch (const DataError&) { return; }
  if constexpr (Dumpable<T>) {
    if (has_nul(*value) || is_one_way(*value)) return;
    check_written(*value, untyped_oid, Format::binary);
    check_written(*value, untyped_oid, Format::text);
  }
}

}  // namespace detail

/// Reading a T from that type, beginning with those values as Written is sent. A T that is sent
/// without a type is read back from the same type, or from the other one named.
template <Loadable T, Dumpable Written = T>
[[nodiscard]] Case read(std::string_view type,
                        std::initializer_list<std::type_identity_t<Written>> values,
                        std::string_view untyped_type = {}) {
  const Oid oid = detail::oid_of(type);
  const Oid untyped_oid = untyped_type.empty() ? oid : detail::oid_of(untyped_type);
  Case made{std::string(cpp_name<T>()) + " from " + std::string(type),
            [oid, untyped_oid](Format format, std::string_view bytes) {
              detail::check_loader<T>(oid, format, bytes, untyped_oid);
            },
            {}};
  for (const Format format : {Format::binary, Format::text})
    for (const Written& value : values)
      made.seeds.push_back({format, detail::dump(adapters().find_dumper<Written>(format), value)});
  return made;
}

/// Reading a text by other means than a loader.
[[nodiscard]] Case parse(std::string name, void (*check)(std::string_view text),
                         std::initializer_list<std::string_view> texts);

}  // namespace palmetto::fuzz
