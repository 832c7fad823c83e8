#pragma once

namespace palmetto {

/// How the rows of a `Stream` come. The results are the same, and the errors; what differs is what
/// a row costs.
enum class StreamRoad {
  copy,        ///< COPY ... TO STDOUT in binary: about a quarter of the others' cost
  chunks,      ///< results of some rows each: libpq from 17
  cursor,      ///< DECLARE and FETCH: a round trip for every thousand rows
  single_row,  ///< a result for each row: works with every server and libpq
};

}  // namespace palmetto
