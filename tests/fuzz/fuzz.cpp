#include "fuzz.hpp"

#include <sanitizer/allocator_interface.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>

namespace palmetto::fuzz {
namespace {

// --- Memory --------------------------------------------------------------------------------------

// The most is for arrays of large elements that each take two bytes of text, which grow by doubling
// while the old elements are still there. The rest is for an exception.
constexpr std::int64_t bytes_per_input_byte = 128;
constexpr std::int64_t bytes_in_any_case = 4096;

thread_local bool is_limited = false;
thread_local bool is_exceeded = false;
thread_local std::int64_t allowance = 0;  // what may still be allocated

void allocated(const volatile void*, std::size_t size) {
  if (!is_limited) return;
  allowance -= static_cast<std::int64_t>(size);
  // Only noted: after a crash, it is libFuzzer that allocates, for its report.
  if (allowance < 0) is_exceeded = true;
}
void freed(const volatile void* block) {
  if (is_limited) allowance += static_cast<std::int64_t>(__sanitizer_get_allocated_size(block));
}

// --- Inputs --------------------------------------------------------------------------------------

const std::vector<Case>& all_cases() {
  static const std::vector<Case> all = cases();
  return all;
}

struct Input {
  const Case* which = nullptr;
  Format format{};
  std::string_view bytes;
};
Input current;

std::string_view name_of(Format format) { return format == Format::text ? "text" : "binary"; }

void print_hex(std::string_view what, std::string_view bytes) {
  std::fprintf(stderr, "%.*s:", static_cast<int>(what.size()), what.data());
  for (const char byte : bytes) std::fprintf(stderr, " %02x", static_cast<unsigned char>(byte));
  std::fputc('\n', stderr);
}

void write_seeds(const std::filesystem::path& directory) {
  std::filesystem::create_directories(directory);
  for (std::size_t number = 0; number < all_cases().size(); ++number) {
    const Case& which = all_cases()[number];
    for (std::size_t i = 0; i < which.seeds.size(); ++i) {
      const Case::Seed& seed = which.seeds[i];
      std::ofstream file(directory / (std::to_string(number) + '-' + std::to_string(i)),
                         std::ios::binary);
      file.exceptions(std::ios::failbit | std::ios::badbit);
      file << static_cast<char>(2 * number + (seed.format == Format::text ? 1 : 0)) << seed.bytes;
    }
  }
}

}  // namespace

AllocationLimit::AllocationLimit(std::size_t input_size) {
  allowance = bytes_in_any_case + bytes_per_input_byte * static_cast<std::int64_t>(input_size);
  is_exceeded = false;
  is_limited = true;
}
AllocationLimit::~AllocationLimit() {
  is_limited = false;
  if (is_exceeded) fail("reading allocates more than the input's size justifies");
}

void fail(std::string_view reason, std::string_view bytes) {
  const std::string_view format = name_of(current.format);
  std::fprintf(stderr, "%s in %.*s: %.*s\n", current.which->name.c_str(),
               static_cast<int>(format.size()), format.data(), static_cast<int>(reason.size()),
               reason.data());
  print_hex("read", current.bytes);
  if (!bytes.empty()) print_hex("written", bytes);
  std::abort();
}

Oid detail::oid_of(std::string_view type) {
  const bool is_array = type.ends_with("[]");
  const TypeInfo* info = adapters().types().find(type.substr(0, type.size() - (is_array ? 2 : 0)));
  if (info == nullptr) throw std::invalid_argument("no such type: " + std::string(type));
  return is_array ? info->array_oid : info->oid;
}

Case parse(std::string name, void (*check)(std::string_view text),
           std::initializer_list<std::string_view> texts) {
  Case made{std::move(name), [check](Format, std::string_view text) { check(text); }, {}};
  for (const std::string_view text : texts) made.seeds.push_back({Format::text, std::string(text)});
  return made;
}

}  // namespace palmetto::fuzz

using namespace palmetto;
using namespace palmetto::fuzz;

// What libFuzzer calls: its documentation, "Fuzz Target" and "Startup initialization".
extern "C" int LLVMFuzzerInitialize(int* argc, char*** argv) {
  if (*argc == 3 && std::string_view((*argv)[1]) == "--write-seeds") {
    write_seeds((*argv)[2]);
    std::exit(EXIT_SUCCESS);
  }
  __sanitizer_install_malloc_and_free_hooks(&allocated, &freed);
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr int uninteresting = -1;
  if (size == 0 || data[0] / 2 >= all_cases().size()) return uninteresting;
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  current = {&all_cases()[data[0] / 2], data[0] % 2 == 0 ? Format::binary : Format::text,
             input.substr(1)};
  current.which->check(current.format, current.bytes);
  return 0;
}
