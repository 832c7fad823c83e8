#include "palmetto/adapt/parameters.hpp"

namespace palmetto::detail {

void ParametersWriter::add_null(Oid oid) noexcept {
  storage_.types[count_] = oid;
  storage_.values[count_] = nullptr;
  storage_.lengths[count_] = 0;
  storage_.formats[count_] = static_cast<int>(Format::text);
  ++count_;
}

void ParametersWriter::find_values() noexcept {
  const char* next = out_.data();
  for (int i = 0; i < count_; ++i) {
    if (storage_.values[i] == nullptr) continue;
    storage_.values[i] = next;
    next += storage_.lengths[i] + 1;
  }
}

}  // namespace palmetto::detail
