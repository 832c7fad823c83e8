#pragma once

#include "palmetto/adapt/adapters_map.hpp"
#include "palmetto/adapters/array_format.hpp"

#include <array>
#include <concepts>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// Arrays of whatever has an adapter, at compile time or at run time:
///
/// | C++                                          | dimensions | lower bounds       |
/// |----------------------------------------------|------------|--------------------|
/// | std::vector<T>, any other sequence container | one        | 1; others are lost |
/// | std::array<T, N>                             | one, of N  | likewise           |
/// | these of each other: vector<array<T, 3>>     | several    | likewise           |
/// | Array<T>                                     | any        | kept               |
///
/// A sequence container is what has `value_type`, `begin`, `end`, `size` and `push_back`, and is no
/// string: std::deque, boost::container::small_vector, a class derived from one of them. What lacks
/// `push_back`, std::span and std::set, can be sent but not read.
///
/// NULL elements need std::optional<T>. An array of other dimensions than the C++ type's, a length
/// that is not N, and a NULL for a T that takes none are DataErrors, as are ragged nested
/// containers when sent. An empty array has no dimensions, so that an empty vector stands for one,
/// and nested containers that are empty inside for none.
///
/// std::vector<std::string_view> reads without copying the elements, in binary alone.
namespace palmetto {

/// An array of any dimensions, with its lower bounds.
///
///     palmetto::Array<int> matrix{.dimensions = {{2}, {2}}, .elements = {1, 2, 3, 4}};
template <class T>
struct Array {
  std::vector<ArrayDimension> dimensions;  ///< at most six, the outermost first; none when empty
  std::vector<T> elements;                 ///< the last index first: row by row
  friend bool operator==(const Array&, const Array&) = default;
};

namespace detail {

template <class C>
concept Sequence = requires(const C& c) {
  typename C::value_type;
  c.begin();
  c.end();
  { c.size() } -> std::convertible_to<std::size_t>;
} && !requires { typename C::mapped_type; } && !std::convertible_to<const C&, std::string_view>;

template <class C>
inline constexpr bool is_std_array = false;
template <class T, std::size_t N>
inline constexpr bool is_std_array<std::array<T, N>> = true;

template <class C>
concept ReadableSequence = is_std_array<C> || requires(C& c, typename C::value_type value) {
  requires std::default_initializable<C>;
  c.push_back(std::move(value));
};

/// The elements of nested sequences, and how deep they are. A sequence that has an adapter of its
/// own, as bytes have, is an element.
template <class T>
struct Nested {
  using Element = T;
  static constexpr std::size_t depth = 0;
  static constexpr bool is_readable = true;
};
template <Sequence C>
  requires requires { Adapter<C>::is_sequence; }
struct Nested<C> {
  using Inner = Nested<typename C::value_type>;
  using Element = typename Inner::Element;
  static constexpr std::size_t depth = Inner::depth + 1;
  static constexpr bool is_readable = ReadableSequence<C> && Inner::is_readable;
};

/// What the dumpers and loaders of arrays keep of their elements'.
template <class T>
struct ArrayElementDumper {
  Dumper<T> dumper;
  char delimiter;
  AdaptersMap map;

  [[nodiscard]] ArrayWriter begin(Writer& out, const ArrayDimensions& dimensions) const {
    if (!dimensions.is_plain()) map.require(TypeFeature::array_dimensions);
    ArrayWriter array(out, dumper.oid(), dumper.format(), delimiter);
    array.begin(dimensions);
    return array;
  }

  template <class C>
  [[nodiscard]] static Dumper<C> find(const AdaptersMap& map, Format preferred,
                                      typename Dumper<C>::StatefulFunction write) {
    Dumper<T> dumper = map.find_dumper<T>(preferred);
    const Oid element = dumper.oid();
    const Format format = dumper.format();
    const Oid array = element == 0 ? Oid{0} : map.array_oid_of(element);
    return {array, format, write,
            std::make_shared<const ArrayElementDumper>(
                ArrayElementDumper{std::move(dumper), map.delimiter_of(element), map})};
  }
};

template <class T>
struct ArrayElementLoader {
  Loader<T> loader;
  Oid oid;
  char delimiter;

  template <class ArrayReader>
  [[nodiscard]] ArrayReader begin(Reader& in) const {
    if constexpr (std::same_as<ArrayReader, BinaryArrayReader>) return ArrayReader(in, oid);
    else return ArrayReader(in, delimiter);
  }

  template <class C>
  [[nodiscard]] static Loader<C> find(const AdaptersMap& map, Oid array, Format format,
                                      typename Loader<C>::StatefulFunction binary,
                                      typename Loader<C>::StatefulFunction text) {
    // An escaped element of a text has to be copied to be read: there is nothing to point into.
    if (is_view<T> && format == Format::text) return {};
    const TypeInfo* element = map.types().find_by_array(array);
    if (element == nullptr) return {};
    auto loader = map.find_loader<T>(element->oid, format);
    if (!loader) return {};
    return {format == Format::binary ? binary : text,
            std::make_shared<const ArrayElementLoader>(
                ArrayElementLoader{std::move(loader), element->oid, element->delimiter})};
  }
};

template <class T>
void write_array_element(ArrayWriter& array, const Dumper<not_null_t<T>>& dumper, const T& value) {
  if constexpr (is_nullable<T>) {
    if (!value.has_value()) return array.null();
    array.begin_element();
    dumper(array.out(), *value);
  } else {
    array.begin_element();
    dumper(array.out(), value);
  }
  array.end_element();
}

/// `read` reads one value that is not NULL.
template <class T, class ArrayReader, class Read>
[[nodiscard]] T read_array_element(ArrayReader& array, const Read& read) {
  if (array.next_is_null()) [[unlikely]] {
    if constexpr (is_nullable<T>) return std::nullopt;
    else array.fail("the array has a NULL element, which the C++ type does not take");
  }
  return read(array.element());
}

/// The lengths of nested sequences that are not empty, by the first at each depth.
template <class C>
void measure_sequence(const C& sequence, ArrayDimensions& dimensions, Writer& out) {
  if (sequence.size() == 0) out.fail("a dimension of the array has no length");
  if (!std::in_range<std::int32_t>(sequence.size())) out.fail("the array has too many elements");
  if (!dimensions.add({static_cast<std::int32_t>(sequence.size()), 1}))
    out.fail("the array has more than six dimensions");
  if constexpr (Nested<typename C::value_type>::depth > 0)
    measure_sequence(*sequence.begin(), dimensions, out);
}

template <class C>
void write_sequence(ArrayWriter& array, const ArrayDimensions& dimensions, std::size_t depth,
                    const Dumper<not_null_t<typename Nested<C>::Element>>& dumper,
                    const C& sequence) {
  using Value = typename C::value_type;
  if (std::cmp_not_equal(sequence.size(), dimensions[depth].length))
    array.out().fail("the array is ragged: its parts have different lengths");
  for (const Value& value : sequence) {
    if constexpr (Nested<Value>::depth > 0)
      write_sequence(array, dimensions, depth + 1, dumper, value);
    else write_array_element<Value>(array, dumper, value);
  }
}

[[nodiscard]] std::string wrong_depth(std::size_t has, std::size_t takes);
[[nodiscard]] std::string wrong_length(std::size_t has, std::size_t takes);

/// Whether the elements are read by `read` from bytes that are as many for each.
template <class Read, class ArrayReader>
concept ReadsFixed = std::same_as<ArrayReader, BinaryArrayReader> &&
                     requires { Adapter<typename Read::Value>::wire_size; };

/// Whether elements can be written into the place that they will have.
template <class C>
concept Resizable = requires(C& sequence, std::size_t size) {
  sequence.resize(size);
  { sequence.data() } -> std::same_as<typename C::value_type*>;
};

template <class C, class ArrayReader, class Read>
[[nodiscard]] C read_sequence(ArrayReader& array, std::size_t depth, const Read& read);

/// The innermost of nested sequences. Inlined always: of small arrays the call would be a tenth.
template <class C, class ArrayReader, class Read>
[[gnu::always_inline]] inline void read_elements(ArrayReader& array, std::size_t length,
                                                 const Read& read, C& sequence) {
  using Value = typename C::value_type;
  std::size_t taken = 0;
  if constexpr (ReadsFixed<Read, ArrayReader> && Resizable<C>) {
    constexpr std::size_t size = Adapter<typename Read::Value>::wire_size;
    sequence.resize(length);
    Value* next = sequence.data();
    taken =
        array.template take_fixed<size>(length, [&](Reader element) { *next++ = read(element); });
    if (taken < length) sequence.resize(taken);
  } else if constexpr (requires { sequence.reserve(length); }) {
    sequence.reserve(length);
  }
  for (; taken < length; ++taken) sequence.push_back(read_array_element<Value>(array, read));
}

template <class C, class ArrayReader, class Read>
C read_sequence(ArrayReader& array, std::size_t depth, const Read& read) {
  using Value = typename C::value_type;
  constexpr bool is_innermost = Nested<Value>::depth == 0;
  const ArrayDimensions& dimensions = array.dimensions();
  const auto length =
      dimensions.size() == 0 ? 0 : static_cast<std::size_t>(dimensions[depth].length);
  C sequence{};
  if constexpr (is_std_array<C>) {
    if (length != sequence.size()) array.fail(wrong_length(length, sequence.size()));
    for (Value& value : sequence) {
      if constexpr (is_innermost) value = read_array_element<Value>(array, read);
      else value = read_sequence<Value>(array, depth + 1, read);
    }
  } else if constexpr (is_innermost) {
    read_elements(array, length, read, sequence);
  } else {
    if constexpr (requires { sequence.reserve(length); }) sequence.reserve(length);
    for (std::size_t i = 0; i < length; ++i)
      sequence.push_back(read_sequence<Value>(array, depth + 1, read));
  }
  return sequence;
}

/// The dimensions that an `Array` says it has, checked against its elements.
[[nodiscard]] ArrayDimensions checked_dimensions(const std::vector<ArrayDimension>& dimensions,
                                                 std::size_t elements, Writer& out);

}  // namespace detail

template <detail::Sequence C>
struct Adapter<C> {
  static constexpr bool is_sequence = true;

 private:
  using Inner = detail::Nested<typename C::value_type>;
  using Element = not_null_t<typename Inner::Element>;
  using ElementDumper = detail::ArrayElementDumper<Element>;
  using ElementLoader = detail::ArrayElementLoader<Element>;
  static constexpr std::size_t depth = Inner::depth + 1;

 public:
  static constexpr bool is_view = palmetto::is_view<Element>;

  static Dumper<C> find_dumper(const AdaptersMap& map, Format preferred)
    requires Dumpable<Element>
  {
    if constexpr (depth > 1) map.require(TypeFeature::array_dimensions);
    return ElementDumper::template find<C>(map, preferred, &write);
  }

  static Loader<C> find_loader(const AdaptersMap& map, Oid oid, Format format)
    requires(Loadable<Element> && detail::ReadableSequence<C> && Inner::is_readable)
  {
    return ElementLoader::template find<C>(map, oid, format, &read<BinaryArrayReader>,
                                           &read<TextArrayReader>);
  }

 private:
  static void write(Writer& out, const C& sequence, const void* state) {
    const auto& element = *static_cast<const ElementDumper*>(state);
    ArrayDimensions dimensions;
    if (sequence.size() != 0) detail::measure_sequence(sequence, dimensions, out);
    ArrayWriter array = element.begin(out, dimensions);
    if (sequence.size() != 0)
      detail::write_sequence(array, dimensions, 0, element.dumper, sequence);
    array.end();
  }

  template <class ArrayReader>
  static C read(Reader& in, const void* state) {
    const auto& element = *static_cast<const ElementLoader*>(state);
    auto array = element.template begin<ArrayReader>(in);
    const std::size_t dimensions = array.dimensions().size();
    if (dimensions != 0 && dimensions != depth) [[unlikely]]
      array.fail(detail::wrong_depth(dimensions, depth));
    return element.loader.use([&array](const auto& read_one) {
      C sequence = detail::read_sequence<C>(array, 0, read_one);
      array.end();
      return sequence;
    });
  }
};

template <class T>
  requires Dumpable<not_null_t<T>> || Loadable<not_null_t<T>>
struct Adapter<Array<T>> {
 private:
  using Element = not_null_t<T>;
  using ElementDumper = detail::ArrayElementDumper<Element>;
  using ElementLoader = detail::ArrayElementLoader<Element>;

 public:
  static constexpr bool is_view = palmetto::is_view<T>;

  static Dumper<Array<T>> find_dumper(const AdaptersMap& map, Format preferred)
    requires Dumpable<Element>
  {
    return ElementDumper::template find<Array<T>>(map, preferred, &write);
  }

  static Loader<Array<T>> find_loader(const AdaptersMap& map, Oid oid, Format format)
    requires Loadable<Element>
  {
    return ElementLoader::template find<Array<T>>(map, oid, format, &read<BinaryArrayReader>,
                                                  &read<TextArrayReader>);
  }

 private:
  static void write(Writer& out, const Array<T>& values, const void* state) {
    const auto& element = *static_cast<const ElementDumper*>(state);
    ArrayWriter array = element.begin(
        out, detail::checked_dimensions(values.dimensions, values.elements.size(), out));
    for (const T& value : values.elements)
      detail::write_array_element<T>(array, element.dumper, value);
    array.end();
  }

  template <class ArrayReader>
  static Array<T> read(Reader& in, const void* state) {
    const auto& element = *static_cast<const ElementLoader*>(state);
    auto array = element.template begin<ArrayReader>(in);
    const ArrayDimensions& dimensions = array.dimensions();
    Array<T> values{{dimensions.begin(), dimensions.end()}, {}};
    const auto count = static_cast<std::size_t>(dimensions.elements());
    values.elements.reserve(count);
    for (std::size_t i = 0; i < count; ++i)
      values.elements.push_back(detail::read_array_element<T>(array, element.loader));
    array.end();
    return values;
  }
};

}  // namespace palmetto
