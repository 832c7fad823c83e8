#pragma once

#include <cstdint>

namespace palmetto::flow {

/// What a flow waits for on its connection's socket before it can go on.
enum class Wait : std::uint8_t { read = 1, write = 2, read_write = 3 };

/// What a flow is resumed with: the socket is ready for reading, for writing or both, or the
/// deadline passed. A flow that is resumed with `expired` winds down (it asks the server to cancel)
/// and may wait on; resumed with `expired` again, it ends at once.
enum class Ready : std::uint8_t { read = 1, write = 2, read_write = 3, expired = 4 };

[[nodiscard]] constexpr bool can_read(Ready ready) noexcept {
  return ready == Ready::read || ready == Ready::read_write;
}

}  // namespace palmetto::flow
