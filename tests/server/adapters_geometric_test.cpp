#include "palmetto/adapters/floating.hpp"
#include "palmetto/adapters/geometric.hpp"
#include "palmetto/errors.hpp"

#include "server/caught.hpp"
#include "server/round_trip.hpp"
#include "support/server.hpp"

#include <algorithm>
#include <limits>

using namespace support;
using namespace palmetto::geometric;

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

// No NaN, which is not equal to itself; and nothing between 2^53 and 2^130, where the server's
// shortest digits are not always ours (round_trip.hpp).
double random_coordinate(Random& random) {
  switch (random.between(0, 9)) {
    case 0:
      return infinity;
    case 1:
      return -infinity;
    case 2:
      return -0.0;
    case 3:
      return random.between(-100, 100);
    case 4:
      return random.between(-1'000'000, 1'000'000) / 1000.0;
    default:
      break;
  }
  const double fraction = static_cast<double>(random() >> 11) - 0x1p52;
  const int exponent =
      random.between(0, 1) == 0 ? random.between(-1100, 0) : random.between(130, 970);
  return std::ldexp(fraction, exponent);
}

Point random_point(Random& random) {
  return {random_coordinate(random), random_coordinate(random)};
}

std::vector<Point> random_points(Random& random) {
  std::vector<Point> points(random.between<std::size_t>(1, 6));
  for (Point& point : points) point = random_point(random);
  return points;
}

Line random_line(Random& random) {
  Line line{random_coordinate(random), random_coordinate(random), random_coordinate(random)};
  if (std::fabs(line.a) <= 1e-6 && std::fabs(line.b) <= 1e-6) line.a = 1;
  return line;
}

Box random_box(Random& random) {
  Box box{random_point(random), random_point(random)};
  if (box.high.x < box.low.x) std::swap(box.high.x, box.low.x);
  if (box.high.y < box.low.y) std::swap(box.high.y, box.low.y);
  return box;
}

LineSegment random_segment(Random& random) { return {random_point(random), random_point(random)}; }
Path random_path(Random& random) { return {random_points(random), random() % 2 == 0}; }
Polygon random_polygon(Random& random) { return {random_points(random)}; }
Circle random_circle(Random& random) {
  return {random_point(random), std::fabs(random_coordinate(random))};
}

// That value of the server's, read in that format, is written so by us; NaN can't be compared.
template <class T>
void check_written(const palmetto::Connection& conn, const std::string& sql,
                   const std::string& text) {
  const auto statement = palmetto::dynamic_sql("SELECT " + sql + ", concat(" + sql + ")");
  for (const auto format : {palmetto::Format::binary, palmetto::Format::text}) {
    const auto row = conn.with({.results = format}).execute(statement)[0];
    CHECK(row[0].template as<T>().to_string() == text);
    CHECK(row[1].template as<std::string>() == text);
  }
}

// What the server itself says of the value, sent without the library's check.
std::string refused_by_server(const palmetto::Connection& conn, const std::string& sql) {
  return caught<palmetto::DatabaseError>([&] { conn.execute(palmetto::dynamic_sql(sql)); })
      .message();
}

}  // namespace

TEST_CASE("the geometric types travel") {
  auto conn = connect();
  check_round_trips<Point>(conn, "point",
                           {{{}, "(0,0)"},
                            {{1, -2.5}, "(1,-2.5)"},
                            {{1e300, -0.0}, "(1e+300,-0)"},
                            {{infinity, -infinity}, "(Infinity,-Infinity)"}});
  check_round_trips<Line>(
      conn, "line",
      {{{1, 2, -3}, "{1,2,-3}"}, {{0, 1, 0}, "{0,1,0}"}, {{0.0000011, 0, 1}, "{1.1e-06,0,1}"}});
  check_round_trips<LineSegment>(conn, "lseg", {{{{1, 2}, {3, 4}}, "[(1,2),(3,4)]"}});
  check_round_trips<Box>(conn, "box", {{{{3, 4}, {1, 2}}, "(3,4),(1,2)"}, {{}, "(0,0),(0,0)"}});
  check_round_trips<Path>(conn, "path",
                          {{{{{1, 2}, {3, 4}}, false}, "[(1,2),(3,4)]"},
                           {{{{1, 2}, {3, 4}}, true}, "((1,2),(3,4))"},
                           {{{{1, 2}}, true}, "((1,2))"}});
  check_round_trips<Polygon>(conn, "polygon",
                             {{{{{1, 2}, {3, 4}}}, "((1,2),(3,4))"}, {{{{1, 2}}}, "((1,2))"}});
  check_round_trips<Circle>(conn, "circle",
                            {{{{1, 2}, 3}, "<(1,2),3>"}, {{{0, 0}, -0.0}, "<(0,0),-0>"}});
}

TEST_CASE("random geometric values travel") {
  auto conn = connect();
  check_random_round_trips(conn, "point", &random_point);
  check_random_round_trips(conn, "line", &random_line);
  check_random_round_trips(conn, "lseg", &random_segment);
  check_random_round_trips(conn, "box", &random_box);
  check_random_round_trips(conn, "path", &random_path);
  check_random_round_trips(conn, "polygon", &random_polygon);
  check_random_round_trips(conn, "circle", &random_circle);
}

TEST_CASE("NaN is a coordinate") {
  auto conn = connect();
  check_written<Point>(conn, "point '(NaN,-Infinity)'", "(NaN,-Infinity)");
  check_written<Line>(conn, "line '{0,NaN,NaN}'", "{0,NaN,NaN}");
  check_written<Circle>(conn, "circle '<(0,0),NaN>'", "<(0,0),NaN>");
  check_written<Box>(conn, "box '(NaN,1),(Infinity,2)'", "(NaN,2),(Infinity,1)");
  const Point sent{not_a_number, 1};
  for (const Formats& formats : all_formats)
    CHECK(conn.with({.parameters = formats.parameters, .results = formats.results})
              .execute("SELECT $1::point::text", sent)
              .value<std::string>() == "(NaN,1)");
}

TEST_CASE("the server reorders the corners of a box") {
  auto conn = connect();
  const Box sent{{1, 4}, {3, 2}};
  for (const Formats& formats : all_formats)
    CHECK(bool(conn.with({.parameters = formats.parameters, .results = formats.results})
                   .execute("SELECT $1::box", sent)
                   .value<Box>() == Box{{3, 4}, {1, 2}}));
}

TEST_CASE("a box that the server computed out of order is read as it is") {
  auto conn = connect();
  check_written<Box>(conn, "box '(-infinity,0),(5,0)' + point('infinity',0)",
                     "(Infinity,0),(NaN,0)");
}

TEST_CASE("arrays of boxes have no commas between them") {
  auto conn = connect();
  using Boxes = std::vector<Box>;
  check_round_trip(conn, Boxes{{{3, 4}, {1, 2}}, {{1, 1}, {0, 0}}}, "box[]",
                   "{(3,4),(1,2);(1,1),(0,0)}");
  check_round_trip(conn, Boxes{}, "box[]", "{}");
  check_round_trip(conn, std::vector<std::optional<Box>>{Box{{3, 4}, {1, 2}}, std::nullopt},
                   "box[]", "{(3,4),(1,2);NULL}");
}

TEST_CASE("what is refused before it is sent, the server would refuse") {
  auto conn = connect();
  CHECK(contains(refused_by_server(conn, "SELECT line '{1e-6,-1e-6,1}'"),
                 "A and B cannot both be zero"));
  CHECK(contains(refused_by_server(conn, "SELECT circle '<(0,0),-1>'"), "invalid input syntax"));
  CHECK(contains(refused_by_server(conn, "SELECT path '[]'"), "invalid input syntax"));
  CHECK(contains(refused_by_server(conn, "SELECT polygon '()'"), "invalid input syntax"));
  CHECK_THROWS_AS(conn.execute("SELECT $1", Line{1e-6, -1e-6, 1}), palmetto::DataError);
  CHECK_THROWS_AS(conn.execute("SELECT $1", Circle{{}, -1}), palmetto::DataError);
  CHECK_THROWS_AS(conn.execute("SELECT $1", Path{}), palmetto::DataError);
  CHECK_THROWS_AS(conn.execute("SELECT $1", Polygon{}), palmetto::DataError);
}

TEST_CASE("a circle of negative radius, which the server's circle() makes, is read") {
  auto conn = connect();
  check_written<Circle>(conn, "circle(point(0,0), -1)", "<(0,0),-1>");
}

TEST_CASE("a point is one column among others") {
  auto conn = connect();
  const auto rows = conn.execute("SELECT point(n, -n), n::float8 FROM generate_series(1, 3) AS n")
                        .all<Point, double>();
  REQUIRE(rows.size() == 3);
  CHECK(std::get<0>(rows[2]) == Point{3, -3});
  const auto points =
      conn.execute("SELECT point(n, -n) FROM generate_series(1, 3) AS n").all<Point>();
  CHECK(points[1] == Point{2, -2});
}
