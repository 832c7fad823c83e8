#pragma once

#include <cstdint>

namespace palmetto {

/// An object identifier of the server: what names a type on the wire.
/// Source: the manual, section 8.19 "Object Identifier Types".
using Oid = std::uint32_t;

}  // namespace palmetto
