#pragma once

#include "palmetto/adapt/adapters_map.hpp"
#include "palmetto/pq/parameter_arrays.hpp"
#include "palmetto/sql/placeholders.hpp"

#include <span>
#include <string>
#include <string_view>

/// Statements within other statements, where there can be no parameters.
namespace palmetto::sql {

/// The statement's text without its semicolon, and with a constant in parentheses for each `$n`:
/// ('42'::bigint). `parameters` are all in text format; `types` are what the server made
/// of them, one for each.
[[nodiscard]] std::string inlined(std::string_view text, const StatementShape& shape,
                                  const pq::ParameterArrays& parameters, std::span<const Oid> types,
                                  const AdaptersMap& map);

}  // namespace palmetto::sql
