#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace palmetto::detail {

/// Base64 with padding and without line breaks: RFC 4648, section 4.
[[nodiscard]] std::string base64_encode(std::string_view bytes);

/// The bytes of what `base64_encode` gives; nothing for any other text.
[[nodiscard]] std::optional<std::string> base64_decode(std::string_view text);

}  // namespace palmetto::detail
