#pragma once

#include "palmetto/adapt/adapters_map.hpp"
#include "palmetto/adapt/reader.hpp"
#include "palmetto/adapt/writer.hpp"
#include "palmetto/format.hpp"
#include "palmetto/oid.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// The two formats of composite types and records, for composite.hpp.
/// Source: the manual, section 8.16.6 "Composite Type Input and Output Syntax"; record_recv,
/// record_send.
namespace palmetto::detail {

/// Writes a composite value attribute by attribute: the bytes of one that is not NULL are written
/// to `out()` between `begin_attribute` and `end_attribute`.
class CompositeWriter {
 public:
  CompositeWriter(Writer& out, Format format, std::size_t attributes);
  void null(Oid type);
  void begin_attribute(Oid type);
  void end_attribute();
  void end();
  [[nodiscard]] Writer& out() noexcept { return out_; }

 private:
  void separate();

  Writer& out_;
  Format format_;
  std::size_t attribute_at_ = 0;
  bool first_ = true;
};

/// Reads a composite value attribute by attribute. Throws DataError for what is none.
class CompositeReader {
 public:
  /// The number of attributes in text shows at the end only.
  CompositeReader(Reader& in, Format format, std::size_t attributes);
  /// Steps to the next attribute. Throws DataError when there is none.
  void next();
  [[nodiscard]] bool is_null() const noexcept { return null_; }
  /// The attribute's type; 0 in text, which does not tell.
  [[nodiscard]] Oid type() const noexcept { return type_; }
  [[nodiscard]] Reader value() const noexcept { return in_.elsewhere(value_); }
  void end();
  [[noreturn]] void fail(std::string_view reason) const { in_.fail(reason); }

 private:
  void next_binary();
  void next_text();

  Reader& in_;
  Format format_;
  std::string_view text_;
  bool first_ = true;
  bool null_ = false;
  Oid type_ = 0;
  std::string_view value_;
  std::string unescaped_;
};

/// Whether what was written for an attribute, as that type and in that format, is its binary
/// format.
[[nodiscard]] bool is_binary_of(const AdaptersMap& map, Oid attribute, Oid written, Format format);

[[noreturn]] void throw_no_member(const TypeInfo& info, std::string_view attribute);
[[noreturn]] void throw_no_attribute(const TypeInfo& info, std::string_view member);
[[noreturn]] void throw_attribute_count(const TypeInfo& info, std::size_t fields);
[[noreturn]] void fail_attribute_null(const CompositeReader& in, std::size_t attribute);
[[noreturn]] void fail_attribute_type(const CompositeReader& in, std::size_t attribute,
                                      std::string_view type, std::string_view cpp_name);

}  // namespace palmetto::detail
