#pragma once

#include "by_hand.hpp"

#include <string_view>

namespace by_hand {

/// Reads what COPY ... TO STDOUT (FORMAT binary) sends (the manual, COPY, "Binary Format"): the
/// cells of rows of five, one after the other, none of them NULL.
class CopyReader {
 public:
  CopyReader(const Connection& conn, const char* statement) : conn_(conn.get()) {
    checked(conn, PQexec(conn_, statement), PGRES_COPY_OUT);
    receive();
    require(std::memcmp(take(11), "PGCOPY\n\377\r\n", 11) == 0, "signature");
    require((from_network<std::uint32_t>(take(4)) >> 16) == 0, "flags");
    take(from_network<std::uint32_t>(take(4)));  // the header's extension
  }
  ~CopyReader() { PQfreemem(buffer_); }
  CopyReader(const CopyReader&) = delete;
  CopyReader& operator=(const CopyReader&) = delete;

  /// Whether there is another row; the texts of the one before are gone.
  bool next() {
    if (at_ == end_) receive();
    const auto columns = from_network<std::int16_t>(take(2));
    if (columns == 5) return true;
    require(columns == -1, "columns");
    finish();
    return false;
  }

  template <class T>
  T number() {
    const char* cell = take(4 + sizeof(T));
    if (from_network<std::int32_t>(cell) != sizeof(T)) throw std::runtime_error("NULL or length");
    return from_network<T>(cell + 4);
  }
  std::string_view text() {
    const auto size = from_network<std::int32_t>(take(4));
    if (size < 0) throw std::runtime_error("NULL");
    return {take(static_cast<std::size_t>(size)), static_cast<std::size_t>(size)};
  }

 private:
  // The server's next message: the rows in it are whole.
  void receive() {
    PQfreemem(buffer_);
    buffer_ = nullptr;
    const int size = PQgetCopyData(conn_, &buffer_, 0);
    require(size > 0, conn_);
    at_ = buffer_;
    end_ = buffer_ + size;
  }

  const char* take(std::size_t size) {
    if (static_cast<std::size_t>(end_ - at_) < size) throw std::runtime_error("too short");
    const char* taken = at_;
    at_ += size;
    return taken;
  }

  void finish() {
    PQfreemem(buffer_);
    buffer_ = nullptr;
    require(PQgetCopyData(conn_, &buffer_, 0) == -1, "more after the end");
    const Result result(PQgetResult(conn_), &PQclear);
    require(PQresultStatus(result.get()) == PGRES_COMMAND_OK, conn_);
    require(PQgetResult(conn_) == nullptr, "more results than one");
  }

  PGconn* conn_;
  char* buffer_ = nullptr;
  const char* at_ = nullptr;
  const char* end_ = nullptr;
};

}  // namespace by_hand
