// Noise and corruptions: what each does to a picture.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "analysis/attacks/support.h"

namespace nv::test {

namespace {

using attacks::Outcome;
using attacks::Point;
using attacks::Request;

std::vector<Point> originals(std::size_t count) {
  Engine engine = lenet();
  attacks::Oracle oracle(engine);
  std::vector<Point> points;
  for (const attacks::AttackTask& v : digits(oracle, count)) points.push_back(v.original);
  return points;
}

double mean(const Point& x) {
  double sum = 0;
  for (const float v : x) sum += static_cast<double>(v);
  return sum / static_cast<double>(x.size());
}

}  // namespace

TEST_CASE("contrast keeps the order of values and reduces their distances, brightness shifts all alike") {
  const auto from = originals(4);
  const auto flat = attack_digits("contrast", {}, 4), bright = attack_digits("brightness", {}, 4);
  for (std::size_t i = 0; i < from.size(); ++i) {
    const auto [low, high] = std::ranges::minmax(flat[i].point);
    CHECK(low > 0);
    CHECK(high < 1);
    CHECK(low < high);
    // Values that stay inside the bounds show by how much.
    float shift = 0;
    for (std::size_t k = 0; k < from[i].size(); ++k)
      if (const float d = bright[i].point[k] - from[i][k]; std::abs(d) > std::abs(shift)) shift = d;
    for (std::size_t k = 0; k < from[i].size(); ++k)
      CHECK(bright[i].point[k] == doctest::Approx(std::clamp(from[i][k] + shift, 0.0F, 1.0F)));
  }
}

TEST_CASE("inversion is the range minus the image, without queries") {
  const auto from = originals(1);
  const Outcome o = attack_digits("inversion", {}, 1)[0];
  CHECK(o.point[0] == 1 - from[0][0]);
  CHECK(o.point[400] == 1 - from[0][400]);
  CHECK(o.queries == 0);
}

TEST_CASE("blur keeps the mean and lowers the peaks") {
  const auto from = originals(3);
  const auto to = attack_digits("blur", {}, 3);
  for (std::size_t i = 0; i < from.size(); ++i) {
    CHECK(mean(to[i].point) == doctest::Approx(mean(from[i])).epsilon(0.02));
    CHECK(std::ranges::max(to[i].point) < std::ranges::max(from[i]));
  }
}

TEST_CASE("salt and pepper leaves pixels unchanged, black or white, and no changed pixel is unnecessary") {
  Engine engine = lenet();
  attacks::Oracle oracle(engine);
  const auto from = digits(oracle, 3);
  const auto to = attack_digits("salt-and-pepper", {}, 3);
  for (std::size_t i = 0; i < from.size(); ++i) {
    CHECK(to[i].success);
    int changed = 0, needed = 0;
    for (std::size_t k = 0; k < to[i].point.size(); ++k) {
      const float x = to[i].point[k], before = from[i].original[k];
      CHECK((x == before || x == 0 || x == 1));
      if (x == before) continue;
      ++changed;
      Point less = to[i].point;
      less[k] = before;
      const Tensor output = oracle.outputs(stack({{oracle.to_input(less, from[i].layout)}}));
      needed += predict(output.item(0).values(), "softmax", {})->index == from[i].label ? 1 : 0;
    }
    CHECK(changed > 0);
    CHECK(needed == changed);
  }
}

TEST_CASE("jpeg gives at most 256 levels, and at quality 100 nearly the image") {
  const auto from = originals(2);
  const auto to = attack_digits("jpeg", {}, 2);
  for (std::size_t i = 0; i < from.size(); ++i) {
    for (const float x : to[i].point) CHECK(x * 255 == doctest::Approx(std::round(x * 255)).epsilon(1e-4));
    CHECK(attacks::distance(to[i].point, from[i], attacks::Norm::l2) < 6);
  }
}

TEST_CASE("spatial tries small moves first: less than the largest of the grid") {
  const auto to = attack_digits("spatial", {}, 6);
  std::set<std::int64_t> asked;
  for (const Outcome& o : to) {
    CHECK(o.queries <= 124);
    asked.insert(o.queries);
  }
  CHECK(*asked.begin() < 60);
  Request nothing;
  nothing.set = {{"rotation", 0.0}, {"translation", 0.0}};
  CHECK_FALSE(attack_digits("spatial", nothing, 1)[0].success);
}

TEST_CASE("noise is bisected: slightly below its strength it is not adversarial") {
  for (const char* method : {"uniform", "gaussian", "blended-noise"}) {
    CAPTURE(method);
    Request r;
    r.set = {{"strengths", 50.0}};
    const auto from = originals(6);
    const auto to = attack_digits(method, r, 6);
    for (std::size_t i = 0; i < to.size(); ++i)
      if (to[i].success) CHECK(to[i].queries >= 11);
  }
}

}  // namespace nv::test
