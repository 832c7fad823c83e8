#pragma once

#include "palmetto/adapt/adapters_map.hpp"

namespace palmetto::crdb {

/// Adds the types that CockroachDB got in the course of its versions, where they are missing.
void add_later_types(TypesRegistry& types);

/// Removes those that a version did not have yet. Writes nothing to the map when there are none: it
/// goes on sharing its state with the template then.
void remove_later_types(AdaptersMap& map, int version);

}  // namespace palmetto::crdb
