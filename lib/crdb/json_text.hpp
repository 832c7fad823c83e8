#pragma once

#include "palmetto/adapt/reader.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace palmetto::crdb::detail {

/// A value of JSON where it stands, in a text that is well-formed.
class JsonText {
 public:
  enum class Kind : std::uint8_t { null, boolean, number, string, array, object };

  /// Throws a DataError of the reader's subject when the text is not well-formed.
  [[nodiscard]] static JsonText parse(Reader& in);
  /// From a text that is known to be.
  explicit JsonText(std::string_view text) noexcept : text_(text) {}

  [[nodiscard]] Kind kind() const noexcept;
  /// "a string"
  [[nodiscard]] std::string_view kind_name() const noexcept;
  [[nodiscard]] bool is_null() const noexcept { return kind() == Kind::null; }
  /// As it stands, without blanks around it.
  [[nodiscard]] std::string_view text() const noexcept { return text_; }
  /// What a string stands for.
  [[nodiscard]] std::string unescaped() const;

 private:
  std::string_view text_;
};

/// Takes the elements of an array one by one, or the members of an object.
class JsonCutter {
 public:
  explicit JsonCutter(JsonText whole) noexcept : left_(whole.text()) { left_.remove_prefix(1); }

  /// Nothing behind the last.
  [[nodiscard]] std::optional<JsonText> next_element() noexcept;
  struct Member {
    std::string name;
    JsonText value;
  };
  [[nodiscard]] std::optional<Member> next_member();

 private:
  [[nodiscard]] bool at_end() noexcept;
  [[nodiscard]] JsonText take() noexcept;

  std::string_view left_;
};

}  // namespace palmetto::crdb::detail
