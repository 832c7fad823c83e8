#include "palmetto/adapters/array.hpp"
#include "palmetto/adapters/geometric.hpp"
#include "palmetto/row_shape.hpp"

#include "../support/adapter_round_trip.hpp"

#include <cmath>
#include <limits>

using namespace palmetto;
using namespace palmetto::geometric;
using namespace palmetto::test;

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

constexpr std::string_view one = "3ff0000000000000";
constexpr std::string_view two = "4000000000000000";
constexpr std::string_view three = "4008000000000000";
constexpr std::string_view four = "4010000000000000";

template <class... Parts>
std::string join(const Parts&... parts) {
  return (std::string(parts) + ...);
}

const std::string points_hex = join(one, two, three, four);

// The value, and what reading its text gives, are the same.
template <class T>
void check(const T& value, std::string_view type, std::string_view hex_bytes,
           std::string_view text) {
  check_round_trip(value, type, hex_bytes, text);
  CHECK(value.to_string() == text);
  CHECK(T::parse(text) == value);
  check_truncations_refused<T>(type, Format::binary, from_hex(hex_bytes));
  check_truncations_refused<T>(type, Format::text, text);
  check_refused<T>(type, Format::binary, from_hex(hex_bytes) + '\0');
  for (const std::string_view more : {" ", ",", ")", ",(5,6)"})
    check_refused<T>(type, Format::text, std::string(text) + std::string(more));
}

template <class T>
void check_not_sent(const T& value) {
  for (const Format format : {Format::binary, Format::text})
    CHECK_THROWS_AS(static_cast<void>(dump(value, format)), DataError);
}

}  // namespace

TEST_CASE("the geometric types are sent and read back in both formats") {
  check(Point{1, -2.5}, "point", "3ff0000000000000 c004000000000000", "(1,-2.5)");
  check(Line{1, 2, 3}, "line", join(one, two, three), "{1,2,3}");
  check(LineSegment{{1, 2}, {3, 4}}, "lseg", points_hex, "[(1,2),(3,4)]");
  check(Box{{3, 4}, {1, 2}}, "box", join(three, four, one, two), "(3,4),(1,2)");
  check(Path{{{1, 2}, {3, 4}}, false}, "path", "00 00000002" + points_hex, "[(1,2),(3,4)]");
  check(Path{{{1, 2}, {3, 4}}, true}, "path", "01 00000002" + points_hex, "((1,2),(3,4))");
  check(Path{{{1, 2}}, true}, "path", join("01 00000001", one, two), "((1,2))");
  check(Polygon{{{1, 2}, {3, 4}}}, "polygon", "00000002" + points_hex, "((1,2),(3,4))");
  check(Polygon{{{1, 2}}}, "polygon", join("00000001", one, two), "((1,2))");
  check(Circle{{1, 2}, 3}, "circle", join(one, two, three), "<(1,2),3>");
}

TEST_CASE("coordinates are written as float8 is") {
  CHECK(Point{1e300, -0.0}.to_string() == "(1e+300,-0)");
  CHECK(Point{0.1, 1e-5}.to_string() == "(0.1,1e-05)");
  CHECK(Point{not_a_number, -infinity}.to_string() == "(NaN,-Infinity)");
  CHECK(Line{infinity, infinity, infinity}.to_string() == "{Infinity,Infinity,Infinity}");
  CHECK(Circle{{0, 0}, not_a_number}.to_string() == "<(0,0),NaN>");
}

TEST_CASE("infinities and NaN are read") {
  check_round_trip(Point{infinity, -infinity}, "point", "7ff0000000000000 fff0000000000000",
                   "(Infinity,-Infinity)");
  const Point point = load<Point>("point", Format::text, "(NaN,1)");
  CHECK(std::isnan(point.x));
  CHECK(point.y == 1);
  CHECK(std::isnan(load<Point>("point", Format::binary, dump(point).bytes).x));
  const Line line = load<Line>("line", Format::text, "{NaN,0,1}");
  CHECK(dump(line, Format::text).bytes == "{NaN,0,1}");
}

TEST_CASE("a path or a polygon without points is refused on both ways") {
  check_not_sent(Path{});
  check_not_sent(Path{{}, true});
  check_not_sent(Polygon{});
  check_refused<Path>("path", Format::binary, from_hex("00 00000000"));
  check_refused<Polygon>("polygon", Format::binary, from_hex("00000000"));
  for (const char* text : {"()", "[]", "((1,2)]", "[(1,2))", "(1,2)", "[(1,2),]", "[,(1,2)]"})
    check_refused<Path>("path", Format::text, text);
  for (const char* text : {"()", "[(1,2)]", "(1,2)", "((1,2),)", "((1,2)(3,4))"})
    check_refused<Polygon>("polygon", Format::text, text);
}

TEST_CASE("a count of points that lies is a DataError, and nothing is allocated for it") {
  for (const char* count : {"ffffffff", "80000000", "7fffffff", "00000003", "00000001"}) {
    check_refused<Path>("path", Format::binary, from_hex("00" + (count + points_hex)));
    check_refused<Polygon>("polygon", Format::binary, from_hex(count + points_hex));
  }
  check_refused<Path>("path", Format::binary, from_hex("02 00000002" + points_hex));
}

TEST_CASE("a line of which a and b are zero is refused on both ways") {
  const std::string zero(16, '0');
  for (const Line& line : {Line{0, 0, 1}, Line{1e-6, 0, 1}, Line{0, -1e-6, 1}, Line{-0.0, 0, 1}})
    check_not_sent(line);
  check_refused<Line>("line", Format::binary, from_hex(join(zero, zero, one)));
  check_refused<Line>("line", Format::text, "{0,0,1}");
  check_refused<Line>("line", Format::text, "{1e-06,0,1}");
  CHECK(dump(Line{0.0000011, 0, 1}, Format::text).bytes == "{1.1e-06,0,1}");
  CHECK(dump(Line{}, Format::text).bytes == "{0,1,0}");
}

TEST_CASE("a circle of negative radius is not sent, but read and shown: the server can have one") {
  check_not_sent(Circle{{0, 0}, -1});
  check_not_sent(Circle{{0, 0}, -infinity});
  const Circle circle = load<Circle>("circle", Format::text, "<(0,0),-1>");
  CHECK(circle.radius == -1);
  CHECK(circle.to_string() == "<(0,0),-1>");
  CHECK(load<Circle>("circle", Format::binary,
                     from_hex("0000000000000000 0000000000000000 bff0000000000000")) == circle);
  CHECK(dump(Circle{{0, 0}, -0.0}, Format::text).bytes == "<(0,0),-0>");
  CHECK(Path{}.to_string() == "[]");
}

TEST_CASE("malformed text of geometric types is a DataError") {
  for (const char* text : {"", "1,2", "(1 ,2)", "( 1,2)", "(1,2", "(1;2)", "(1,)", "(,2)", "(1)",
                           "(1,2,3)", "(x,2)", "(1,1e400)", "[1,2]", "((1,2))"})
    check_refused<Point>("point", Format::text, text);
  for (const char* text : {"{1,2}", "(1,2,3)", "{1,2,3,4}", "{1,2,(3)}"})
    check_refused<Line>("line", Format::text, text);
  for (const char* text : {"((1,2),(3,4))", "(1,2),(3,4)", "[(1,2)]", "[(1,2),(3,4),(5,6)]"})
    check_refused<LineSegment>("lseg", Format::text, text);
  for (const char* text : {"((3,4),(1,2))", "3,4,1,2", "(3,4);(1,2)"})
    check_refused<Box>("box", Format::text, text);
  for (const char* text : {"((1,2),3)", "<1,2,3>", "<(1,2)>", "<(1,2),3"})
    check_refused<Circle>("circle", Format::text, text);
  CHECK_THROWS_WITH_AS(static_cast<void>(Point::parse("1,2")), "the text is no point: \"1,2\"",
                       DataError);
  CHECK_THROWS_WITH_AS(static_cast<void>(Box::parse("(1,2),(x,4)")),
                       "the text is no number: \"(1,2),(x,4)\"", DataError);
}

TEST_CASE("arrays of geometric types are read and written, those of boxes with semicolons") {
  check_round_trip(std::vector{Box{{3, 4}, {1, 2}}, Box{{1, 1}, {0, 0}}}, "box[]",
                   "00000001 00000000 0000025b 00000002 00000001"
                   "00000020 4008000000000000 4010000000000000 3ff0000000000000 4000000000000000"
                   "00000020 3ff0000000000000 3ff0000000000000 0000000000000000 0000000000000000",
                   "{(3,4),(1,2);(1,1),(0,0)}");
  check_round_trip(std::vector{Point{1, 2}}, "point[]",
                   "00000001 00000000 00000258 00000001 00000001"
                   "00000010 3ff0000000000000 4000000000000000",
                   "{\"(1,2)\"}");
}

TEST_CASE("the geometric structs are values of their own in a row, not rows of numbers") {
  using detail::RowKind;
  static_assert(detail::row_kind<Point>() == RowKind::value);
  static_assert(detail::row_kind<Path>() == RowKind::value);
  static_assert(std::is_aggregate_v<Box> && std::is_aggregate_v<Circle>);
  CHECK(!is_loadable<Point>("float8", Format::binary));
  CHECK(!is_loadable<Polygon>("path", Format::binary));
}
