#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// The messages of the protocol between client and server.
/// Source: the manual, section 55.7 "Message Formats".
namespace support {

/// What stands where a StartupMessage has its version.
inline constexpr std::int32_t protocol_3_0 = 3 << 16;
inline constexpr std::int32_t cancel_request = 80877102;
inline constexpr std::int32_t ssl_request = 80877103;
inline constexpr std::int32_t gssenc_request = 80877104;

/// Takes the body of a message apart; throws std::runtime_error when it is too short.
class MessageReader {
 public:
  explicit MessageReader(std::string_view body) noexcept : left_(body) {}

  char byte();
  std::int16_t int16();
  std::int32_t int32();
  std::string text();  ///< up to the zero byte behind it, which is taken, too
  std::string bytes(std::size_t count);
  /// What has not been taken.
  [[nodiscard]] std::string_view rest() const noexcept { return left_; }

 private:
  std::string_view left_;
};

/// Puts a message together.
class MessageBuilder {
 public:
  explicit MessageBuilder(char type) : type_(type) {}

  MessageBuilder& byte(char value) { return bytes({&value, 1}); }
  MessageBuilder& int16(int value);
  MessageBuilder& int32(std::int32_t value);
  MessageBuilder& text(std::string_view value) { return bytes(value).byte('\0'); }
  MessageBuilder& bytes(std::string_view value);

  /// With its type and its length in front.
  [[nodiscard]] std::string wire() const;

 private:
  char type_;
  std::string body_;
};

/// Cuts what one side sends into messages.
class MessageStream {
 public:
  /// A client's first message has no type; all others of either side have.
  enum class Begins { with_startup, with_type };
  explicit MessageStream(Begins begins) noexcept : typed_(begins == Begins::with_type) {}

  void append(std::string_view bytes);
  /// The next whole message, its type and length included; valid until the next append(). Throws
  /// std::runtime_error when it has an impossible length.
  [[nodiscard]] std::optional<std::string_view> next();
  /// What no whole message has come of yet; it is taken.
  [[nodiscard]] std::string rest();

 private:
  std::string bytes_;
  std::size_t taken_ = 0;
  bool typed_;
};

/// What follows the type and the length of a message.
[[nodiscard]] inline std::string_view body_of(std::string_view message) {
  return message.substr(5);
}

}  // namespace support
