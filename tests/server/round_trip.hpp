#pragma once

#include "palmetto/adapters/array.hpp"
#include "palmetto/adapters/text.hpp"
#include "palmetto/connection.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <concepts>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <random>
#include <string>
#include <vector>

// What the tests of the adapters share: values to the server and back, in both formats of the
// protocol on both ways.
namespace support {

struct Formats {
  palmetto::Format parameters;
  palmetto::Format results;
};

inline constexpr Formats all_formats[] = {
    {palmetto::Format::binary, palmetto::Format::binary},
    {palmetto::Format::binary, palmetto::Format::text},
    {palmetto::Format::text, palmetto::Format::binary},
    {palmetto::Format::text, palmetto::Format::text},
};

[[nodiscard]] inline std::string name_of(palmetto::Format format) {
  return format == palmetto::Format::text ? "text" : "binary";
}

/// The beginning of a text, for messages.
[[nodiscard]] inline std::string begin_of(const std::string& text) {
  constexpr std::size_t longest = 200;
  return text.size() <= longest ? text : text.substr(0, longest) + "...";
}

template <class T>
inline constexpr bool is_vector = false;
template <class T>
inline constexpr bool is_vector<std::vector<T>> = true;

/// Whether it is the same value: NaN is NaN, and -0 is not 0.
template <class T>
[[nodiscard]] bool is_same(const T& a, const T& b) {
  if constexpr (std::floating_point<T>) {
    return std::isnan(a) ? std::isnan(b) : a == b && std::signbit(a) == std::signbit(b);
  } else if constexpr (palmetto::is_nullable<T>) {
    return a && b ? is_same(*a, *b) : a.has_value() == b.has_value();
  } else if constexpr (is_vector<T>) {
    for (std::size_t i = 0; i < a.size() && i < b.size(); ++i)
      if (!is_same<typename T::value_type>(a[i], b[i])) return false;
    return a.size() == b.size();
  } else {
    return a == b;
  }
}

/// What became of a value. Not a template, as all that need not be one here: there are many types.
inline void check_outcome(const std::string& type, const Formats& formats, bool same,
                          const palmetto::Row& row, const std::optional<std::string>& text) {
  const std::string shown = row[1].as<std::optional<std::string>>().value_or("NULL");
  INFO(name_of(formats.parameters), " ", type, " read as ", name_of(formats.results), ": ",
       begin_of(shown));
  CHECK(same);
  if (text) CHECK(shown == *text);
}

/// Sends the value as `$1` of that type, in either format, and reads it back, in either format.
/// `text` is what the server's own text of it must be, if given; "NULL" is none.
template <class T>
void check_round_trip(const palmetto::Executor& conn, const T& value, const std::string& type,
                      const std::optional<std::string>& text = {}) {
  const auto statement = palmetto::dynamic_sql("SELECT $1::" + type + ", $1::" + type + "::text");
  for (const Formats& formats : all_formats) {
    const palmetto::Row row =
        conn.with({.parameters = formats.parameters, .results = formats.results})
            .execute(statement, value)[0];
    check_outcome(type, formats, is_same<T>(row[0].as<T>(), value), row, text);
  }
}

template <class T>
struct RoundTrip {
  T value;
  std::string text;
};

/// The same for several values, and for none: NULL.
template <class T>
void check_round_trips(const palmetto::Executor& conn, const std::string& type,
                       const std::vector<RoundTrip<T>>& cases) {
  for (const RoundTrip<T>& c : cases) {
    check_round_trip<T>(conn, c.value, type, c.text);
    check_round_trip<std::optional<T>>(conn, c.value, type, c.text);
  }
  check_round_trip<std::optional<T>>(conn, std::nullopt, type, "NULL");
}

/// Random numbers from a seed that PALMETTO_TEST_SEED may set: a test shows it when it fails.
class Random {
 public:
  using result_type = std::uint64_t;

  Random() : seed_(chosen_seed()), engine_(seed_) {}
  [[nodiscard]] std::uint64_t seed() const noexcept { return seed_; }

  static constexpr std::uint64_t min() { return std::mt19937_64::min(); }
  static constexpr std::uint64_t max() { return std::mt19937_64::max(); }
  std::uint64_t operator()() { return engine_(); }

  template <std::integral T>
  [[nodiscard]] T between(T least, T most) {
    std::uniform_int_distribution<std::int64_t> numbers(static_cast<std::int64_t>(least),
                                                        static_cast<std::int64_t>(most));
    return static_cast<T>(numbers(engine_));
  }

 private:
  static std::uint64_t chosen_seed() {
    const char* chosen = std::getenv("PALMETTO_TEST_SEED");
    return chosen != nullptr ? std::strtoull(chosen, nullptr, 10) : std::random_device{}();
  }

  std::uint64_t seed_;
  std::mt19937_64 engine_;
};

inline constexpr int random_values = 2000;

/// What a value is written as in its text format, by the adapters of PostgreSQL: what the server
/// must write too.
template <class T>
[[nodiscard]] std::string text_of(const T& value) {
  palmetto::Writer out;
  palmetto::adapters().find_dumper<T>(palmetto::Format::text)(out, value);
  return std::string(out.view());
}

/// Round trips of values that `make(random)` makes: each alone, which the server must write as we
/// do, then all of them in an array.
template <class Make>
void check_random_round_trips(const palmetto::Executor& conn, const std::string& type, Make make) {
  Random random;
  INFO("PALMETTO_TEST_SEED=", random.seed());
  using T = std::invoke_result_t<Make&, Random&>;
  std::vector<T> values;
  for (int i = 0; i < random_values; ++i) {
    values.push_back(make(random));
    check_round_trip<T>(conn, values.back(), type, text_of(values.back()));
  }
  check_round_trip(conn, values, type + "[]");
}

}  // namespace support
