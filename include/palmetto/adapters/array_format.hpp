#pragma once

#include "palmetto/adapt/reader.hpp"
#include "palmetto/adapt/writer.hpp"
#include "palmetto/format.hpp"
#include "palmetto/oid.hpp"

#include <cstddef>
#include <string>
#include <string_view>

/// The two formats of one-dimensional arrays, for array.hpp.
/// Source: the manual, section 8.15.6 "Array Input and Output Syntax"; array_recv, array_send.
namespace palmetto {

/// Writes an array element by element. An element's bytes are written to `out()` between
/// `begin_element` and `end_element`, in the array's own format.
class ArrayWriter {
 public:
  ArrayWriter(Writer& out, Oid element, Format format, char delimiter) noexcept
      : out_(out), element_(element), format_(format), delimiter_(delimiter) {}

  void begin(std::size_t count);
  void null();
  void begin_element();
  void end_element();
  void end();
  [[nodiscard]] Writer& out() noexcept { return out_; }

 private:
  void separate();

  Writer& out_;
  Oid element_;
  Format format_;
  char delimiter_;
  bool first_ = true;
  std::size_t start_ = 0;       // of the array
  std::size_t element_at_ = 0;  // of the element being written
};

/// Reads an array element by element. Throws DataError for what is no one-dimensional array of the
/// element type.
class ArrayReader {
 public:
  ArrayReader(Reader& in, Oid element, Format format, char delimiter);

  /// How many elements there are at least: to reserve.
  [[nodiscard]] std::size_t size() const noexcept { return left_; }

  /// Steps to the next element; false behind the last.
  [[nodiscard]] bool next();
  [[nodiscard]] bool is_null() const noexcept { return null_; }
  [[nodiscard]] Reader element() const noexcept { return in_.elsewhere(element_); }
  [[noreturn]] void fail(std::string_view reason) const { in_.fail(reason); }

 private:
  void begin_binary(Oid element);
  void begin_text();
  [[nodiscard]] bool next_binary();
  [[nodiscard]] bool next_text();
  void take_quoted();
  void take_unquoted();

  Reader& in_;
  Format format_;
  char delimiter_;
  std::size_t left_ = 0;   // binary: elements to come
  std::string_view text_;  // text: what is to come
  bool started_ = false;
  bool null_ = false;
  std::string_view element_;
  std::string unescaped_;
};

}  // namespace palmetto
