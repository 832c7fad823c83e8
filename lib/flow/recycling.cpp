#include "palmetto/flow/recycling.hpp"

#include <cstddef>
#include <new>
#include <utility>

namespace palmetto::flow {
namespace {

constexpr std::size_t step = 64;
constexpr std::size_t classes = 32;  // up to 2 KiB

// The sanitizers find what is used after it was freed only if it is freed.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool is_recycling = false;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
constexpr bool is_recycling = false;
#else
constexpr bool is_recycling = true;
#endif
#else
constexpr bool is_recycling = true;
#endif

constexpr std::size_t class_of(std::size_t size) noexcept { return (size + step - 1) / step; }

// One block of each class. Trivial, so that it is found without asking whether it was made; and
// without a call, which costs as much as the rest: there is room for a few hundred bytes in what a
// program keeps for libraries that are loaded later, too.
struct Spares {
  void* blocks[classes + 1];
  bool is_open;  // to be freed when the thread ends, which it has not yet
};
[[gnu::tls_model("initial-exec")]] constinit thread_local Spares spares{};

// Opens the spares, and frees them when the thread ends. What is freed later is not kept.
struct SparesOwner {
  SparesOwner() noexcept { spares.is_open = true; }
  ~SparesOwner() {
    spares.is_open = false;
    for (void* block : spares.blocks) ::operator delete(block);
  }
};

[[gnu::noinline]] void* allocate_new(std::size_t size) {
  thread_local const SparesOwner owner;
  static_cast<void>(owner);
  return ::operator new(size);
}

}  // namespace

void* allocate_recycled(std::size_t size) {
  const std::size_t block_class = class_of(size);
  if (!is_recycling || block_class > classes) return ::operator new(size);
  if (void* spare = std::exchange(spares.blocks[block_class], nullptr)) return spare;
  return allocate_new(block_class * step);
}

void free_recycled(void* memory, std::size_t size) noexcept {
  const std::size_t block_class = class_of(size);
  if (!is_recycling || block_class > classes || !spares.is_open ||
      spares.blocks[block_class] != nullptr)
    return ::operator delete(memory);
  spares.blocks[block_class] = memory;
}

}  // namespace palmetto::flow
