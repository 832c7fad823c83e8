#pragma once

#include "palmetto/pq/parameter_arrays.hpp"

#include <cstddef>
#include <cstring>
#include <memory>
#include <vector>

namespace palmetto::detail {

/// The parameters in text of the statements of a pipeline that were not answered yet: no error may
/// show them. Its memory grows to what is under way at a time, and no further.
///
///     InFlightTexts texts(in_flight, 2, bounds);   // of a statement with two parameters
///     char* at = texts.begin(0, size);             // where so many bytes are written
///     texts.commit();
class InFlight {
 public:
  InFlight() = default;
  InFlight(const InFlight&) = delete;
  InFlight& operator=(const InFlight&) = delete;

  /// Keeps the texts of a statement.
  void push(const pq::ParameterArrays& parameters);
  /// The first has been answered.
  void pop() noexcept {
    begin_ += record_at(begin_).size;
    if (begin_ == end_) begin_ = end_ = 0;
  }
  /// How much the last takes here.
  [[nodiscard]] std::size_t last_size() const noexcept { return last_size_; }
  /// The texts of the first, when it fails, the others as NULL; good until anything is pushed.
  [[nodiscard]] pq::ParameterArrays front();

 private:
  friend class InFlightTexts;

  // A statement is this, and for each text which parameter it is, its size, its bytes and a NUL.
  struct Record {
    std::size_t size;   // all of it
    std::size_t count;  // of the parameters
  };
  struct Text {
    std::size_t parameter;  // from 0
    std::size_t size;
  };

  [[nodiscard]] Record record_at(std::size_t offset) const noexcept {
    Record record;
    std::memcpy(&record, bytes_.get() + offset, sizeof(record));
    return record;
  }
  // Room behind the last, to which what is there may move.
  [[nodiscard]] char* room(std::size_t size) {
    if (capacity_ - end_ < size) [[unlikely]]
      make_room(size);
    return bytes_.get() + end_;
  }
  void make_room(std::size_t size);

  std::unique_ptr<char[]> bytes_;
  std::size_t capacity_ = 0;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  std::size_t last_size_ = 0;
  std::vector<const char*> values_;
  std::vector<int> lengths_;
  std::vector<int> formats_;
};

/// Writes the texts of one statement where they are kept, so that they are sent from there.
class InFlightTexts {
 public:
  /// How much a text of that size takes at the most.
  [[nodiscard]] static constexpr std::size_t bound(std::size_t size) noexcept {
    return sizeof(InFlight::Text) + size + 1;
  }
  /// `count` is of the statement's parameters, `bounds` of all the texts together.
  InFlightTexts(InFlight& in_flight, std::size_t count, std::size_t bounds)
      : in_flight_(in_flight),
        count_(count),
        record_(in_flight.room(sizeof(InFlight::Record) + bounds)),
        next_(record_ + sizeof(InFlight::Record)) {}

  /// Where the text of a parameter, from 0, is to be written.
  [[nodiscard]] char* begin(std::size_t parameter, std::size_t size) noexcept {
    const InFlight::Text text{parameter, size};
    std::memcpy(next_, &text, sizeof(text));
    char* const at = next_ + sizeof(text);
    next_ = at + size + 1;
    next_[-1] = '\0';
    return at;
  }
  /// The statement is whole.
  void commit() noexcept {
    const InFlight::Record record{static_cast<std::size_t>(next_ - record_), count_};
    std::memcpy(record_, &record, sizeof(record));
    in_flight_.end_ += record.size;
    in_flight_.last_size_ = record.size;
  }

 private:
  InFlight& in_flight_;
  const std::size_t count_;
  char* const record_;
  char* next_;
};

}  // namespace palmetto::detail
