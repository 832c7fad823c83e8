#pragma once

#include "palmetto/adapt/reader.hpp"
#include "palmetto/adapt/writer.hpp"
#include "palmetto/format.hpp"
#include "palmetto/oid.hpp"

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

/// The two formats of arrays, for array.hpp.
/// Source: the manual, section 8.15.6 "Array Input and Output Syntax"; array_recv, array_send.
namespace palmetto {

/// One dimension of an array; the first of its elements has the index `lower_bound`.
struct ArrayDimension {
  std::int32_t length = 0;
  std::int32_t lower_bound = 1;
  friend bool operator==(const ArrayDimension&, const ArrayDimension&) = default;
};

/// The dimensions of an array, the outermost first; none of an empty one.
class ArrayDimensions {
 public:
  static constexpr std::size_t most = 6;  ///< PostgreSQL's MAXDIM

  ArrayDimensions() noexcept { list_[0] = {}; }

  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] const ArrayDimension& operator[](std::size_t i) const noexcept { return list_[i]; }
  [[nodiscard]] ArrayDimension& operator[](std::size_t i) noexcept { return list_[i]; }
  [[nodiscard]] const ArrayDimension* begin() const noexcept { return list_; }
  [[nodiscard]] const ArrayDimension* end() const noexcept { return list_ + size_; }
  /// False when there are as many already as there can be.
  [[nodiscard]] bool add(ArrayDimension dimension) noexcept {
    if (size_ == most) return false;
    list_[size_++] = dimension;
    return true;
  }
  void set_only(ArrayDimension dimension) noexcept {
    list_[0] = dimension;
    size_ = 1;
  }
  void clear() noexcept { size_ = 0; }
  /// Whether there is at most one, and it begins at 1.
  [[nodiscard]] bool is_plain() const noexcept {
    return size_ == 0 || (size_ == 1 && list_[0].lower_bound == 1);
  }
  /// How many elements the array has; -1 for more than can be.
  [[nodiscard]] std::int64_t elements() const noexcept;

 private:
  union {  // not all initialised: most arrays have one dimension
    ArrayDimension list_[most];
  };
  std::size_t size_ = 0;
};

/// Writes an array element by element, the last index first. An element's bytes are written to
/// `out()` between `begin_element` and `end_element`, in the array's own format.
class ArrayWriter {
 public:
  ArrayWriter(Writer& out, Oid element, Format format, char delimiter) noexcept
      : out_(out), element_(element), format_(format), delimiter_(delimiter) {}

  void begin(const ArrayDimensions& dimensions);
  void null();
  void begin_element();
  void end_element();
  void end();
  [[nodiscard]] Writer& out() noexcept { return out_; }

 private:
  void open_braces();
  void close_braces();

  Writer& out_;
  Oid element_;
  Format format_;
  char delimiter_;
  ArrayDimensions dimensions_;
  std::int64_t written_ = 0;
  std::size_t start_ = 0;       // of the array
  std::size_t element_at_ = 0;  // of the element being written
};

/// Reads an array in binary: its dimensions, then element by element, the last index first. Throws
/// DataError for what is no array of that element type.
class BinaryArrayReader {
 public:
  /// Takes all of `in`.
  BinaryArrayReader(Reader& in, Oid element) : in_(in.nested(in.remaining())) {
    if (!take_usual_header(element)) [[unlikely]]
      begin(in_, element, dimensions_);
  }

  [[nodiscard]] const ArrayDimensions& dimensions() const noexcept { return dimensions_; }
  /// Whether the next element is NULL; if not, it is `element()`'s.
  [[nodiscard]] bool next_is_null() {
    length_ = in_.get<std::int32_t>();
    if (length_ >= 0) [[likely]]
      return false;
    if (length_ != -1) fail_length(in_);
    return true;
  }
  [[nodiscard]] Reader element() { return in_.nested(static_cast<std::size_t>(length_)); }
  void end() const { in_.expect_end(); }

  /// Gives the elements to come to `function`, each as a reader, as long as they are of `size`
  /// bytes; returns how many of the `count` these were.
  template <std::size_t size, class F>
  [[nodiscard]] std::size_t take_fixed(std::size_t count, const F& function) {
    constexpr std::size_t stride = sizeof(std::int32_t) + size;
    if (count * stride > in_.remaining()) return 0;  // no overflow: a count was compared before
    const char* const first = in_.data();
    std::size_t taken = 0;
    for (const char* next = first; taken < count; ++taken, next += stride) {
      std::uint32_t length;
      std::memcpy(&length, next, sizeof(length));
      if (length != detail::network_order(static_cast<std::uint32_t>(size))) break;
      function(Reader(next + sizeof(length), size));
    }
    static_cast<void>(in_.take(taken * stride));
    return taken;
  }
  [[noreturn]] void fail(std::string_view reason) const { Reader(in_).fail(reason); }

 private:
  // One dimension from 1 on, with no more elements than there can be: each takes 4 bytes at least.
  [[nodiscard]] bool take_usual_header(Oid element) {
    constexpr std::size_t size = 20;
    if (in_.remaining() < size) return false;
    Reader header(in_.data(), size);
    const auto dimensions = header.get<std::int32_t>();
    const auto flags = header.get<std::int32_t>();
    const auto type = header.get<Oid>();
    const auto length = header.get<std::int32_t>();
    const auto lower_bound = header.get<std::int32_t>();
    if (dimensions != 1 || (flags & ~1) != 0 || type != element || length <= 0 ||
        lower_bound != 1 || static_cast<std::size_t>(length) > (in_.remaining() - size) / 4)
      return false;
    static_cast<void>(in_.take(size));
    dimensions_.set_only({length, 1});
    return true;
  }
  static void begin(Reader& in, Oid element, ArrayDimensions& dimensions);
  [[noreturn]] static void fail_length(Reader in);

  Reader in_;
  ArrayDimensions dimensions_;
  std::int32_t length_ = 0;
};

/// Reads an array in text; otherwise the same.
class TextArrayReader {
 public:
  TextArrayReader(Reader& in, char delimiter);

  [[nodiscard]] const ArrayDimensions& dimensions() const noexcept { return dimensions_; }
  [[nodiscard]] bool next_is_null();
  [[nodiscard]] Reader element() const noexcept { return in_.elsewhere(element_); }
  void end() const noexcept {}  // it was measured
  [[noreturn]] void fail(std::string_view reason) const { in_.fail(reason); }

 private:
  void take_bounds(ArrayDimensions& bounds);
  [[nodiscard]] std::int32_t take_index();
  void measure();
  void check_bounds(const ArrayDimensions& bounds) const;
  [[nodiscard]] bool take_element();

  Reader& in_;
  char delimiter_;
  ArrayDimensions dimensions_;
  std::string_view text_;  // what is to come
  std::string_view element_;
  std::string unescaped_;
};

}  // namespace palmetto
