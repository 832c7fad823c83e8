#include "palmetto/adapters/geometric.hpp"

#include "fuzz.hpp"

#include <limits>

using namespace palmetto::geometric;

// The server has circles that it doesn't take.
template <>
bool palmetto::fuzz::is_one_way(const Circle& circle) {
  return circle.radius < 0;
}

std::vector<palmetto::fuzz::Case> palmetto::fuzz::cases() {
  using Double = std::numeric_limits<double>;
  constexpr Point a{1.5, -2};
  constexpr Point b{-0.0, 1e300};
  constexpr Point c{Double::infinity(), Double::quiet_NaN()};
  return {
      read<Point>("point", {a, b, c}),
      read<Line>("line", {Line{1, 2, 3}, Line{-0.0, 1e300, Double::quiet_NaN()}}),
      read<LineSegment>("lseg", {LineSegment{a, b}, LineSegment{c, c}}),
      read<Box>("box", {Box{a, b}, Box{b, a}, Box{c, a}}),
      read<Path>("path", {Path{{a}}, Path{{a, b, c}, true}}),
      read<Polygon>("polygon", {Polygon{{a}}, Polygon{{a, b, c}}}),
      read<Circle>("circle", {Circle{a, 0}, Circle{b, 1.5}, Circle{c, Double::infinity()}}),
  };
}
