#include "palmetto/adapters/boolean.hpp"
#include "palmetto/adapters/floating.hpp"
#include "palmetto/adapters/integer.hpp"
#include "palmetto/adapters/text.hpp"

#include "fuzz.hpp"

#include <cstdint>
#include <limits>

using Int16 = std::numeric_limits<std::int16_t>;
using Int32 = std::numeric_limits<std::int32_t>;
using Int64 = std::numeric_limits<std::int64_t>;
using Float = std::numeric_limits<float>;
using Double = std::numeric_limits<double>;

std::vector<palmetto::fuzz::Case> palmetto::fuzz::cases() {
  return {
      read<bool>("bool", {true, false}),
      read<std::int16_t>("int2", {0, -1, Int16::min(), Int16::max()}),
      read<std::int32_t>("int4", {0, -1, Int32::min(), Int32::max()}),
      read<std::int32_t, std::int16_t>("int2", {7, -1}),
      read<std::int64_t>("int8", {0, -1, Int64::min(), Int64::max()}),
      read<std::int64_t, std::int32_t>("int4", {7, -1}),
      read<std::int64_t, std::int16_t>("int2", {7, -1}),
      read<std::int64_t, std::int32_t>("oid", {0, 705, -1}),
      read<std::uint16_t>("int4", {0, 40000, 65535}),
      read<std::uint16_t, std::int16_t>("int2", {7, -1}),
      read<std::uint32_t>("int8", {0, 40000, 4294967295}),
      read<std::uint32_t, std::int32_t>("oid", {0, 705, -1}),
      read<std::uint32_t, std::int32_t>("int4", {7, -1}),
      read<std::uint32_t, std::int16_t>("int2", {7, -1}),
      read<float>("float4", {0, -0.0F, 0.1F, -1e10F, Float::denorm_min(), Float::lowest(),
                             Float::infinity(), -Float::infinity(), Float::quiet_NaN()}),
      read<double>("float8", {0, -0.0, 0.1, -1e20, Double::denorm_min(), Double::lowest(),
                              Double::infinity(), -Double::infinity(), Double::quiet_NaN()}),
      read<double, float>("float4", {0, 0.1F, Float::lowest(), Float::quiet_NaN()}),
      read<double, std::int32_t>("int4", {7, -1}),
      read<double, std::int16_t>("int2", {7, -1}),
      read<double, std::string_view>("float8", {"+Inf", "-Inf", "1e+06"}),
  };
}
