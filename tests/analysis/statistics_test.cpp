#include "nv/analysis/statistics.h"

#include <doctest/doctest.h>

#include <cmath>

#include "layers/support.h"

namespace nv::test {

namespace {

Statistics of(const std::vector<float>& values) {
  return statistics(values);
}

std::string map(const FeatureMap& m) {
  return fmt::format("{}: {} x {}: {}{}", m.channel, m.rows, m.cols, fmt::join(m.values, " "),
                     m.dead ? " dead" : "");
}

}  // namespace

TEST_CASE("statistics are those of the population") {
  const Statistics s = of({1, 0, 2, 5});
  CHECK(s.min == 0.0F);
  CHECK(s.max == 5.0F);
  CHECK(s.mean == 2.0F);
  CHECK(s.std == doctest::Approx(std::sqrt(14.0 / 4)));
  CHECK(s.zeros == 0.25);
  CHECK(of({-0.0F}).zeros == 1);
}

TEST_CASE("statistics of no values are 0") {
  const Statistics s = of({});
  CHECK(s.min == 0.0F);
  CHECK(s.std == 0.0F);
  CHECK(s.zeros == 0);
}

TEST_CASE("the deviation of large equal values is 0, of nearly equal ones right") {
  CHECK(of(std::vector<float>(1000, 1e8F)).std == 0.0F);
  CHECK(of({10'000'000, 10'000'002}).std == 1.0F);
}

TEST_CASE("a NaN makes the statistics NaN, wherever it stands") {
  for (const std::vector<float>& values : {std::vector<float>{NAN, 1, 0}, {0, 1, NAN}, {NAN}}) {
    const Statistics s = of(values);
    CHECK(std::isnan(s.min));
    CHECK(std::isnan(s.max));
    CHECK(std::isnan(s.mean));
    CHECK(std::isnan(s.std));
  }
  CHECK(of({NAN, 0}).zeros == 0.5);
}

TEST_CASE("an infinity has an infinite mean and no deviation, wherever it stands") {
  for (const std::vector<float>& values : {std::vector<float>{INFINITY, 1}, {1, INFINITY}}) {
    const Statistics s = of(values);
    CHECK(s.min == 1.0F);
    CHECK(s.max == INFINITY);
    CHECK(s.mean == INFINITY);
    CHECK(std::isnan(s.std));
  }
  CHECK(std::isnan(of({INFINITY, -INFINITY}).mean));
}

TEST_CASE("a histogram has equal bins, the largest value in the last") {
  const std::vector<float> values{0, 0.5F, 1, 2, 3.9F, 4};
  const Histogram h = histogram(values, 4);
  CHECK(h.lo == 0.0F);
  CHECK(h.hi == 4.0F);
  CHECK(h.counts == std::vector<std::int64_t>{2, 1, 1, 2});
}

TEST_CASE("a histogram ignores values that are not finite, and can be of equal values or of none") {
  const std::vector<float> odd{NAN, 1, INFINITY, 3, -INFINITY};
  CHECK(histogram(odd, 2).counts == std::vector<std::int64_t>{1, 1});
  const std::vector<float> equal{7, 7};
  CHECK(histogram(equal, 3).counts == std::vector<std::int64_t>{2, 0, 0});
  CHECK(histogram({}, 2).counts == std::vector<std::int64_t>{0, 0});
  const std::vector<float> extremes{-3e38F, 3e38F};
  CHECK(histogram(extremes, 2).counts == std::vector<std::int64_t>{1, 1});
}

TEST_CASE("an image has a map per channel, in either layout") {
  const Tensor last = tensor({2, 3, 2}, {1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 0});
  const auto maps = feature_maps(last, false);
  REQUIRE(maps.size() == 2);
  CHECK(map(maps[0]) == "0: 2 x 3: 1 2 3 4 5 6");
  CHECK(map(maps[1]) == "1: 2 x 3: 0 0 0 0 0 0 dead");
  const Tensor first = tensor({2, 2, 3}, {1, 2, 3, 4, 5, 6, 0, 0, 0, 0, 0, 0});
  const auto same = feature_maps(first, true);
  REQUIRE(same.size() == 2);
  CHECK(map(same[0]) == map(maps[0]));
  CHECK(map(same[1]) == map(maps[1]));
}

TEST_CASE("sequences are rows, volumes are stacked slices, vectors are single values") {
  const auto strip = feature_maps(counting({3, 2}), false);
  REQUIRE(strip.size() == 2);
  CHECK(map(strip[1]) == "1: 1 x 3: 1 3 5");
  const auto volume = feature_maps(counting({2, 1, 2, 1}), false);
  REQUIRE(volume.size() == 1);
  CHECK(map(volume[0]) == "0: 2 x 2: 0 1 2 3");
  const auto units = feature_maps(counting({3}), false);
  REQUIRE(units.size() == 3);
  CHECK(map(units[0]) == "0: 1 x 1: 0 dead");
  CHECK(map(units[2]) == "2: 1 x 1: 2");
  CHECK(feature_maps(Tensor(Shape{}, 5.0F), false).size() == 1);
}

TEST_CASE("channels are the last axis, or the first of a channels_first image") {
  CHECK(channel_count({4, 5, 6}, false) == 6);
  CHECK(channel_count({4, 5, 6}, true) == 4);
  CHECK(channel_count({7}, true) == 7);
  CHECK(channel_count({}, false) == 1);
}

TEST_CASE("a channel is dead if its values are all 0, NaN is not 0") {
  const Tensor x = tensor({2, 3}, {0, 1, 0, 0, 0, NAN});
  CHECK(dead_channels(x, false) == std::vector<std::int64_t>{0});
  CHECK(dead_channels(x.reshaped({3, 2, 1}), true) == std::vector<std::int64_t>{1});
  CHECK(dead_channels(tensor({2}, {0, 3}), false) == std::vector<std::int64_t>{0});
}

TEST_CASE("largest magnitude: of nothing 0, NaN wherever it stands") {
  CHECK(largest_magnitude({}) == 0);
  CHECK(largest_magnitude(std::vector<float>{1, -3, 2}) == 3);
  CHECK(std::isnan(largest_magnitude(std::vector<float>{NAN, 1})));
  CHECK(std::isnan(largest_magnitude(std::vector<float>{1, NAN, 2})));
}

}  // namespace nv::test
