#pragma once

#include "palmetto/oid.hpp"

namespace palmetto::pq {

/// The parameters of a statement, as PQsendQueryParams takes them: parallel arrays of `count`.
struct ParameterArrays {
  int count = 0;
  const Oid* types = nullptr;           ///< 0: the server infers the type
  const char* const* values = nullptr;  ///< a null pointer is SQL NULL
  const int* lengths = nullptr;         ///< in bytes; not looked at for text
  const int* formats = nullptr;         ///< the codes of `Format`
};

}  // namespace palmetto::pq
