#include "support/server.hpp"

#include <cstdlib>
#include <stdexcept>

namespace support {

std::string server_url() {
  const char* url = std::getenv("PALMETTO_TEST_URL");
  if (url == nullptr)
    throw std::runtime_error("PALMETTO_TEST_URL is not set: run the tests with tools/test");
  return url;
}

std::string server_url_with(const std::string& options) {
  const std::string url = server_url();
  return url + (url.find('?') == std::string::npos ? "?" : "&") + options;
}

palmetto::Connection connect() { return palmetto::connect(server_url()); }

}  // namespace support
