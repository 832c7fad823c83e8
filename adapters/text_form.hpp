#pragma once

#include "palmetto/adapt/adapter.hpp"
#include "palmetto/errors.hpp"

#include <string>
#include <string_view>

// What `parse` and `to_string` of a type are, by the text format of its adapter.
namespace palmetto::detail {

// Quotes the text that could not be read: it is the caller's own, not a value of the server's.
class ParsedText final : public ReadSubject {
 public:
  explicit ParsedText(std::string_view text) noexcept : text_(text) {}
  [[noreturn]] void fail(int, std::string_view reason) const override {
    throw DataError(std::string(reason) + ": \"" + std::string(text_) + '"');
  }

 private:
  std::string_view text_;
};

template <class T>
[[nodiscard]] T parse_text(std::string_view text) {
  const ParsedText subject(text);
  Reader in(text.data(), text.size(), &subject);
  T value = Adapter<T>::read_text(in);
  in.expect_end();
  return value;
}

template <class T>
[[nodiscard]] std::string format_text(const T& value) {
  Writer out;
  Adapter<T>::write_text(out, value);
  return std::string(out.view());
}

}  // namespace palmetto::detail
