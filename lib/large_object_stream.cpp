#include "palmetto/large_object_stream.hpp"

#include <cstddef>
#include <span>

namespace palmetto {
namespace {

constexpr std::size_t buffer_size = 64 * 1024;

}  // namespace

LargeObjectBuffer::LargeObjectBuffer(LargeObject object)
    : object_(std::move(object)), bytes_(std::make_unique<char[]>(buffer_size)) {}

LargeObjectBuffer::~LargeObjectBuffer() {
  try {
    write_out();
  } catch (...) {
    return;  // who wants to know flushes before
  }
}

void LargeObjectBuffer::write_out() {
  const std::span<const char> written(pbase(), pptr());
  setp(nullptr, nullptr);
  object_.write(std::as_bytes(written));
}

// Goes back to before what was read ahead.
void LargeObjectBuffer::drop_read() {
  const std::int64_t ahead = egptr() - gptr();
  setg(nullptr, nullptr, nullptr);
  if (ahead != 0) object_.seek(-ahead, SeekFrom::here);
}

LargeObjectBuffer::int_type LargeObjectBuffer::underflow() {
  if (gptr() != egptr()) return traits_type::to_int_type(*gptr());
  write_out();
  const std::size_t size =
      object_.read(std::as_writable_bytes(std::span(bytes_.get(), buffer_size)));
  setg(bytes_.get(), bytes_.get(), bytes_.get() + size);
  return size == 0 ? traits_type::eof() : traits_type::to_int_type(*gptr());
}

LargeObjectBuffer::int_type LargeObjectBuffer::overflow(int_type character) {
  drop_read();
  write_out();
  setp(bytes_.get(), bytes_.get() + buffer_size);
  if (!traits_type::eq_int_type(character, traits_type::eof()))
    sputc(traits_type::to_char_type(character));
  return traits_type::not_eof(character);
}

int LargeObjectBuffer::sync() {
  write_out();
  drop_read();
  return 0;
}

LargeObjectBuffer::pos_type LargeObjectBuffer::seekoff(off_type offset, std::ios_base::seekdir from,
                                                       std::ios_base::openmode) {
  if (offset == 0 && from == std::ios_base::cur)
    return pos_type(object_.tell() + (pptr() - pbase()) - (egptr() - gptr()));
  sync();
  if (from == std::ios_base::cur) return pos_type(object_.seek(offset, SeekFrom::here));
  if (from == std::ios_base::end) return pos_type(object_.seek(offset, SeekFrom::end));
  return pos_type(object_.seek(offset, SeekFrom::begin));
}

LargeObjectBuffer::pos_type LargeObjectBuffer::seekpos(pos_type position,
                                                       std::ios_base::openmode which) {
  return seekoff(off_type(position), std::ios_base::beg, which);
}

LargeObjectStream::LargeObjectStream(LargeObject object)
    : std::iostream(nullptr), buffer_(std::move(object)) {
  rdbuf(&buffer_);
}

}  // namespace palmetto
