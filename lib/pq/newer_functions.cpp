#include "newer_functions.hpp"

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

  template <class Function>
  void find(Function*& function, const char* name) const noexcept {
    function =
        reinterpret_cast<Function*>(dlsym(handle_ != nullptr ? handle_ : RTLD_DEFAULT, name));
  }

 private:
  void* handle_ = nullptr;
};

NewerFunctions look_up() noexcept {
  const LoadedLibpq libpq;
  NewerFunctions found;
  libpq.find(found.set_chunked_rows_mode, "PQsetChunkedRowsMode");
  libpq.find(found.send_close_prepared, "PQsendClosePrepared");
  libpq.find(found.send_pipeline_sync, "PQsendPipelineSync");
  libpq.find(found.cancel_create, "PQcancelCreate");
  libpq.find(found.cancel_start, "PQcancelStart");
  libpq.find(found.cancel_poll, "PQcancelPoll");
  libpq.find(found.cancel_status, "PQcancelStatus");
  libpq.find(found.cancel_socket, "PQcancelSocket");
  libpq.find(found.cancel_error_message, "PQcancelErrorMessage");
  libpq.find(found.cancel_reset, "PQcancelReset");
  libpq.find(found.cancel_finish, "PQcancelFinish");
  return found;
}

}  // namespace

const NewerFunctions& newer_functions() noexcept {
  static const NewerFunctions found = look_up();
  return found;
}

}  // namespace palmetto::pq
