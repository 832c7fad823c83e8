#pragma once

namespace palmetto {

/// How a value travels: as the server's text, or in its binary form. The values are the protocol's
/// format codes (the manual, section 55.2.3 "Formats and Format Codes").
enum class Format : int { text = 0, binary = 1 };

}  // namespace palmetto
