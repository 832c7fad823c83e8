#include "palmetto/pq/capabilities.hpp"

#include "newer_functions.hpp"

#include <libpq-fe.h>

namespace palmetto::pq {

const Capabilities& capabilities() noexcept {
  static const Capabilities found = [] {
    const NewerFunctions& newer = newer_functions();
    return Capabilities{.libpq_version = PQlibVersion(),
                        .pipeline = true,
                        .chunked_rows = newer.set_chunked_rows_mode != nullptr,
                        .cancel_connection = newer.cancel_create != nullptr,
                        .close_prepared = newer.send_close_prepared != nullptr,
                        .pipeline_send_sync = newer.send_pipeline_sync != nullptr};
  }();
  return found;
}

}  // namespace palmetto::pq
