#pragma once

#include <cstdint>

namespace palmetto::flow {

/// What a flow waits for on its connection's socket before it can go on.
enum class Wait : std::uint8_t { read = 1, write = 2, read_write = 3 };

/// What a flow is resumed with: the socket is ready for reading, for writing or both, the deadline
/// passed, or its grace period too. A flow that is resumed with `expired` winds down: it ends, or
/// asks the server to cancel and waits on. Then it is resumed with `expired` again from time to
/// time, to ask again, for the request may have come when there was nothing to cancel yet. Resumed
/// with `given_up`, it ends at once.
enum class Ready : std::uint8_t { read = 1, write = 2, read_write = 3, expired = 4, given_up = 5 };

[[nodiscard]] constexpr bool can_read(Ready ready) noexcept {
  return ready == Ready::read || ready == Ready::read_write;
}

}  // namespace palmetto::flow
