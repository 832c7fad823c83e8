#include "palmetto/adapt/reader.hpp"

#include "palmetto/errors.hpp"

#include <string>

namespace palmetto {

void Reader::fail(const ReadSubject* subject, int row, std::string_view reason) {
  if (subject != nullptr) subject->fail(row, reason);
  throw DataError(std::string(reason));
}

void Reader::fail_short(const ReadSubject* subject, int row, std::size_t wanted, std::size_t left) {
  fail(subject, row,
       "the value ends too early: " + std::to_string(wanted) + " more bytes were expected, " +
           std::to_string(left) + " are left");
}

void Reader::fail_long(const ReadSubject* subject, int row, std::size_t left) {
  fail(subject, row, "the value is too long: " + std::to_string(left) + " bytes are left over");
}

}  // namespace palmetto
