#pragma once

#include <cstddef>
#include <memory>
#include <string_view>

namespace palmetto::pq {

/// One block of a COPY from the server, in memory of libpq's: a row. Source: the manual, section
/// 34.10.2 "Functions for Receiving COPY Data".
class CopyBlock {
 public:
  CopyBlock() noexcept = default;
  /// Takes over what PQgetCopyData gave.
  CopyBlock(char* data, std::size_t size) noexcept : data_(data), size_(size) {}

  [[nodiscard]] std::string_view view() const noexcept { return {data_.get(), size_}; }

 private:
  struct Free {
    void operator()(char* data) const noexcept;
  };
  std::unique_ptr<char, Free> data_;
  std::size_t size_ = 0;
};

}  // namespace palmetto::pq
