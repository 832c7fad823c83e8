#pragma once

#include "palmetto/adapt/adapters_map.hpp"
#include "palmetto/adapt/writer.hpp"
#include "palmetto/copy_table.hpp"
#include "palmetto/result_data.hpp"

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

namespace palmetto::detail {

/// What a COPY from the client goes into: the columns, and the format.
struct CopyTarget {
  ResultHandle columns;  ///< null: raw blocks alone
  CopyFormat format = CopyFormat::binary;
  bool has_list = false;  ///< the columns were listed

  [[nodiscard]] Format value_format() const noexcept {
    return format == CopyFormat::binary ? Format::binary : Format::text;
  }
};

/// The plans of the types of rows that were written so far. Rows of one type come one after
/// another: finding the last again is a comparison of pointers.
class CopyPlans {
 public:
  /// Makes the plan when there is none.
  template <class Plan>
  [[nodiscard]] Plan& plan_of(const CopyTarget& target) {
    if (last_key_ != &key<Plan>) [[unlikely]]
      find<Plan>(target);
    return *static_cast<Plan*>(last_);
  }

 private:
  template <class Plan>
  static constexpr char key = 0;

  template <class Plan>
  void find(const CopyTarget& target) {
    if (!use(&key<Plan>)) add(&key<Plan>, std::make_shared<Plan>(target));
  }

  struct Entry {
    const char* key;
    std::shared_ptr<void> plan;
  };
  // False when there is none of that key.
  [[nodiscard]] bool use(const char* wanted) noexcept;
  void add(const char* added, std::shared_ptr<void> plan);

  const char* last_key_ = nullptr;
  void* last_ = nullptr;
  std::vector<Entry> entries_;
};

/// The buffer of a COPY from the client: whole rows, sent when there are 64 KiB of them.
class CopySink : private WriteSubject {
 public:
  static constexpr std::size_t block = std::size_t{64} * 1024;

  virtual ~CopySink();
  CopySink(const CopySink&) = delete;
  CopySink& operator=(const CopySink&) = delete;

  [[nodiscard]] const CopyTarget& target() const noexcept { return target_; }
  [[nodiscard]] CopyPlans& plans() noexcept { return plans_; }

  /// Room for a row of so many bytes at the most; the rows before may be sent for it. Throws as
  /// `CopyIn::write_row` does.
  [[nodiscard]] char* room(std::size_t size) {
    if (static_cast<std::size_t>(limit_ - next_) < size) [[unlikely]]
      make_room(size);
    return next_;
  }
  /// The row is whole: it ends there.
  void commit(char* end) noexcept {
    next_ = end;
    ++rows_;
  }

  /// Where values are put together that are not written into the row at once.
  [[nodiscard]] Writer& scratch() noexcept { return scratch_; }
  /// Throws the DataError of a column's value.
  [[noreturn]] void fail_value(int column, std::string_view reason) const;

  /// Throws ProgrammingError when the COPY has ended, or is one of raw blocks.
  void require_rows() const;
  void write_raw(std::string_view bytes);
  virtual std::int64_t finish() = 0;

 protected:
  CopySink();

  /// Sends what there is.
  void flush();
  virtual void put(const char* data, std::size_t size) = 0;
  [[nodiscard]] virtual bool is_open() const noexcept = 0;
  [[noreturn]] virtual void fail_ended() const = 0;
  /// Throws when blocks as they are can't be sent.
  virtual void require_raw() const = 0;
  /// Writes what ends a binary COPY.
  void write_trailer();

  CopyTarget target_;
  bool by_row_ = false;  // each row is a message of its own

 private:
  [[noreturn]] void fail(int column, std::string_view reason) const override;
  void make_room(std::size_t size);

  std::unique_ptr<char[]> data_;
  char* next_ = nullptr;
  char* limit_ = nullptr;  // behind the room; at its beginning when the next row has to ask for it
  std::size_t capacity_ = block;
  std::size_t rows_ = 0;
  bool is_raw_ = false;
  Writer scratch_;
  CopyPlans plans_;
};

}  // namespace palmetto::detail
