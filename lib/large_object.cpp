#include "palmetto/large_object.hpp"

#include "palmetto/adapters/bytea.hpp"
#include "palmetto/adapters/integer.hpp"
#include "palmetto/two_phase_transaction.hpp"

#include "execute_at.hpp"
#include "session.hpp"

#include <algorithm>
#include <utility>

namespace palmetto {
namespace {

using detail::execute_at;

// One statement each: enough to make the round trips cheap, and the server's copies small.
constexpr std::size_t chunk = 256 * 1024;

// INV_WRITE and INV_READ.
std::int32_t flags_of(LargeObjectMode mode) noexcept {
  constexpr std::int32_t write = 0x20000;
  constexpr std::int32_t read = 0x40000;
  switch (mode) {
    case LargeObjectMode::read:
      return read;
    case LargeObjectMode::write:
      return write;
    case LargeObjectMode::read_write:
      return read | write;
  }
  return read | write;
}

// SEEK_SET, SEEK_CUR and SEEK_END.
std::int32_t whence_of(SeekFrom from) noexcept {
  switch (from) {
    case SeekFrom::begin:
      return 0;
    case SeekFrom::here:
      return 1;
    case SeekFrom::end:
      return 2;
  }
  return 0;
}

}  // namespace

LargeObjects Transaction::large_objects() {
  session().dialect().require(Feature::large_objects);
  return LargeObjects(*this);
}

LargeObjects TwoPhaseTransaction::large_objects() {
  session().dialect().require(Feature::large_objects);
  return LargeObjects(*this);
}

Oid LargeObjects::create(Oid oid, std::source_location where) {
  return execute_at(where, transaction_, "SELECT lo_create($1::oid)", oid).value<Oid>();
}

LargeObject LargeObjects::open(Oid oid, LargeObjectMode mode, std::source_location where) {
  const Result opened =
      execute_at(where, transaction_, "SELECT lo_open($1::oid, $2)", oid, flags_of(mode));
  return LargeObject(transaction_, oid, opened.value<std::int32_t>());
}

void LargeObjects::unlink(Oid oid, std::source_location where) {
  static_cast<void>(execute_at(where, transaction_, "SELECT lo_unlink($1::oid)", oid));
}

LargeObject::LargeObject(LargeObject&& other) noexcept
    : transaction_(std::move(other.transaction_)),
      oid_(other.oid_),
      descriptor_(other.descriptor_),
      position_(other.position_),
      open_(std::exchange(other.open_, false)) {}

LargeObject::~LargeObject() {
  if (!open_) return;
  try {
    const detail::Session& session = *detail::session_of(transaction_);
    if (session.closed() ||
        session.wire().transaction_status() != pq::TransactionStatus::in_transaction)
      return;
    transaction_ = transaction_.with({.timeout = session.grace()});
    close();
  } catch (...) {
    return;  // the end of its transaction closes it, or has done so
  }
}

void LargeObject::require_open(std::source_location where) const {
  if (!open_)
    throw InterfaceError("the large object " + std::to_string(oid_) + " is closed", {"", where});
}

std::size_t LargeObject::read(std::span<std::byte> bytes, std::source_location where) {
  require_open(where);
  std::size_t done = 0;
  while (done < bytes.size()) {
    const std::size_t wanted = std::min(chunk, bytes.size() - done);
    const Result result = execute_at(where, transaction_, "SELECT loread($1, $2)", descriptor_,
                                     static_cast<std::int32_t>(wanted));
    const auto read = result.value<std::span<const std::byte>>();
    std::copy(read.begin(), read.end(), bytes.begin() + static_cast<std::ptrdiff_t>(done));
    done += read.size();
    position_ += static_cast<std::int64_t>(read.size());
    if (read.size() < wanted) break;
  }
  return done;
}

void LargeObject::write(std::span<const std::byte> bytes, std::source_location where) {
  require_open(where);
  while (!bytes.empty()) {
    const std::span<const std::byte> next = bytes.first(std::min(chunk, bytes.size()));
    const auto written =
        execute_at(where, transaction_, "SELECT lowrite($1, $2)", descriptor_, next)
            .value<std::int32_t>();
    position_ += written;
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
}

std::int64_t LargeObject::seek(std::int64_t offset, SeekFrom from, std::source_location where) {
  require_open(where);
  position_ = execute_at(where, transaction_, "SELECT lo_lseek64($1, $2, $3)", descriptor_, offset,
                         whence_of(from))
                  .value<std::int64_t>();
  return position_;
}

// There and back again in one statement: FROM comes before SELECT.
std::int64_t LargeObject::size(std::source_location where) {
  require_open(where);
  const Result result = execute_at(
      where, transaction_, "SELECT size, lo_lseek64($1, $2, 0) FROM lo_lseek64($1, 0, 2) AS size",
      descriptor_, position_);
  return std::get<0>(result.one<std::int64_t, std::int64_t>());
}

void LargeObject::truncate(std::int64_t size, std::source_location where) {
  require_open(where);
  static_cast<void>(
      execute_at(where, transaction_, "SELECT lo_truncate64($1, $2)", descriptor_, size));
}

void LargeObject::close(std::source_location where) {
  if (!std::exchange(open_, false)) return;
  static_cast<void>(execute_at(where, transaction_, "SELECT lo_close($1)", descriptor_));
}

void LargeObject::unlink(std::source_location where) {
  require_open(where);
  open_ = false;
  static_cast<void>(execute_at(where, transaction_, "SELECT lo_unlink($2::oid) FROM lo_close($1)",
                               descriptor_, oid_));
}

}  // namespace palmetto
