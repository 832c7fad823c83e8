#include "palmetto/global_xid.hpp"

#include "palmetto/errors.hpp"

#include "base64.hpp"

#include <charconv>
#include <optional>

namespace palmetto {
namespace {

constexpr std::size_t most_bytes = 64;        // of a part: MAXGTRIDSIZE and MAXBQUALSIZE of XA
constexpr std::size_t most_text_bytes = 199;  // GIDSIZE of PostgreSQL, less a NUL

[[noreturn]] void refuse(const std::string& reason) {
  throw DataError("the name of a global transaction: " + reason);
}

struct Parts {
  std::int32_t format_id;
  std::string gtrid;
  std::string bqual;
};

bool are_valid(const Parts& parts) {
  return parts.format_id >= 0 && !parts.gtrid.empty() && parts.gtrid.size() <= most_bytes &&
         parts.bqual.size() <= most_bytes;
}

std::string text_of(const Parts& parts) {
  return std::to_string(parts.format_id) + "_" + detail::base64_encode(parts.gtrid) + "_" +
         detail::base64_encode(parts.bqual);
}

// Only what is written as it would be here: a name that was read must find its transaction.
std::optional<Parts> parts_of(std::string_view text) {
  const std::size_t first = text.find('_');
  const std::size_t second = text.find('_', first == std::string_view::npos ? first : first + 1);
  if (second == std::string_view::npos) return std::nullopt;
  std::int32_t format_id = -1;
  std::from_chars(text.data(), text.data() + first, format_id);
  auto gtrid = detail::base64_decode(text.substr(first + 1, second - first - 1));
  auto bqual = detail::base64_decode(text.substr(second + 1));
  if (!gtrid || !bqual) return std::nullopt;
  Parts parts{format_id, *std::move(gtrid), *std::move(bqual)};
  if (!are_valid(parts) || text_of(parts) != text) return std::nullopt;
  return parts;
}

}  // namespace

GlobalXid::GlobalXid(std::int32_t format_id, std::string_view gtrid, std::string_view bqual)
    : format_id_(format_id), gtrid_(gtrid), bqual_(bqual) {
  if (format_id < 0) refuse("its format_id is negative: " + std::to_string(format_id));
  if (gtrid.empty() || gtrid.size() > most_bytes)
    refuse("its gtrid has " + std::to_string(gtrid.size()) + " bytes, and must have 1 to 64");
  if (bqual.size() > most_bytes)
    refuse("its bqual has " + std::to_string(bqual.size()) + " bytes, and can have 64");
  text_ = text_of({format_id_, gtrid_, bqual_});
}

GlobalXid GlobalXid::from_text(std::string_view text) {
  if (text.find('\0') != std::string_view::npos) refuse("its text has a NUL byte");
  if (text.size() > most_text_bytes)
    refuse("its text has " + std::to_string(text.size()) + " bytes, and can have 199");
  if (const auto parts = parts_of(text))
    return GlobalXid(parts->format_id, parts->gtrid, parts->bqual);
  return GlobalXid(text);
}

}  // namespace palmetto
