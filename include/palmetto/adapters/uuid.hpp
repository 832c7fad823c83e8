#pragma once

#include "palmetto/adapt/adapters_map.hpp"

#include <boost/uuid/uuid.hpp>

namespace palmetto {

/// boost::uuids::uuid <-> uuid. Its text is written in lower case, and read in either.
template <>
struct Adapter<boost::uuids::uuid> {
  static constexpr TypeRef type = "uuid";
  static constexpr std::string_view cpp_name = "boost::uuids::uuid";

  // By begin(): what `data` is has changed with Boost 1.86.
  static void write(Writer& out, const boost::uuids::uuid& value) {
    out.append(value.begin(), boost::uuids::uuid::static_size());
  }
  static void write_text(Writer& out, const boost::uuids::uuid& value);
  static boost::uuids::uuid read(Reader& in) {
    boost::uuids::uuid value;
    const std::string_view bytes = in.take(boost::uuids::uuid::static_size());
    std::memcpy(value.begin(), bytes.data(), bytes.size());
    return value;
  }
  static boost::uuids::uuid read_text(Reader& in);
};

PALMETTO_DECLARE_ADAPTER(boost::uuids::uuid);

}  // namespace palmetto
