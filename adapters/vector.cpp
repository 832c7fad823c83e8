#include "palmetto/adapters/vector.hpp"

#include "palmetto/adapters/floating.hpp"

#include "text_form.hpp"

#include <algorithm>
#include <cmath>

namespace palmetto {
namespace {

// VECTOR_MAX_DIM of pgvector, and CockroachDB's.
constexpr std::size_t most_dimensions = 16'000;
constexpr std::string_view blanks = " \t\n\r\v\f";

void check_sent(Writer& out, const Vector& vector) {
  if (vector.values.empty() || vector.values.size() > most_dimensions)
    out.fail("a vector has 1 to 16000 dimensions, not " + std::to_string(vector.values.size()));
  if (!std::all_of(vector.values.begin(), vector.values.end(),
                   [](float x) { return std::isfinite(x); }))
    out.fail("a vector has neither NaN nor infinity");
}

float checked(Reader& in, float value) {
  if (!std::isfinite(value)) in.fail("the vector has NaN or infinity, which no vector can have");
  return value;
}

std::string_view trim(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of(blanks), text.size()));
  return text.substr(0, text.find_last_not_of(blanks) + 1);
}

}  // namespace

std::string Vector::to_string() const { return detail::format_text(*this); }
Vector Vector::parse(std::string_view text) { return detail::parse_text<Vector>(text); }

void Adapter<Vector>::write(Writer& out, const Vector& vector) {
  check_sent(out, vector);
  out.put<std::int16_t>(static_cast<std::int16_t>(vector.values.size()));
  out.put<std::int16_t>(0);  // unused
  for (const float value : vector.values) out.put<float>(value);
}

void Adapter<Vector>::write_text(Writer& out, const Vector& vector) {
  check_sent(out, vector);
  char separator = '[';
  for (const float value : vector.values) {
    out.append(separator);
    Adapter<float>::write_text(out, value);
    separator = ',';
  }
  out.append(']');
}

Vector Adapter<Vector>::read(Reader& in) {
  const auto dimensions = static_cast<std::size_t>(in.get<std::uint16_t>());
  if (in.get<std::int16_t>() != 0) in.fail("the vector's unused field is not 0");
  if (dimensions == 0 || dimensions > most_dimensions)
    in.fail("a vector has 1 to 16000 dimensions, not " + std::to_string(dimensions));
  if (in.remaining() != dimensions * sizeof(float))
    in.fail("the vector's size does not fit its dimensions");
  Vector vector;
  vector.values.reserve(dimensions);
  while (in.remaining() > 0) vector.values.push_back(checked(in, in.get<float>()));
  return vector;
}

Vector Adapter<Vector>::read_text(Reader& in) {
  std::string_view text = trim(in.rest());
  if (!text.starts_with('[') || !text.ends_with(']') || text.size() < 2)
    in.fail("the vector's text is not within brackets");
  text.remove_prefix(1);
  Vector vector;
  while (!text.empty()) {
    const std::size_t end = text.find_first_of(",]");
    Reader number = in.elsewhere(trim(text.substr(0, end)));
    vector.values.push_back(checked(in, detail::read_float4_text(number)));
    if (text[end] == ']' && end + 1 != text.size()) in.fail("something follows the vector's text");
    text.remove_prefix(end + 1);
    if (vector.values.size() > most_dimensions)
      in.fail("the vector has more than 16000 dimensions");
  }
  return vector;
}

PALMETTO_DEFINE_ADAPTER(Vector);

}  // namespace palmetto
