#pragma once

#include "palmetto/adapt/adapters_map.hpp"

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// Full text search: documents made ready to be searched, and what to search for:
///
/// | C++      | sent as  | read from | reading              |
/// |----------|----------|-----------|----------------------|
/// | TsVector | tsvector | tsvector  | copies each lexeme   |
/// | TsQuery  | tsquery  | tsquery   | makes or copies text |
///
///     auto words = conn.execute("SELECT to_tsvector('english', $1)", "a fat cat sat")
///                      .value<palmetto::TsVector>();
///     words.to_string();  // 'cat':3 'fat':2 'sat':4
///
/// Source: the manual, section 8.11 "Text Search Types"; tsvectorsend, tsquerysend.
namespace palmetto {

/// What a word's place in the document is worth: A, such as a title, the most; D is the default.
enum class TsWeight : std::uint8_t { d, c, b, a };

/// Where in a document a word is.
struct TsPosition {
  std::uint16_t position = 0;  ///< 1 to 16383
  TsWeight weight = TsWeight::d;
  friend std::strong_ordering operator<=>(const TsPosition&, const TsPosition&) = default;
};

struct TsLexeme {
  std::string text;  ///< 1 to 2046 bytes, none of them NUL
  std::vector<TsPosition> positions{};
  friend bool operator==(const TsLexeme&, const TsLexeme&) = default;
};

/// A document as the set of its lexemes, each with its positions, up to 256.
class TsVector {
 public:
  TsVector() = default;
  /// Sorts the lexemes and their positions, and merges those that come twice; of two weights of a
  /// position the greater stays. The server does that to a tsvector's text. Throws DataError for
  /// what no tsvector can have: the server makes a position beyond 16383 that, and drops those
  /// beyond 256, which is refused here.
  explicit TsVector(std::vector<TsLexeme> lexemes);

  /// Each once, sorted by their bytes, their positions ascending.
  [[nodiscard]] const std::vector<TsLexeme>& lexemes() const noexcept { return lexemes_; }

  /// As the server writes it: "'cat':3A,5 'it''s'".
  [[nodiscard]] std::string to_string() const;
  /// Reads what the server reads, words without quotes included. Throws DataError, for what the
  /// constructor refuses as well.
  [[nodiscard]] static TsVector parse(std::string_view text);

  friend bool operator==(const TsVector&, const TsVector&) = default;

 private:
  friend struct Adapter<TsVector>;
  std::vector<TsLexeme> lexemes_;
};

/// A query by its text. It is sent as it is, in text, and the server judges it; what is read is
/// what the server writes: "fat & (rat|cat)" comes back as "'fat' & ( 'rat' | 'cat' )". Equal when
/// the texts are.
struct TsQuery {
  std::string text;
  friend bool operator==(const TsQuery&, const TsQuery&) = default;
};

template <>
struct Adapter<TsVector> {
  static constexpr TypeRef type = "tsvector";
  static constexpr std::string_view cpp_name = "palmetto::TsVector";

  static void write(Writer& out, const TsVector& vector);
  static void write_text(Writer& out, const TsVector& vector);
  static TsVector read(Reader& in);
  static TsVector read_text(Reader& in);
};

template <>
struct Adapter<TsQuery> {
  static constexpr TypeRef type = "tsquery";
  static constexpr std::string_view cpp_name = "palmetto::TsQuery";

  static void write_text(Writer& out, const TsQuery& query);
  static TsQuery read(Reader& in);
  static TsQuery read_text(Reader& in) { return {std::string(in.rest())}; }
};

PALMETTO_DECLARE_ADAPTER(TsVector);
PALMETTO_DECLARE_ADAPTER(TsQuery);

}  // namespace palmetto
