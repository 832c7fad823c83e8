#pragma once

#include "palmetto/executor.hpp"
#include "palmetto/oid.hpp"

#include <cstddef>
#include <cstdint>
#include <source_location>
#include <span>

/// Large objects: files of up to 4 TB in the database, read and written in pieces.
///
///     auto tx = conn.transaction();
///     Oid photo = tx.large_objects().create();
///     LargeObject object = tx.large_objects().open(photo, LargeObjectMode::write);
///     object.write(std::as_bytes(std::span(pixels)));
///     tx.commit();
///
/// large_object_stream.hpp reads and writes them as a std::iostream. Source: the manual, chapter 35
/// "Large Objects"; what is executed are the functions of its section 35.4.
namespace palmetto {

/// What an open large object is for. One that is open to read alone is as it was when the
/// transaction's snapshot was taken; else also what others have committed since is seen.
enum class LargeObjectMode { read, write, read_write };

/// What `LargeObject::seek` counts from.
enum class SeekFrom { begin, here, end };

/// A large object that is open. It is open until the end of its transaction at the latest: then its
/// use throws ProgrammingError. All throws as `Executor::execute` does, and InterfaceError when the
/// object was closed.
class LargeObject {
 public:
  LargeObject(LargeObject&& other) noexcept;
  LargeObject& operator=(LargeObject&&) = delete;
  /// Closes it if its transaction is still open, within the connection's grace period. Throws
  /// nothing.
  ~LargeObject();

  [[nodiscard]] Oid oid() const noexcept { return oid_; }

  /// Reads from the position on. How many bytes that was: fewer than there is room for at the end
  /// alone.
  std::size_t read(std::span<std::byte> bytes,
                   std::source_location where = std::source_location::current());

  /// Writes all of the bytes at the position, in place of those that are there; the object grows as
  /// it must. A gap that a seek left in front reads as zeros.
  void write(std::span<const std::byte> bytes,
             std::source_location where = std::source_location::current());

  /// Moves the position, which may be behind the end. The new one.
  std::int64_t seek(std::int64_t offset, SeekFrom from = SeekFrom::begin,
                    std::source_location where = std::source_location::current());
  /// The position, in bytes from 0. Asks nobody.
  [[nodiscard]] std::int64_t tell() const noexcept { return position_; }

  /// How many bytes there are.
  [[nodiscard]] std::int64_t size(std::source_location where = std::source_location::current());
  /// Cuts the object off, or fills it up with zeros. The position stays.
  void truncate(std::int64_t size, std::source_location where = std::source_location::current());

  /// Closes it, unless it is closed.
  void close(std::source_location where = std::source_location::current());
  [[nodiscard]] bool closed() const noexcept { return !open_; }
  /// Closes it and deletes it.
  void unlink(std::source_location where = std::source_location::current());

 private:
  friend class LargeObjects;
  LargeObject(Executor transaction, Oid oid, std::int32_t descriptor)
      : transaction_(std::move(transaction)), oid_(oid), descriptor_(descriptor) {}
  void require_open(std::source_location where) const;

  Executor transaction_;
  Oid oid_;
  std::int32_t descriptor_;
  std::int64_t position_ = 0;
  bool open_ = true;
};

/// The large objects of a database, within a transaction: what `Transaction::large_objects` gives.
/// What is created and deleted is so when the transaction is committed.
class LargeObjects {
 public:
  /// Makes an empty one. With 0 the server chooses the OID; else it throws
  /// `errors::UniqueViolation` when there is one of that OID.
  [[nodiscard]] Oid create(Oid oid = 0,
                           std::source_location where = std::source_location::current());

  /// Opens one, at its beginning. Throws `errors::UndefinedObject` when there is none.
  [[nodiscard]] LargeObject open(Oid oid, LargeObjectMode mode,
                                 std::source_location where = std::source_location::current());

  /// Deletes one. Throws `errors::UndefinedObject` when there is none.
  void unlink(Oid oid, std::source_location where = std::source_location::current());

 private:
  friend class Transaction;
  friend class TwoPhaseTransaction;
  explicit LargeObjects(const Executor& transaction) : transaction_(transaction) {}

  Executor transaction_;
};

}  // namespace palmetto
