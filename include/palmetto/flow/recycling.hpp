#pragma once

#include <cstddef>

/// Memory for what lives as long as one operation or its result: a few blocks are kept per thread,
/// so that the next operation need not ask for them again.
namespace palmetto::flow {

/// Throws std::bad_alloc, as operator new does.
[[nodiscard]] void* allocate_recycled(std::size_t size);

/// Of what `allocate_recycled` gave for that size; on whatever thread.
void free_recycled(void* memory, std::size_t size) noexcept;

/// The same as an allocator, for std::allocate_shared.
template <class T>
struct Recycling {
  using value_type = T;

  Recycling() noexcept = default;
  template <class U>
  Recycling(const Recycling<U>&) noexcept {}

  [[nodiscard]] T* allocate(std::size_t count) {
    return static_cast<T*>(allocate_recycled(count * sizeof(T)));
  }
  void deallocate(T* memory, std::size_t count) noexcept {
    free_recycled(memory, count * sizeof(T));
  }
  friend bool operator==(const Recycling&, const Recycling&) noexcept { return true; }
};

}  // namespace palmetto::flow
