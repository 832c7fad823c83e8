#pragma once

#include "benchmark.hpp"

#include <boost/tuple/tuple.hpp>
#include <pqxx/pqxx>
#include <soci/boost-tuple.h>
#include <soci/postgresql/soci-postgresql.h>
#include <soci/soci.h>

/// What Palmetto is compared with, in Debian's versions of them.
namespace peers {

/// bench::Row as SOCI reads one. It has no bool: an int is what it makes of one.
using SociRow = boost::tuple<long long, std::string, double, int, int>;

/// libpqxx 6 has no string_view.
inline std::string_view view(const pqxx::field& field) { return {field.c_str(), field.size()}; }

inline void add_row(bench::Checksum& sum, const SociRow& row) {
  sum.add(row.get<0>(), row.get<1>(), row.get<2>(), row.get<3>(), row.get<4>() != 0);
}

}  // namespace peers
