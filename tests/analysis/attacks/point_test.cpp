#include "nv/analysis/attacks/point.h"

#include <doctest/doctest.h>

#include <cmath>

#include "nv/core/error.h"

namespace nv::attacks {

TEST_CASE("norms: how many differ, the sum, the Euclidean length and the largest of the changes") {
  const Point a{0, 3, 0, -4}, b{0, 0, 0, 0};
  CHECK(distance(a, b, Norm::l0) == 2);
  CHECK(distance(a, b, Norm::l1) == 7);
  CHECK(distance(a, b, Norm::l2) == 5);
  CHECK(distance(a, b, Norm::linf) == 4);
  CHECK(length(a, Norm::l2) == 5);
}

TEST_CASE("names of norms are as in the literature, in any case") {
  for (const Norm norm : {Norm::l0, Norm::l1, Norm::l2, Norm::linf})
    CHECK(parse_norm(norm_name(norm)) == norm);
  CHECK(parse_norm("LINF") == Norm::linf);
  CHECK(parse_norm("l2") == Norm::l2);
  CHECK_THROWS_AS(parse_norm("L3"), Error);
  CHECK_THROWS_AS(parse_norm("L"), Error);
}

TEST_CASE("projection: inside the ball nothing changes, outside the nearest point of its surface") {
  const Point center{1, 1, 1};
  for (const Norm norm : {Norm::l0, Norm::l1, Norm::l2, Norm::linf}) {
    CAPTURE(norm_name(norm));
    Point inside{1, 1.25F, 1};
    project(inside, center, 1, norm);
    CHECK(inside == Point{1, 1.25F, 1});
  }
  Point x{4, 1, -3};
  project(x, center, 2, Norm::linf);
  CHECK(x == Point{3, 1, -1});
  x = {4, 1, -3};
  project(x, center, 2.5, Norm::l2);
  CHECK(x == Point{2.5F, 1, -1});
  x = {4, 1, -3};  // changes 3, 0, -4: 2.5 less each leaves 0.5 and 1.5
  project(x, center, 2, Norm::l1);
  CHECK(x[0] == doctest::Approx(1.5));
  CHECK(x[1] == 1);
  CHECK(x[2] == doctest::Approx(-0.5));
  x = {4, 1, -3};
  project(x, center, 1, Norm::l0);
  CHECK(x == Point{1, 1, -3});
}

TEST_CASE("normalising a vector of zeros leaves zeros") {
  Point v{0, 0};
  normalize(v, Norm::l2);
  CHECK(v == Point{0, 0});
  v = {3, 4};
  normalize(v, Norm::l2);
  CHECK(v[1] == doctest::Approx(0.8));
  CHECK(sign(-2) == -1);
  CHECK(sign(0) == 0);
  CHECK(sign(NAN) == 0);
}

}  // namespace nv::attacks
