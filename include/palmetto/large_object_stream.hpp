#pragma once

#include "palmetto/large_object.hpp"

#include <ios>
#include <istream>
#include <memory>
#include <streambuf>

/// A large object as a std::iostream:
///
///     LargeObjectStream stream(tx.large_objects().open(photo, LargeObjectMode::read_write));
///     stream.exceptions(std::ios::badbit);
///     stream << file.rdbuf() << std::flush;
///
/// What fails in a stream sets its badbit, and throws only when the stream was told so, as above;
/// then it throws as `LargeObject` does.
namespace palmetto {

/// Buffers a large object by 64 KiB, in either direction. There is one position, as that of a
/// std::filebuf.
class LargeObjectBuffer : public std::streambuf {
 public:
  explicit LargeObjectBuffer(LargeObject object);
  /// Writes what is buffered, as `pubsync` does, but that what fails is lost: flush before.
  ~LargeObjectBuffer() override;

  /// The object itself: sync before it is used, and seek thereafter.
  [[nodiscard]] LargeObject& object() noexcept { return object_; }

 protected:
  int_type underflow() override;
  int_type overflow(int_type character) override;
  int sync() override;
  pos_type seekoff(off_type offset, std::ios_base::seekdir from,
                   std::ios_base::openmode which) override;
  pos_type seekpos(pos_type position, std::ios_base::openmode which) override;

 private:
  void write_out();
  void drop_read();

  LargeObject object_;
  std::unique_ptr<char[]> bytes_;
};

/// A stream over such a buffer of its own.
class LargeObjectStream : public std::iostream {
 public:
  explicit LargeObjectStream(LargeObject object);

  [[nodiscard]] LargeObject& object() noexcept { return buffer_.object(); }

 private:
  LargeObjectBuffer buffer_;
};

}  // namespace palmetto
