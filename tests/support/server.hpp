#pragma once

#include "palmetto/connection.hpp"

#include <string>

/// The server that the tests run against: tools/test starts one and names it in PALMETTO_TEST_URL.
namespace support {

/// Its URL. Throws when there is none: a missing server is an error.
[[nodiscard]] std::string server_url();

/// The URL with more options ("application_name=x") behind it.
[[nodiscard]] std::string server_url_with(const std::string& options);

[[nodiscard]] palmetto::Connection connect();

}  // namespace support
