// Counts what a program allocates; preloaded (LD_PRELOAD) into one that knows nothing of it. At the
// program's end it says how many times malloc, calloc and realloc were called, by libpq and by all
// others: who called is who the call returns to.
//
// What operator new asks malloc for counts as the program's, and so does what the C library asks it
// for on somebody's behalf (strdup).

#include <link.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstring>

extern "C" {
// The C library's own, by the names that it has for who takes malloc's.
void* __libc_malloc(std::size_t size);
void* __libc_calloc(std::size_t count, std::size_t size);
void* __libc_realloc(void* memory, std::size_t size);
}

namespace {

struct Span {
  std::uintptr_t begin = 0;
  std::uintptr_t end = 0;
};

Span libpq;
std::atomic<long> by_libpq = 0;
std::atomic<long> by_others = 0;

int find_libpq(dl_phdr_info* object, std::size_t, void*) {
  if (std::strstr(object->dlpi_name, "/libpq.so") == nullptr) return 0;
  for (int i = 0; i < object->dlpi_phnum; ++i) {
    const auto& segment = object->dlpi_phdr[i];
    if (segment.p_type != PT_LOAD || (segment.p_flags & PF_X) == 0) continue;
    libpq.begin = object->dlpi_addr + segment.p_vaddr;
    libpq.end = libpq.begin + segment.p_memsz;
  }
  return 1;
}

// All that the program was linked with is there before this is called.
[[gnu::constructor]] void begin() { dl_iterate_phdr(find_libpq, nullptr); }

[[gnu::destructor]] void end() {
  std::fprintf(stderr, "allocations: %ld by libpq, %ld by others\n", by_libpq.load(),
               by_others.load());
}

void count(const void* caller) {
  const auto address = reinterpret_cast<std::uintptr_t>(caller);
  auto& counter = address >= libpq.begin && address < libpq.end ? by_libpq : by_others;
  counter.fetch_add(1, std::memory_order_relaxed);
}

}  // namespace

extern "C" {

void* malloc(std::size_t size) {
  count(__builtin_return_address(0));
  return __libc_malloc(size);
}

void* calloc(std::size_t number, std::size_t size) {
  count(__builtin_return_address(0));
  return __libc_calloc(number, size);
}

void* realloc(void* memory, std::size_t size) {
  count(__builtin_return_address(0));
  return __libc_realloc(memory, size);
}

}  // extern "C"
