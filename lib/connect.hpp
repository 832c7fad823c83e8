#pragma once

#include "palmetto/connection_options.hpp"
#include "palmetto/flow/wire.hpp"

#include <string_view>

namespace palmetto::detail {

/// Makes the connection that a connection string and options ask for. Throws what
/// `Connection::connect` says.
[[nodiscard]] flow::Wire make_wire(std::string_view conninfo, const ConnectionOptions& options);

}  // namespace palmetto::detail
