#include "nv/render/scene/scale.h"

#include <doctest/doctest.h>

#include <limits>

using namespace nv::render;
using Strings = std::vector<std::string>;
using Numbers = std::vector<double>;

namespace {
constexpr float no_number = std::numeric_limits<float>::quiet_NaN(),
                inf = std::numeric_limits<float>::infinity();
}

TEST_CASE("the range leaves out what is not finite and counts it") {
  const std::vector<float> values = {1, no_number, -2, inf, 5, -inf};
  const Range range = range_of(values);
  CHECK(range.lo == -2);
  CHECK(range.hi == 5);
  CHECK(range.finite == 3);
  CHECK(range.not_finite == 3);
  const Range none = range_of(std::vector<float>{no_number, no_number});
  CHECK(none.finite == 0);
  CHECK(none.constant());
  CHECK(joined(none, range).lo == -2);
  CHECK(joined(range, none).hi == 5);
}

TEST_CASE("colours run from the lowest to the highest value") {
  const std::vector<float> values = {0, 2, 4, no_number, inf};
  const ValueScale scale = sequential_scale(range_of(values), Colormap::viridis);
  std::vector<Rgb> out(values.size());
  const Rgb bad{1, 2, 3};
  paint(values, scale, bad, out);
  CHECK(out[0] == map(Colormap::viridis, 0));
  CHECK(out[1] == map(Colormap::viridis, 0.5));
  CHECK(out[2] == map(Colormap::viridis, 1));
  CHECK(out[3] == bad);
  CHECK(out[4] == bad);
}

TEST_CASE("a symmetric scale is white at 0, also for constant zero data") {
  CHECK(symmetric_scale(range_of(std::vector<float>{-1, 3}), Colormap::blue_white_red).lo == -3);
  CHECK(symmetric_scale(range_of(std::vector<float>{-1, 3}), Colormap::blue_white_red).colour(0) ==
        Rgb{255, 255, 255});
  CHECK(symmetric_scale(range_of(std::vector<float>{0, 0}), Colormap::blue_white_red).colour(0) ==
        Rgb{255, 255, 255});
}

TEST_CASE("extreme ranges keep their order") {
  const std::vector<float> values = {-3e38F, 0, 3e38F};
  std::vector<Rgb> out(3);
  paint(values, sequential_scale(range_of(values), Colormap::grey), {}, out);
  CHECK(out[0].r == 0);
  CHECK(out[1].r == 128);
  CHECK(out[2].r == 255);
  const std::vector<float> tiny = {0, 1e-45F};
  paint(tiny, sequential_scale(range_of(tiny), Colormap::grey), {}, std::span(out).first(2));
  CHECK(out[1].r == 255);
}

TEST_CASE("ticks are round and within the bounds") {
  CHECK(nice_ticks(0, 1, 5) == Numbers{0, 0.2, 0.4, 0.6, 0.8, 1});
  CHECK(nice_ticks(0, 1.32, 5) == Numbers{0, 0.5, 1});
  CHECK(nice_ticks(-3, 3, 5) == Numbers{-2, 0, 2});
  CHECK(nice_ticks(2, 2, 5) == Numbers{2});
  CHECK(nice_ticks(0, std::numeric_limits<double>::infinity(), 5).empty());
  CHECK(nice_ticks(1, 0, 5).empty());
  CHECK(nice_ticks(1e15, 1e15 + 1, 5).size() < 10);
  CHECK(nice_ticks(-1.7e308, 1.7e308, 5).size() < 20);
}

TEST_CASE("tick labels have the decimals of the finest, and none more") {
  CHECK(tick_labels(Numbers{0, 0.25, 0.5}) == Strings{"0", "0.25", "0.50"});
  CHECK(tick_labels(Numbers{-2, 0, 2}) == Strings{"−2", "0", "2"});
  CHECK(tick_labels(Numbers{0, 10000, 20000}) == Strings{"0", "10k", "20k"});
  CHECK(tick_labels(Numbers{0, 2e-5, 4e-5}) == Strings{"0", "2e−5", "4e−5"});
  CHECK(tick_labels(Numbers{2.5e7, 5e7}) == Strings{"2.5e7", "5e7"});
}

TEST_CASE("single numbers are short") {
  CHECK(compact_number(0) == "0");
  CHECK(compact_number(0.25) == "0.25");
  CHECK(compact_number(-3.14159) == "−3.14");
  CHECK(compact_number(1.2345e-4) == "1.2e−4");
  CHECK(compact_number(12345) == "12.3k");
  CHECK(compact_number(123456) == "123k");
  CHECK(compact_number(7e8) == "7e8");
  CHECK(compact_number(99.96) == "100");
  CHECK(compact_number(no_number) == "NaN");
  CHECK(compact_number(-inf) == "−∞");
}
