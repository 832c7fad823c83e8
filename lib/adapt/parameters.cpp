#include "palmetto/adapt/parameters.hpp"

namespace palmetto::detail {
namespace {

// The bytes may still move: where a value stands is an offset until all are written.
constexpr auto null_offset = static_cast<std::size_t>(-1);

}  // namespace

void ParametersWriter::set(Oid oid, Format format, std::size_t offset) {
  storage_.types[count_] = oid;
  storage_.formats[count_] = static_cast<int>(format);
  storage_.offsets[count_] = offset;
  storage_.lengths[count_] = static_cast<int>(out_.size() - offset);
  out_.append('\0');  // libpq takes text up to a NUL
  ++count_;
}

void ParametersWriter::add_null(Oid oid) {
  set(oid, Format::text, out_.size());
  storage_.offsets[count_ - 1] = null_offset;
}

pq::ParameterArrays ParametersWriter::arrays() noexcept {
  for (int i = 0; i < count_; ++i)
    storage_.values[i] =
        storage_.offsets[i] == null_offset ? nullptr : out_.data() + storage_.offsets[i];
  return {count_, storage_.types, storage_.values, storage_.lengths, storage_.formats};
}

}  // namespace palmetto::detail
