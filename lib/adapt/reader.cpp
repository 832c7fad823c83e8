#include "palmetto/adapt/reader.hpp"

#include "palmetto/errors.hpp"

#include <string>

namespace palmetto {

void Reader::fail(std::string_view reason) const {
  if (subject_ != nullptr) subject_->fail(row_, reason);
  throw DataError(std::string(reason));
}

void Reader::fail_short(Reader in, std::size_t wanted) {
  in.fail("the value ends too early: " + std::to_string(wanted) + " more bytes were expected, " +
          std::to_string(in.remaining()) + " are left");
}

void Reader::fail_long(Reader in) {
  in.fail("the value is too long: " + std::to_string(in.remaining()) + " bytes are left over");
}

}  // namespace palmetto
