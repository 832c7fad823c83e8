#pragma once

#include <cstddef>
#include <string_view>

namespace palmetto::pq {

/// One block of a COPY from the server, in memory of libpq's: a row. Source: the manual, section
/// 34.10.2 "Functions for Receiving COPY Data".
class CopyBlock {
 public:
  CopyBlock() noexcept = default;
  CopyBlock(const CopyBlock&) = delete;
  CopyBlock& operator=(const CopyBlock&) = delete;
  ~CopyBlock();

  [[nodiscard]] std::string_view view() const noexcept { return {data_, size_}; }

 private:
  friend class Conn;  // which fills it
  char* data_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace palmetto::pq
