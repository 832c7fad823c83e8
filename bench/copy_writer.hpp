#pragma once

#include "by_hand.hpp"

#include <array>
#include <string_view>

namespace by_hand {

/// Writes what COPY ... FROM STDIN (FORMAT binary) takes, and gives it to libpq 64 KiB at a time.
class CopyWriter {
 public:
  CopyWriter(const Connection& conn, const char* statement) : conn_(conn) {
    checked(conn, PQexec(conn.get(), statement), PGRES_COPY_IN);
    put({"PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0", 19});
  }

  void write_row(const bench::Row& row) {
    constexpr std::size_t without_text = 2 + 5 * 4 + 8 + 8 + 4 + 1;
    if (row.text.size() > buffer_.size() - without_text) throw std::runtime_error("too long");
    if (row.text.size() + without_text > left()) flush();
    put<std::int16_t>(5);
    put_number(row.number);
    put(static_cast<std::int32_t>(row.text.size()));
    put(row.text);
    put_number(row.real);
    put_number(row.small);
    put_number(static_cast<char>(row.flag));
  }

  void finish() {
    if (left() < 2) flush();
    put<std::int16_t>(-1);
    flush();
    require(PQputCopyEnd(conn_.get(), nullptr) == 1, conn_);
    checked(conn_, PQgetResult(conn_.get()), PGRES_COMMAND_OK);
    require(PQgetResult(conn_.get()) == nullptr, "more results than one");
  }

 private:
  [[nodiscard]] std::size_t left() const {
    return static_cast<std::size_t>(buffer_.data() + buffer_.size() - end_);
  }
  template <class T>
  void put(T value) {
    to_network(end_, value);
    end_ += sizeof(T);
  }
  template <class T>
  void put_number(T value) {
    put<std::int32_t>(sizeof(T));
    put(value);
  }
  void put(std::string_view bytes) {
    std::memcpy(end_, bytes.data(), bytes.size());
    end_ += bytes.size();
  }
  void flush() {
    require(
        PQputCopyData(conn_.get(), buffer_.data(), static_cast<int>(end_ - buffer_.data())) == 1,
        conn_);
    end_ = buffer_.data();
  }

  const Connection& conn_;
  std::array<char, 65536> buffer_;
  char* end_ = buffer_.data();  // of what is filled
};

}  // namespace by_hand
