#include "palmetto/adapters/geometric.hpp"

#include "palmetto/adapters/floating.hpp"

#include "text_form.hpp"

#include <cmath>
#include <utility>

namespace palmetto {
namespace {

using namespace geometric;

constexpr std::string_view no_points = "a path or a polygon has one point at least";

// --- What the server refuses ---------------------------------------------------------------------

// The server's FPzero.
bool is_zero(double number) noexcept { return std::fabs(number) <= 1.0e-6; }

// Before it is sent, or as it was received.
template <class Stream>
void check(Stream& stream, const Line& line) {
  if (is_zero(line.a) && is_zero(line.b)) stream.fail("a line's a and b are both zero, up to 1e-6");
}
void check(Writer& out, const std::vector<Point>& points) {
  if (points.empty()) out.fail(no_points);
  if (!std::in_range<std::int32_t>(points.size())) out.fail("the path has too many points");
}
void check(Writer& out, const Circle& circle) {
  if (circle.radius < 0) out.fail("the circle's radius is negative");
}

// --- Binary --------------------------------------------------------------------------------------

void write_points(Writer& out, const std::vector<Point>& points) {
  check(out, points);
  out.put<std::int32_t>(static_cast<std::int32_t>(points.size()));
  for (const Point& point : points) Adapter<Point>::write(out, point);
}

std::vector<Point> read_points(Reader& in) {
  constexpr std::size_t point_size = 16;
  const auto count = in.get<std::int32_t>();
  if (count <= 0) in.fail(no_points);
  if (static_cast<std::size_t>(count) > in.remaining() / point_size)
    in.fail("the path announces more points than it has");
  std::vector<Point> points;
  points.reserve(static_cast<std::size_t>(count));
  for (std::int32_t i = 0; i < count; ++i) points.push_back(Adapter<Point>::read(in));
  return points;
}

// --- Text ----------------------------------------------------------------------------------------

void append(Writer& out, double value) { Adapter<double>::write_text(out, value); }
void append(Writer& out, const Point& value);

// Their texts with commas between them.
template <class First, class... Others>
void append_list(Writer& out, const First& first, const Others&... others) {
  append(out, first);
  ((out.append(','), append(out, others)), ...);
}

void append(Writer& out, const Point& value) {
  out.append('(');
  append_list(out, value.x, value.y);
  out.append(')');
}

void append(Writer& out, const std::vector<Point>& points) {
  for (std::size_t i = 0; i < points.size(); ++i) {
    if (i > 0) out.append(',');
    append(out, points[i]);
  }
}

void append(Writer& out, const Line& value) {
  out.append('{');
  append_list(out, value.a, value.b, value.c);
  out.append('}');
}

void append(Writer& out, const LineSegment& value) {
  out.append('[');
  append_list(out, value.start, value.end);
  out.append(']');
}

void append(Writer& out, const Box& value) { append_list(out, value.high, value.low); }

void append(Writer& out, const Path& value) {
  out.append(value.closed ? '(' : '[');
  append(out, value.points);
  out.append(value.closed ? ')' : ']');
}

void append(Writer& out, const Polygon& value) {
  out.append('(');
  append(out, value.points);
  out.append(')');
}

void append(Writer& out, const Circle& value) {
  out.append('<');
  append_list(out, value.center, value.radius);
  out.append('>');
}

// Of any value, also one that can't be sent.
template <class T>
std::string text_of(const T& value) {
  Writer out;
  append(out, value);
  return std::string(out.view());
}

// Takes a text apart from its front; what is not as it should be is a DataError.
class TextScanner {
 public:
  TextScanner(Reader& in, std::string_view type) : in_(in), type_(type), text_(in.rest()) {}

  [[nodiscard]] bool skip(char c) noexcept {
    if (!text_.starts_with(c)) return false;
    text_.remove_prefix(1);
    return true;
  }
  void expect(char c) {
    if (!skip(c)) fail();
  }
  void expect_end() const {
    if (!text_.empty()) fail();
  }

  double number() {
    const std::string_view digits = text_.substr(0, text_.find_first_of(",()[]{}<>"));
    text_.remove_prefix(digits.size());
    Reader in = in_.elsewhere(digits);
    return detail::read_float8_text(in);
  }
  Point point() {
    Point value;
    expect('(');
    value.x = number();
    expect(',');
    value.y = number();
    expect(')');
    return value;
  }
  // Points, which end with that character.
  std::vector<Point> points(char last) {
    std::vector<Point> values;
    do values.push_back(point());
    while (skip(','));
    expect(last);
    return values;
  }

  [[noreturn]] void fail() const { in_.fail("the text is no " + std::string(type_)); }

 private:
  Reader& in_;
  std::string_view type_;
  std::string_view text_;
};

}  // namespace

// --- Point ---------------------------------------------------------------------------------------

void Adapter<Point>::write_text(Writer& out, const Point& value) { append(out, value); }

Point Adapter<Point>::read_text(Reader& in) {
  TextScanner text(in, "point");
  const Point value = text.point();
  text.expect_end();
  return value;
}

// --- Line ----------------------------------------------------------------------------------------

void Adapter<Line>::write(Writer& out, const Line& value) {
  check(out, value);
  out.put<double>(value.a);
  out.put<double>(value.b);
  out.put<double>(value.c);
}

void Adapter<Line>::write_text(Writer& out, const Line& value) {
  check(out, value);
  append(out, value);
}

Line Adapter<Line>::read(Reader& in) {
  const Line value{in.get<double>(), in.get<double>(), in.get<double>()};
  check(in, value);
  return value;
}

Line Adapter<Line>::read_text(Reader& in) {
  TextScanner text(in, "line");
  Line value;
  text.expect('{');
  value.a = text.number();
  text.expect(',');
  value.b = text.number();
  text.expect(',');
  value.c = text.number();
  text.expect('}');
  text.expect_end();
  check(in, value);
  return value;
}

// --- LineSegment ---------------------------------------------------------------------------------

void Adapter<LineSegment>::write_text(Writer& out, const LineSegment& value) { append(out, value); }

LineSegment Adapter<LineSegment>::read_text(Reader& in) {
  TextScanner text(in, "lseg");
  LineSegment value;
  text.expect('[');
  value.start = text.point();
  text.expect(',');
  value.end = text.point();
  text.expect(']');
  text.expect_end();
  return value;
}

// --- Box -----------------------------------------------------------------------------------------

void Adapter<Box>::write_text(Writer& out, const Box& value) { append(out, value); }

Box Adapter<Box>::read_text(Reader& in) {
  TextScanner text(in, "box");
  Box value;
  value.high = text.point();
  text.expect(',');
  value.low = text.point();
  text.expect_end();
  return value;
}

// --- Path ----------------------------------------------------------------------------------------

void Adapter<Path>::write(Writer& out, const Path& value) {
  out.put<std::uint8_t>(value.closed ? 1 : 0);
  write_points(out, value.points);
}

void Adapter<Path>::write_text(Writer& out, const Path& value) {
  check(out, value.points);
  append(out, value);
}

Path Adapter<Path>::read(Reader& in) {
  const auto closed = in.get<std::uint8_t>();
  if (closed > 1) in.fail("whether the path is closed is neither 0 nor 1");
  return {read_points(in), closed != 0};
}

Path Adapter<Path>::read_text(Reader& in) {
  TextScanner text(in, "path");
  Path value;
  value.closed = !text.skip('[');
  if (value.closed) text.expect('(');
  value.points = text.points(value.closed ? ')' : ']');
  text.expect_end();
  return value;
}

// --- Polygon -------------------------------------------------------------------------------------

void Adapter<Polygon>::write(Writer& out, const Polygon& value) { write_points(out, value.points); }

void Adapter<Polygon>::write_text(Writer& out, const Polygon& value) {
  check(out, value.points);
  append(out, value);
}

Polygon Adapter<Polygon>::read(Reader& in) { return {read_points(in)}; }

Polygon Adapter<Polygon>::read_text(Reader& in) {
  TextScanner text(in, "polygon");
  text.expect('(');
  Polygon value{text.points(')')};
  text.expect_end();
  return value;
}

// --- Circle --------------------------------------------------------------------------------------

void Adapter<Circle>::write(Writer& out, const Circle& value) {
  check(out, value);
  Adapter<Point>::write(out, value.center);
  out.put<double>(value.radius);
}

void Adapter<Circle>::write_text(Writer& out, const Circle& value) {
  check(out, value);
  append(out, value);
}

Circle Adapter<Circle>::read_text(Reader& in) {
  TextScanner text(in, "circle");
  Circle value;
  text.expect('<');
  value.center = text.point();
  text.expect(',');
  value.radius = text.number();
  text.expect('>');
  text.expect_end();
  return value;
}

// --- parse and to_string -------------------------------------------------------------------------

namespace geometric {

std::string Point::to_string() const { return text_of(*this); }
std::string Line::to_string() const { return text_of(*this); }
std::string LineSegment::to_string() const { return text_of(*this); }
std::string Box::to_string() const { return text_of(*this); }
std::string Path::to_string() const { return text_of(*this); }
std::string Polygon::to_string() const { return text_of(*this); }
std::string Circle::to_string() const { return text_of(*this); }

Point Point::parse(std::string_view text) { return detail::parse_text<Point>(text); }
Line Line::parse(std::string_view text) { return detail::parse_text<Line>(text); }
LineSegment LineSegment::parse(std::string_view text) {
  return detail::parse_text<LineSegment>(text);
}
Box Box::parse(std::string_view text) { return detail::parse_text<Box>(text); }
Path Path::parse(std::string_view text) { return detail::parse_text<Path>(text); }
Polygon Polygon::parse(std::string_view text) { return detail::parse_text<Polygon>(text); }
Circle Circle::parse(std::string_view text) { return detail::parse_text<Circle>(text); }

}  // namespace geometric

PALMETTO_DEFINE_ADAPTER(Point);
PALMETTO_DEFINE_ADAPTER(Line);
PALMETTO_DEFINE_ADAPTER(LineSegment);
PALMETTO_DEFINE_ADAPTER(Box);
PALMETTO_DEFINE_ADAPTER(Path);
PALMETTO_DEFINE_ADAPTER(Polygon);
PALMETTO_DEFINE_ADAPTER(Circle);

}  // namespace palmetto
