#include "palmetto/binary_copy.hpp"

namespace palmetto::detail {

const char* BinaryCopyReader::skip_header(const char* at, const char* end) noexcept {
  constexpr std::ptrdiff_t signature = 11;
  constexpr std::uint32_t critical_flags = 0xFFFF0000;
  const auto refuse = [this](const char* problem) {
    problem_ = problem;
    return static_cast<const char*>(nullptr);
  };
  if (end - at < static_cast<std::ptrdiff_t>(binary_copy_header.size()) ||
      std::memcmp(at, binary_copy_header.data(), signature) != 0)
    return refuse("it does not begin with COPY's signature");
  at += signature;
  if ((wire_number<std::uint32_t>(at) & critical_flags) != 0)
    return refuse("its header has flags that are not known");
  const auto extension = wire_number<std::int32_t>(at + 4);
  at += 8;
  if (extension < 0 || end - at < extension) return refuse("its header is longer than its block");
  return at + extension;
}

BinaryCopyReader::Block BinaryCopyReader::read(std::string_view block,
                                               BinaryFields& fields) noexcept {
  const char* at = block.data();
  const char* const end = at + block.size();
  if (state_ == State::ended) return fail("there is more behind the trailer");
  if (state_ == State::header) {
    at = skip_header(at, end);
    if (at == nullptr) return Block::malformed;
    state_ = State::rows;
    expected_ = network_order(static_cast<std::uint16_t>(columns_));
    if (at == end) return Block::header;
  }
  if (end - at < 2) return fail("a row has no number of fields");
  const auto count = wire_number<std::int16_t>(at);
  at += 2;
  if (count != columns_) return other_count(count, at == end);
  fields = {at, end};
  return Block::row;
}

BinaryCopyReader::Block BinaryCopyReader::other_count(std::int16_t count, bool is_last) noexcept {
  if (count != -1) return fail("a row has another number of fields than there are columns");
  if (!is_last) return fail("there is more behind the trailer");
  state_ = State::ended;
  expected_ = no_row;
  return Block::end;
}

}  // namespace palmetto::detail
