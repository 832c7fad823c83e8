#include "palmetto/copy_sink.hpp"

#include "palmetto/binary_copy.hpp"
#include "palmetto/copy_plan.hpp"
#include "palmetto/errors.hpp"

#include <algorithm>
#include <string>

namespace palmetto::detail {
namespace {

char* store_bytes(char* at, std::string_view bytes) noexcept {
  std::memcpy(at, bytes.data(), bytes.size());
  return at + bytes.size();
}

char* store_count(char* at, std::size_t count) noexcept {
  const auto bits = network_order(static_cast<std::uint16_t>(count));
  std::memcpy(at, &bits, sizeof(bits));
  return at + sizeof(bits);
}

char* store_binary(char* at, std::string_view value) noexcept {
  return store_bytes(store(at, static_cast<std::int32_t>(value.size())), value);
}

// What stands behind the backslash; 0 where there is none. The manual, COPY, "Text Format".
constexpr char text_escape(char c) noexcept {
  switch (c) {
    case '\b':
      return 'b';
    case '\t':
      return 't';
    case '\n':
      return 'n';
    case '\v':
      return 'v';
    case '\f':
      return 'f';
    case '\r':
      return 'r';
    case '\\':
      return '\\';
    default:
      return 0;
  }
}

char* store_escaped(char* at, std::string_view value) noexcept {
  for (const char c : value) {
    const char escape = text_escape(c);
    if (escape != 0) *at++ = '\\';
    *at++ = escape != 0 ? escape : c;
  }
  return at;
}

char* store_quoted(char* at, std::string_view value) noexcept {
  *at++ = '"';
  for (const char c : value) {
    if (c == '"') *at++ = '"';
    *at++ = c;
  }
  *at++ = '"';
  return at;
}

char* store_piece(char* at, CopyFormat format, std::string_view value, bool is_null) noexcept {
  switch (format) {
    case CopyFormat::binary:
      return is_null ? store(at, -1) : store_binary(at, value);
    case CopyFormat::text:
      return is_null ? store_bytes(at, "\\N") : store_escaped(at, value);
    case CopyFormat::csv:
      return is_null ? at : store_quoted(at, value);
  }
  return at;
}

}  // namespace

bool CopyPlans::use(const char* wanted) noexcept {
  const auto found = std::ranges::find(entries_, wanted, &Entry::key);
  if (found == entries_.end()) return false;
  last_key_ = found->key;
  last_ = found->plan.get();
  return true;
}

void CopyPlans::add(const char* added, std::shared_ptr<void> plan) {
  entries_.push_back({added, std::move(plan)});
  static_cast<void>(use(added));
}

CopySink::CopySink()
    : data_(std::make_unique_for_overwrite<char[]>(block)),
      next_(data_.get()),
      limit_(next_),
      scratch_(this) {}

CopySink::~CopySink() = default;

void CopySink::require_rows() const {
  if (!is_open()) fail_ended();
  if (!target_.columns || is_raw_)
    throw ProgrammingError("typed rows can't be written into a COPY of raw blocks");
}

void CopySink::flush() {
  const auto size = static_cast<std::size_t>(next_ - data_.get());
  next_ = limit_ = data_.get();  // no room any more should it throw
  if (size != 0) put(data_.get(), size);
}

void CopySink::make_room(std::size_t size) {
  require_rows();
  const bool is_first = rows_ == 0 && next_ == data_.get();
  if (is_first && target_.format == CopyFormat::binary)
    next_ = store_bytes(next_, binary_copy_header);
  const std::size_t header = rows_ == 0 ? binary_copy_header.size() : 0;
  if (rows_ != 0) flush();
  if (capacity_ < size + header) {
    capacity_ = std::max(2 * capacity_, size + header);
    auto larger = std::make_unique_for_overwrite<char[]>(capacity_);
    next_ = store_bytes(larger.get(), {data_.get(), static_cast<std::size_t>(next_ - data_.get())});
    data_ = std::move(larger);
  }
  limit_ = by_row_ ? next_ : data_.get() + capacity_;
}

void CopySink::write_raw(std::string_view bytes) {
  if (!is_open()) fail_ended();
  if (rows_ != 0) throw ProgrammingError("raw blocks can't be written into a COPY of typed rows");
  require_raw();
  is_raw_ = true;
  if (bytes.size() > static_cast<std::size_t>(data_.get() + capacity_ - next_)) flush();
  if (bytes.size() > capacity_) return put(bytes.data(), bytes.size());
  next_ = limit_ = store_bytes(next_, bytes);
}

// Of typed rows: a binary COPY without any has its header all the same.
void CopySink::write_trailer() {
  if (is_raw_ || !target_.columns || target_.format != CopyFormat::binary) return;
  char* const at = room(sizeof(std::uint16_t));
  next_ = store_count(at, 0xFFFF);
}

void CopySink::fail(int column, std::string_view reason) const { fail_value(column, reason); }

void CopySink::fail_value(int column, std::string_view reason) const {
  target_.columns->fail<DataError>(target_.columns->describe_column(column) + ", row " +
                                   std::to_string(rows_ + 1) + ": " + std::string(reason));
}

void write_pieces(CopySink& sink, std::span<const CopyPiece> pieces) {
  const CopyFormat format = sink.target().format;
  std::size_t most = 2;
  for (const CopyPiece& piece : pieces) most += 4 + 2 * piece.size;
  char* at = sink.room(most);
  if (format == CopyFormat::binary) at = store_count(at, pieces.size());
  bool is_first = true;
  for (const CopyPiece& piece : pieces) {
    if (!is_first && format != CopyFormat::binary) *at++ = format == CopyFormat::csv ? ',' : '\t';
    is_first = false;
    at = store_piece(at, format, {sink.scratch().data() + piece.offset, piece.size}, piece.is_null);
  }
  if (format != CopyFormat::binary) *at++ = '\n';
  sink.commit(at);
}

bool is_text_in_binary(const AdaptersMap& map, Oid oid) {
  return text_form(map, oid, Format::binary) == TextForm::whole;
}

std::vector<int> columns_of(const CopyTarget& target, std::size_t count) {
  if (!target.columns)
    throw ProgrammingError("typed rows can't be written into a COPY of raw blocks");
  Mismatches mismatches(*target.columns);
  mismatches.check_count(static_cast<int>(count));
  std::vector<int> columns(count);
  for (std::size_t i = 0; i < count; ++i) columns[i] = static_cast<int>(i);
  return columns;
}

std::vector<int> columns_of(const CopyTarget& target, std::span<const std::string_view> names) {
  if (!target.columns)
    throw ProgrammingError("typed rows can't be written into a COPY of raw blocks");
  Mismatches mismatches(*target.columns);
  std::vector<bool> found(static_cast<std::size_t>(target.columns->result().nfields()));
  std::vector<int> columns;
  for (const std::string_view name : names) {
    const bool is_left_out =
        target.has_list && target.columns->look_for_column(name) == ResultData::none;
    columns.push_back(is_left_out ? ResultData::none : mismatches.find_column(name));
    if (columns.back() >= 0) found[static_cast<std::size_t>(columns.back())] = true;
  }
  for (std::size_t i = 0; i < found.size(); ++i)
    if (!found[i]) mismatches.no_member(static_cast<int>(i));
  mismatches.throw_if_any();
  return columns;
}

}  // namespace palmetto::detail
