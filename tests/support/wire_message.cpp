#include "support/wire_message.hpp"

#include <algorithm>
#include <stdexcept>

namespace support {
namespace {

std::uint32_t big_endian(std::string_view bytes) {
  std::uint32_t number = 0;
  for (const char byte : bytes) number = number << 8 | static_cast<unsigned char>(byte);
  return number;
}

std::string big_endian(std::uint32_t number, std::size_t size) {
  std::string bytes(size, '\0');
  for (std::size_t i = size; i-- > 0; number >>= 8) bytes[i] = static_cast<char>(number & 0xff);
  return bytes;
}

constexpr std::size_t length_size = 4;

}  // namespace

char MessageReader::byte() { return bytes(1).front(); }

std::int16_t MessageReader::int16() {
  return static_cast<std::int16_t>(static_cast<std::uint16_t>(big_endian(bytes(2))));
}

std::int32_t MessageReader::int32() { return static_cast<std::int32_t>(big_endian(bytes(4))); }

std::string MessageReader::text() {
  std::string taken = bytes(std::min(left_.find('\0'), left_.size()));
  bytes(1);
  return taken;
}

std::string MessageReader::bytes(std::size_t count) {
  if (left_.size() < count) throw std::runtime_error("a message is too short");
  const std::string taken(left_.substr(0, count));
  left_.remove_prefix(count);
  return taken;
}

MessageBuilder& MessageBuilder::int16(int value) {
  return bytes(big_endian(static_cast<std::uint32_t>(value), 2));
}

MessageBuilder& MessageBuilder::int32(std::int32_t value) {
  return bytes(big_endian(static_cast<std::uint32_t>(value), 4));
}

MessageBuilder& MessageBuilder::bytes(std::string_view value) {
  body_ += value;
  return *this;
}

std::string MessageBuilder::wire() const {
  return type_ + big_endian(static_cast<std::uint32_t>(body_.size() + length_size), length_size) +
         body_;
}

void MessageStream::append(std::string_view bytes) {
  bytes_.erase(0, taken_);
  taken_ = 0;
  bytes_ += bytes;
}

std::optional<std::string_view> MessageStream::next() {
  const std::string_view left = std::string_view(bytes_).substr(taken_);
  const std::size_t type = typed_ ? 1 : 0;
  if (left.size() < type + length_size) return std::nullopt;
  const std::size_t length = big_endian(left.substr(type, length_size));
  if (length < length_size) throw std::runtime_error("a message is shorter than its length");
  if (left.size() < type + length) return std::nullopt;
  typed_ = true;
  taken_ += type + length;
  return left.substr(0, type + length);
}

std::string MessageStream::rest() {
  std::string left = bytes_.substr(taken_);
  bytes_.clear();
  taken_ = 0;
  return left;
}

}  // namespace support
