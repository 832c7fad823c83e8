#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace palmetto {

/// The name of a transaction of several databases together, for two-phase commit, in its three
/// parts: which kind of name it is, the whole transaction, and the branch of it that is here.
///
///     GlobalXid xid(1, "transfer 4711", "bank a");
///
/// PostgreSQL keeps a name as one text, which then is "1_dHJhbnNmZXIgNDcxMQ==_YmFuayBh": both parts
/// in base64, as psycopg and PostgreSQL's JDBC driver write and read it. A text of another kind is
/// a name too, one without parts.
///
/// Source: X/Open, "Distributed Transaction Processing: The XA Specification", section 4.2; PEP
/// 249, "Optional Two-Phase Commit Extensions"; psycopg's `Xid`, a name that a type of PostgreSQL's
/// has here.
class GlobalXid {
 public:
  /// Throws DataError when `format_id` is negative, `gtrid` has not from 1 to 64 bytes, or `bqual`
  /// more than 64.
  GlobalXid(std::int32_t format_id, std::string_view gtrid, std::string_view bqual = {});

  /// The name that a text stands for: in parts if it is one of three, else as it is. Throws
  /// DataError when it has a NUL byte, or more than the 199 bytes that PostgreSQL takes.
  [[nodiscard]] static GlobalXid from_text(std::string_view text);

  /// What PREPARE TRANSACTION takes.
  [[nodiscard]] const std::string& text() const noexcept { return text_; }

  /// Whether it has parts.
  [[nodiscard]] bool has_parts() const noexcept { return format_id_ >= 0; }
  /// -1 when there are no parts.
  [[nodiscard]] std::int32_t format_id() const noexcept { return format_id_; }
  /// The global transaction; the whole text when there are no parts.
  [[nodiscard]] const std::string& gtrid() const noexcept { return gtrid_; }
  /// The branch qualifier; empty when there are no parts.
  [[nodiscard]] const std::string& bqual() const noexcept { return bqual_; }

  friend bool operator==(const GlobalXid& a, const GlobalXid& b) noexcept {
    return a.text_ == b.text_;
  }

 private:
  explicit GlobalXid(std::string_view text) : text_(text), gtrid_(text) {}

  std::string text_;
  std::int32_t format_id_ = -1;
  std::string gtrid_;
  std::string bqual_;
};

/// A transaction that was prepared, and neither committed nor rolled back yet: a row of
/// pg_prepared_xacts.
struct PreparedTransaction {
  GlobalXid xid;
  std::chrono::sys_time<std::chrono::microseconds> prepared;
  std::string owner;
  std::string database;  ///< the one in which alone it can be ended
};

}  // namespace palmetto
