#pragma once

#include "palmetto/adapt/adapters_map.hpp"

#include <string>
#include <string_view>
#include <vector>

/// The geometric types, on a plane of doubles. Their names are common words, and live in a
/// namespace of their own:
///
/// | C++                    | sent as | read from | text                            |
/// |------------------------|---------|-----------|---------------------------------|
/// | geometric::Point       | point   | point     | (1,2)                           |
/// | geometric::Line        | line    | line      | {1,2,3}                         |
/// | geometric::LineSegment | lseg    | lseg      | [(1,2),(3,4)]                   |
/// | geometric::Box         | box     | box       | (3,4),(1,2)                     |
/// | geometric::Path        | path    | path      | [(1,2),(3,4)], or ((1,2),(3,4)) |
/// | geometric::Polygon     | polygon | polygon   | ((1,2),(3,4))                   |
/// | geometric::Circle      | circle  | circle    | <(1,2),3>                       |
///
///     using palmetto::geometric::Point;
///     conn.execute("INSERT INTO wells (place) VALUES ($1)", Point{12.5, -7});
///     auto places = conn.execute("SELECT place FROM wells").all<Point>();
///
/// Any double is a coordinate: NaN and the infinities too. What the server refuses is refused
/// before it is sent, as a DataError: a path or polygon without points, a line whose a and b are
/// both zero, a circle of negative radius. That circle is read nevertheless: the server's function
/// circle() makes it. Reading a path or a polygon allocates, of what is read nothing else does.
///
/// C++'s == compares the numbers exactly, and so NaN is equal to nothing; the server's operators
/// allow for differences of 1e-6 (EPSILON). CockroachDB has none of these types.
///
/// Source: the manual, section 8.8 "Geometric Types"; point_send, path_recv and the like.
namespace palmetto {

namespace geometric {

struct Point {
  double x = 0;
  double y = 0;

  /// As the server writes it, here and below; `parse` reads just that, or throws DataError.
  [[nodiscard]] std::string to_string() const;
  [[nodiscard]] static Point parse(std::string_view text);
  friend bool operator==(const Point&, const Point&) = default;
};

/// The points where a x + b y + c = 0. Not both of a and b may be zero, which for the server is up
/// to 1e-6.
struct Line {
  double a = 0;
  double b = 1;
  double c = 0;

  [[nodiscard]] std::string to_string() const;
  [[nodiscard]] static Line parse(std::string_view text);
  friend bool operator==(const Line&, const Line&) = default;
};

/// A straight line from one point to another.
struct LineSegment {
  Point start;
  Point end;

  [[nodiscard]] std::string to_string() const;
  [[nodiscard]] static LineSegment parse(std::string_view text);
  friend bool operator==(const LineSegment&, const LineSegment&) = default;
};

/// A rectangle along the axes, by two opposite corners. It may be sent with any two: the server
/// makes the upper right one of the greater coordinates, NaN the greatest, and the lower left one
/// of the others. Thus a box may come back from there with other corners than it was sent with.
struct Box {
  Point high;  ///< the upper right corner
  Point low;   ///< the lower left corner

  [[nodiscard]] std::string to_string() const;
  [[nodiscard]] static Box parse(std::string_view text);
  friend bool operator==(const Box&, const Box&) = default;
};

/// Points with lines between them, one at least; a closed path has a line from the last to the
/// first as well. The text of an open one is in brackets, that of a closed one in parentheses.
struct Path {
  std::vector<Point> points;
  bool closed = false;

  [[nodiscard]] std::string to_string() const;
  [[nodiscard]] static Path parse(std::string_view text);
  friend bool operator==(const Path&, const Path&) = default;
};

/// The area within a closed path, of one point at least.
struct Polygon {
  std::vector<Point> points;

  [[nodiscard]] std::string to_string() const;
  [[nodiscard]] static Polygon parse(std::string_view text);
  friend bool operator==(const Polygon&, const Polygon&) = default;
};

struct Circle {
  Point center;
  double radius = 0;

  [[nodiscard]] std::string to_string() const;
  [[nodiscard]] static Circle parse(std::string_view text);
  friend bool operator==(const Circle&, const Circle&) = default;
};

}  // namespace geometric

template <>
struct Adapter<geometric::Point> {
  static constexpr TypeRef type = "point";
  static constexpr std::string_view cpp_name = "palmetto::geometric::Point";

  static void write(Writer& out, const geometric::Point& value) {
    out.put<double>(value.x);
    out.put<double>(value.y);
  }
  static void write_text(Writer& out, const geometric::Point& value);
  // Within braces the numbers are taken in their order, here and below.
  static geometric::Point read(Reader& in) { return {in.get<double>(), in.get<double>()}; }
  static geometric::Point read_text(Reader& in);
};

template <>
struct Adapter<geometric::Line> {
  static constexpr TypeRef type = "line";
  static constexpr std::string_view cpp_name = "palmetto::geometric::Line";

  static void write(Writer& out, const geometric::Line& value);
  static void write_text(Writer& out, const geometric::Line& value);
  static geometric::Line read(Reader& in);
  static geometric::Line read_text(Reader& in);
};

template <>
struct Adapter<geometric::LineSegment> {
  static constexpr TypeRef type = "lseg";
  static constexpr std::string_view cpp_name = "palmetto::geometric::LineSegment";

  static void write(Writer& out, const geometric::LineSegment& value) {
    Adapter<geometric::Point>::write(out, value.start);
    Adapter<geometric::Point>::write(out, value.end);
  }
  static void write_text(Writer& out, const geometric::LineSegment& value);
  static geometric::LineSegment read(Reader& in) {
    return {Adapter<geometric::Point>::read(in), Adapter<geometric::Point>::read(in)};
  }
  static geometric::LineSegment read_text(Reader& in);
};

template <>
struct Adapter<geometric::Box> {
  static constexpr TypeRef type = "box";
  static constexpr std::string_view cpp_name = "palmetto::geometric::Box";

  static void write(Writer& out, const geometric::Box& value) {
    Adapter<geometric::Point>::write(out, value.high);
    Adapter<geometric::Point>::write(out, value.low);
  }
  static void write_text(Writer& out, const geometric::Box& value);
  static geometric::Box read(Reader& in) {
    return {Adapter<geometric::Point>::read(in), Adapter<geometric::Point>::read(in)};
  }
  static geometric::Box read_text(Reader& in);
};

template <>
struct Adapter<geometric::Path> {
  static constexpr TypeRef type = "path";
  static constexpr std::string_view cpp_name = "palmetto::geometric::Path";

  static void write(Writer& out, const geometric::Path& value);
  static void write_text(Writer& out, const geometric::Path& value);
  static geometric::Path read(Reader& in);
  static geometric::Path read_text(Reader& in);
};

template <>
struct Adapter<geometric::Polygon> {
  static constexpr TypeRef type = "polygon";
  static constexpr std::string_view cpp_name = "palmetto::geometric::Polygon";

  static void write(Writer& out, const geometric::Polygon& value);
  static void write_text(Writer& out, const geometric::Polygon& value);
  static geometric::Polygon read(Reader& in);
  static geometric::Polygon read_text(Reader& in);
};

template <>
struct Adapter<geometric::Circle> {
  static constexpr TypeRef type = "circle";
  static constexpr std::string_view cpp_name = "palmetto::geometric::Circle";

  static void write(Writer& out, const geometric::Circle& value);
  static void write_text(Writer& out, const geometric::Circle& value);
  static geometric::Circle read(Reader& in) {
    return {Adapter<geometric::Point>::read(in), in.get<double>()};
  }
  static geometric::Circle read_text(Reader& in);
};

PALMETTO_DECLARE_ADAPTER(geometric::Point);
PALMETTO_DECLARE_ADAPTER(geometric::Line);
PALMETTO_DECLARE_ADAPTER(geometric::LineSegment);
PALMETTO_DECLARE_ADAPTER(geometric::Box);
PALMETTO_DECLARE_ADAPTER(geometric::Path);
PALMETTO_DECLARE_ADAPTER(geometric::Polygon);
PALMETTO_DECLARE_ADAPTER(geometric::Circle);

}  // namespace palmetto
