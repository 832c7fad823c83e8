#pragma once

#include <cstddef>

/// Memory for what lives as long as one operation or its result: a few blocks are kept per thread,
/// so that the next operation need not ask for them again.
namespace palmetto::flow {

/// Throws std::bad_alloc, as operator new does.
[[nodiscard]] void* allocate_recycled(std::size_t size);

/// Of what `allocate_recycled` gave for that size; on whatever thread.
void free_recycled(void* memory, std::size_t size) noexcept;

}  // namespace palmetto::flow
