#include "palmetto/pq/capabilities.hpp"

#include <dlfcn.h>
#include <libpq-fe.h>

namespace palmetto::pq {
namespace {

// Asks the library that PQlibVersion came from, not the whole process: it may have been loaded with
// RTLD_LOCAL, and weak references are settled at link time in some executables.
class LoadedLibpq {
 public:
  LoadedLibpq() noexcept {
    Dl_info info{};
    if (dladdr(reinterpret_cast<const void*>(&PQlibVersion), &info) != 0)
      handle_ = dlopen(info.dli_fname, RTLD_LAZY | RTLD_NOLOAD);
  }
  ~LoadedLibpq() {
    if (handle_ != nullptr) dlclose(handle_);
  }
  LoadedLibpq(const LoadedLibpq&) = delete;
  LoadedLibpq& operator=(const LoadedLibpq&) = delete;

  [[nodiscard]] bool has(const char* function) const noexcept {
    return dlsym(handle_ != nullptr ? handle_ : RTLD_DEFAULT, function) != nullptr;
  }

 private:
  void* handle_ = nullptr;
};

Capabilities look_up() noexcept {
  const LoadedLibpq libpq;
  return {.libpq_version = PQlibVersion(),
          .pipeline = libpq.has("PQenterPipelineMode"),
          .chunked_rows = libpq.has("PQsetChunkedRowsMode"),
          .cancel_connection = libpq.has("PQcancelCreate"),
          .close_prepared = libpq.has("PQsendClosePrepared"),
          .pipeline_send_sync = libpq.has("PQsendPipelineSync")};
}

}  // namespace

const Capabilities& capabilities() noexcept {
  static const Capabilities found = look_up();
  return found;
}

}  // namespace palmetto::pq
