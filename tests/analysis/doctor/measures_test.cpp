// What the checks of `nv doctor` are made of: sums by channel, distances, class scores.
#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "nv/analysis/doctor/array_scale.h"
#include "nv/analysis/doctor/normalization.h"
#include "nv/analysis/doctor/trials.h"

using namespace nv;
using namespace nv::doctor;

namespace {

Tensor tensor(const Shape& shape, const std::vector<float>& values) {
  Tensor t(shape);
  std::ranges::copy(values, t.values().begin());
  return t;
}

}  // namespace

TEST_CASE("channel sums: mean, variance, constants and zeros, for channels last and first") {
  ChannelSums last, first;
  last.add(tensor(Shape{1, 2, 2}, {1, 0, 3, 0}), false);
  last.add(tensor(Shape{1, 2, 2}, {5, 0, 7, 0}), false);
  first.add(tensor(Shape{1, 2, 1, 2}, {1, 3, 2, 2}), true);
  CHECK(last.channels() == 2);
  CHECK(last.mean(0) == 4);
  CHECK(last.variance(0) == 5);
  CHECK(last.zero(1));
  CHECK_FALSE(last.constant(0));
  CHECK(first.mean(0) == 2);
  CHECK(first.constant(1));
  CHECK_FALSE(first.zero(1));
}

TEST_CASE("channel sums: values that are not finite are counted and left out") {
  ChannelSums sums;
  sums.add(tensor(Shape{2, 1, 2}, {1, NAN, 2, std::numeric_limits<float>::infinity()}), false);
  sums.add(tensor(Shape{1, 1, 2}, {3, 4}), false);
  CHECK(sums.not_finite() == 2);
  CHECK(sums.bad_inputs() == 2);
  CHECK(sums.mean(0) == 2);
  CHECK(sums.mean(1) == 4);
}

TEST_CASE("channel sums: a small variance about a large mean") {
  ChannelSums sums;
  for (int i = 0; i < 1000; ++i)
    sums.add(tensor(Shape{1, 1, 1}, {10000.0F + static_cast<float>(i % 2)}), false);
  CHECK(sums.variance(0) == doctest::Approx(0.25));
}

TEST_CASE("distance of data from statistics: 0 for equal ones, 1 for one deviation or e times it") {
  ChannelSums sums;
  sums.add(tensor(Shape{1, 2, 1}, {-1, 1}), false);  // mean 0, variance 1
  NormalizationLayer layer;
  layer.mean = {0};
  layer.variance = {1};
  CHECK(distance(layer, sums) == doctest::Approx(0));
  layer.mean = {1};
  CHECK(distance(layer, sums) == doctest::Approx(1).epsilon(1e-3));
  layer.mean = {0};
  layer.variance = {std::exp(2.0)};
  CHECK(distance(layer, sums) == doctest::Approx(1).epsilon(1e-3));
  layer.mean = {0, 0};
  CHECK(std::isnan(distance(layer, sums)));
}

TEST_CASE("the scale of arrays by the range of their numbers, and how to get from one to another") {
  const InputSpec grey{"x", Shape{1, 4, 1}}, colour{"x", Shape{1, 2, 3}};
  const auto of = [](const std::vector<float>& values, const InputSpec& spec) {
    const Tensor array = tensor(spec.shape, values);
    return array_scale({&array, 1}, spec);
  };
  CHECK(of({0, 0.5F, 0.7F, 1}, grey)->preprocess.scale == Scale::unit);
  CHECK(of({0, 50, 70, 255}, grey)->preprocess.scale == Scale::raw);
  CHECK(of({-1, 0.5F, 0.7F, 1}, grey)->preprocess.scale == Scale::signed_unit);
  CHECK(of({-2.1F, -2, -1.8F, 2.2F, 2.4F, 2.6F}, colour)->preprocess.scale == Scale::torch);
  CHECK(of({-103, -116, -123, 151, 138, 131}, colour)->preprocess.scale == Scale::caffe);
  CHECK_FALSE(of({-2.1F, -2, -1.8F, 2.2F, 2.4F, 3}, colour));  // one array of an unusual range
  CHECK_FALSE(of({NAN, 0, 0.5F, 1}, grey));
  CHECK(of({0, 0.001F, 0.002F, 1 / 255.0F}, grey)->mistake == "divided by 255 twice");
  CHECK(of({0, 500, 700, 65535}, grey)->mistake != "");

  const std::vector<Tensor> several(8, tensor(grey.shape, {-0.42F, 1, 2, 2.82F}));
  const auto guessed = array_scale(several, grey);
  REQUIRE(guessed);
  CHECK(guessed->guessed);
  CHECK(unscale_pixels(several[0], grey, guessed->preprocess)[3] == doctest::Approx(255));

  Preprocess unit, sign, raw, torch;
  sign.scale = Scale::signed_unit;
  raw.scale = Scale::raw;
  torch.scale = Scale::torch;
  CHECK(conversion(sign, unit, 1) == "0.5 x + 0.5");
  CHECK(conversion(unit, raw, 3) == "255 x");
  CHECK(conversion(unit, unit, 1) == "x");
  CHECK(conversion(torch, unit, 3).empty());
  Preprocess inverted = unit;
  inverted.invert = true;
  CHECK(conversion(unit, inverted, 1) == "-1 x + 1");
}

TEST_CASE("a preprocessing as options of the command line") {
  Preprocess p;
  CHECK(options_of(p) == "--preprocess unit");
  p.scale = Scale::signed_unit;
  p.bgr = p.invert = true;
  CHECK(options_of(p) == "--preprocess signed --channels bgr --invert");
  p = Preprocess{};
  p.scale = Scale::custom;
  p.mean = {0.5F, 0.25F, 0};
  p.deviation = {2};
  CHECK(options_of(p) == "--mean 0.5,0.25,0 --std 2");
}

TEST_CASE("changes between preprocessings: scale, channel order, inversion") {
  Preprocess a, b;
  CHECK(changes(a, b) == 0);
  b.scale = Scale::raw;
  b.invert = true;
  CHECK(changes(a, b) == 2);
  b.bgr = true;
  CHECK(changes(b, a) == 3);
  a = b = Preprocess{};
  a.scale = b.scale = Scale::custom;
  CHECK(changes(a, b) == 0);
  b.mean = {0.1307F};
  b.deviation = {0.3081F};
  CHECK(changes(a, b) == 1);
}
