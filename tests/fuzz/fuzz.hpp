#pragma once

#include "palmetto/adapt/adapters_map.hpp"
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
/// both formats, and is read back as the same value, which is written as the same bytes.
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
  } else if constexpr (requires { std::tuple_size<T>::value; }) {
    return std::apply([](const auto&... field) { return (has_nul(field) || ...); }, value);
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

/// `oid` is the type that the value was read from, for values that are sent without a type.
template <class T>
void check_written(const T& value, Oid oid, Format format) {
  std::string written;
  try {
    const Dumper<T> dumper = adapters().find_dumper<T>(format);
    written = dump(dumper, value);
    const Loader<T> loader =
        adapters().find_loader<T>(dumper.oid() != 0 ? dumper.oid() : oid, dumper.format());
    if (!loader) {
      if (is_view<T>) return;  // of what has to be copied to be read
      fail("what was read and written can't be read again");
    }
    const Copy copy(written);
    const T back = loader(copy.reader());
    if (!is_same<T>(value, back))
      fail("what was read and written is read as another value", written);
    if (dump(dumper, back) != written) fail("what was read twice is not written the same", written);
  } catch (const DataError& error) { fail(error.what(), written); }
}

template <Loadable T>
void check_loader(Oid oid, Format format, std::string_view bytes) {
  const Loader<T> loader = adapters().find_loader<T>(oid, format);
  if (!loader) return;
  const Copy copy(bytes);
  std::optional<T> value;
  try {
    const AllocationLimit limit(bytes.size());
    value.emplace(loader(copy.reader()));
  } catch (const DataError&) { return; }
  if constexpr (Dumpable<T>) {
    if (has_nul(*value)) return;
    check_written(*value, oid, Format::binary);
    check_written(*value, oid, Format::text);
  }
}

}  // namespace detail

/// Reading a T from that type, beginning with those values as Written is sent.
template <Loadable T, Dumpable Written = T>
[[nodiscard]] Case read(std::string_view type,
                        std::initializer_list<std::type_identity_t<Written>> values) {
  const Oid oid = detail::oid_of(type);
  Case made{
      std::string(cpp_name<T>()) + " from " + std::string(type),
      [oid](Format format, std::string_view bytes) { detail::check_loader<T>(oid, format, bytes); },
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
