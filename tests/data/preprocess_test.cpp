#include "nv/data/preprocess.h"

#include <doctest/doctest.h>

#include <cmath>

#include "support.h"

using namespace nv;
using namespace nv::test;

namespace {

/// Red, green; then (10, 20, 30), (200, 100, 7).
const Picture colour{2, 2, 3, {255, 0, 0, 0, 255, 0, 10, 20, 30, 200, 100, 7}};

InputSpec spec(std::initializer_list<std::int64_t> axes, bool channels_first = false) {
  InputSpec s{"image", Shape(std::vector<std::int64_t>(axes.size(), 0)), channels_first};
  int axis = 0;
  for (const std::int64_t n : axes) s.shape[axis++] = n;  // -1 is for any size
  return s;
}

Preprocess scaled(Scale scale) {
  Preprocess how;
  how.scale = scale;
  return how;
}

std::vector<float> numbers(const Tensor& t) {
  return {t.values().begin(), t.values().end()};
}

}  // namespace

TEST_CASE("preprocess: RGB to grey as PIL's convert('L')") {
  CHECK(numbers(to_input(colour, spec({2, 2, 1}), scaled(Scale::raw))) ==
        std::vector<float>{76, 150, 18, 119});
  CHECK(numbers(to_input(colour, spec({2, 2}), scaled(Scale::raw))) == std::vector<float>{76, 150, 18, 119});
}

TEST_CASE("preprocess: grey is repeated for RGB, transparent pictures are composed on white") {
  const Picture grey_alpha{1, 1, 2, {9, 128}};
  CHECK(numbers(to_input(grey_alpha, spec({1, 1, 3}), scaled(Scale::raw))) ==
        std::vector<float>{132, 132, 132});  // 9 and white, half of each
  const Picture rgba{1, 1, 4, {1, 2, 3, 0}};
  CHECK(numbers(to_input(rgba, spec({1, 1, 3}), scaled(Scale::raw))) == std::vector<float>{255, 255, 255});
  const Picture opaque{1, 1, 4, {1, 2, 3, 255}};
  CHECK(numbers(to_input(opaque, spec({1, 1, 3}), scaled(Scale::raw))) == std::vector<float>{1, 2, 3});
  CHECK(describe(rgba, spec({1, 1, 3}), {}) == "unit, rgba->rgb on white");
  CHECK(describe(opaque, spec({1, 1, 3}), {}) == "unit, rgba->rgb");
  CHECK(numbers(to_input(rgba, spec({1, 1, 4}), scaled(Scale::raw))) == std::vector<float>{1, 2, 3, 0});
  CHECK(numbers(to_input(colour, spec({2, 2, 4}), scaled(Scale::raw)))[3] == 255);
}

TEST_CASE("preprocess: scales are those of keras.applications.imagenet_utils, to the last bit") {
  const Picture pixel{1, 1, 3, {10, 20, 30}};
  const auto value = [&](Scale scale) { return numbers(to_input(pixel, spec({1, 1, 3}), scaled(scale))); };
  CHECK(value(Scale::unit) == std::vector<float>{10 / 255.0F, 20 / 255.0F, 30 / 255.0F});
  CHECK(value(Scale::signed_unit) == std::vector<float>{10 / 127.5F - 1, 20 / 127.5F - 1, 30 / 127.5F - 1});
  CHECK(value(Scale::caffe) == std::vector<float>{30 - 103.939F, 20 - 116.779F, 10 - 123.68F});
  CHECK(value(Scale::torch) == std::vector<float>{(10 / 255.0F - 0.485F) / 0.229F,
                                                  (20 / 255.0F - 0.456F) / 0.224F,
                                                  (30 / 255.0F - 0.406F) / 0.225F});
}

TEST_CASE(
    "preprocess: custom means and deviations apply to pixels in 0..1, in the model's order of channels") {
  Preprocess how = scaled(Scale::custom);
  how.mean = {0.5F};
  how.deviation = {0.25F, 0.5F, 1.0F};
  how.bgr = true;
  const Picture pixel{1, 1, 3, {255, 0, 51}};
  CHECK(numbers(to_input(pixel, spec({1, 1, 3}), how)) ==
        std::vector<float>{(0.2F - 0.5F) / 0.25F, -1, 0.5F});
  const auto complaint = [](const Preprocess& p, std::int64_t channels) {
    return error_of([&] { channel_scales(p, channels); }, ErrorKind::usage);
  };
  CHECK(complaint(how, 1) == "--std: 3 numbers, the model's input has 1 channel");
  how.deviation = {0.0F};
  CHECK(complaint(how, 3) == "--std: expected numbers other than 0, got 0");
  CHECK(complaint(scaled(Scale::caffe), 1) ==
        "--preprocess caffe is for pictures of 3 channels, the model's input has 1");
}

TEST_CASE("preprocess: channels_first gets planes") {
  const Tensor t = to_input(colour, spec({3, 2, 2}, true), scaled(Scale::raw));
  CHECK(t.shape() == Shape{3, 2, 2});
  CHECK(numbers(t) == std::vector<float>{255, 0, 10, 200, 0, 255, 20, 100, 0, 0, 30, 7});
  const Tensor caffe = to_input(colour, spec({3, 2, 2}, true), scaled(Scale::caffe));
  CHECK(caffe[2] == 30 - 103.939F);
}

TEST_CASE("preprocess: axes of any size take the picture's") {
  CHECK(to_input(colour, spec({-1, -1, 3}), {}).shape() == Shape{2, 2, 3});
  CHECK(to_input(colour, spec({-1, 5, -1}), {}).shape() == Shape{2, 5, 3});
}

TEST_CASE("preprocess: a model that takes a vector gets the flattened picture") {
  const auto size = [](const Picture& p, std::int64_t n) { return describe(p, spec({n}), {}); };
  CHECK(size(colour, 12) == "unit, flattened");
  CHECK(size(colour, 4) == "unit, rgb->grey, flattened");
  CHECK(size(colour, 784) == "unit, bilinear 2x2->28x28 stretch, rgb->grey, flattened");
  CHECK(size(colour, 3072) == "unit, bilinear 2x2->32x32 stretch, flattened");
  CHECK(to_input(colour, spec({784}), {}).shape() == Shape{784});
  CHECK(error_of([&] { size(colour, 7); }) == "a picture cannot be brought to a vector of 7 numbers");
}

TEST_CASE("preprocess: inputs that are not pictures are refused") {
  CHECK(error_of([] {
          to_input(colour, spec({4, 2, 2, 3}), {});
        }) == "a picture cannot fill an input of 4 x 2 x 2 x 3");
  CHECK(error_of([] {
          to_input(colour, spec({-1, 2, 5}), {});
        }) == "a picture cannot fill an input of 5 channels (? x 2 x 5)");
}

TEST_CASE("preprocess: crop takes the middle, pad adds zeros, also when inverted") {
  const Picture wide{4, 1, 1, {10, 20, 30, 40}};
  Preprocess how = scaled(Scale::raw);
  how.fit = Fit::crop;
  CHECK(numbers(to_input(wide, spec({1, 2, 1}), how)) ==
        std::vector<float>{20, 30});  // the ratio is 4:1 cut to 2:1
  how.fit = Fit::pad;
  how.invert = true;
  how.resize = Resize::nearest;
  CHECK(numbers(to_input(wide, spec({3, 4, 1}), how)) ==
        std::vector<float>{0, 0, 0, 0, 245, 235, 225, 215, 0, 0, 0, 0});
}

TEST_CASE("preprocess: without resizing the size must fit, or be cut or padded to fit") {
  Preprocess how = scaled(Scale::raw);
  how.resize = Resize::none;
  CHECK(error_of([&] {
          to_input(colour, spec({3, 3, 3}), how);
        }) == "a picture of 2 x 2 does not fit 3 x 3, and --resize none was asked for");
  how.fit = Fit::pad;
  const Picture dot{1, 1, 1, {9}};
  CHECK(numbers(to_input(dot, spec({3, 3, 1}), how)) == std::vector<float>{0, 0, 0, 0, 9, 0, 0, 0, 0});
  CHECK(describe(dot, spec({3, 3, 1}), how) == "raw, pad 1x1->3x3");
  CHECK_FALSE(error_of([&] { to_input(colour, spec({1, 1, 3}), how); }).empty());
  how.fit = Fit::crop;
  CHECK(numbers(to_input(colour, spec({1, 1, 3}), how)) == std::vector<float>{255, 0, 0});
}

TEST_CASE("preprocess: a very thin picture is not padded to a huge one") {
  const Picture hair{1 << 20, 1, 1, std::vector<std::uint8_t>(1 << 20)};
  Preprocess how;
  how.fit = Fit::pad;
  CHECK(error_of([&] {
          to_input(hair, spec({8, 8, 1}), how);
        }) == "the picture is too long and thin to be padded");
}

TEST_CASE("preprocess: unscaling returns the picture for each scale, layout and channel order") {
  for (const Scale scale : {Scale::unit, Scale::raw, Scale::signed_unit, Scale::caffe, Scale::torch})
    for (const bool first : {false, true}) {
      Preprocess how = scaled(scale);
      how.bgr = first;
      how.invert = !first;
      const InputSpec s = first ? spec({3, 2, 2}, true) : spec({2, 2, 3});
      const Picture back = to_picture(to_input(colour, s, how), s, how);
      CHECK(back.width == 2);
      CHECK(back.height == 2);
      CHECK(back.pixels == colour.pixels);
    }
  const InputSpec flat = spec({12});
  CHECK(to_picture(to_input(colour, flat, {}), flat, {}).pixels == colour.pixels);
}

TEST_CASE("preprocess: values out of range are clamped, and a vector that is no square is not a picture") {
  const std::vector<float> wild{-1.0F, 2.0F, NAN, 0.5F};
  CHECK(to_picture(Tensor(Shape{2, 2, 1}, wild), spec({2, 2, 1}), {}).pixels ==
        std::vector<std::uint8_t>{0, 255, 0, 128});
  CHECK(error_of([] { to_picture(Tensor(Shape{7}, 0.0F), spec({7}), {}); }) ==
        "expected an input that is a picture, got 7");
}

TEST_CASE("preprocess: the description names each step") {
  Preprocess how;
  CHECK(describe(colour, spec({2, 2, 3}), how) == "unit");
  const Picture large{64, 48, 3, std::vector<std::uint8_t>(64 * 48 * 3)};
  CHECK(describe(large, spec({32, 16, 1}), how) == "unit, bilinear 64x48->16x32 stretch, rgb->grey");
  how.scale = Scale::custom;
  how.mean = {0.5F};
  how.deviation = {0.25F};
  how.bgr = how.invert = true;
  CHECK(describe(colour, spec({2, 2, 3}), how) == "custom mean 0.5 std 0.25, bgr, inverted");
}

TEST_CASE("preprocess: names of options, and the error for an unknown one") {
  CHECK(parse_resize("area") == Resize::area);
  CHECK(parse_fit("pad") == Fit::pad);
  CHECK(parse_scale("signed") == Scale::signed_unit);
  CHECK(parse_bgr("bgr"));
  CHECK_FALSE(parse_bgr("rgb"));
  CHECK(parse_channel_numbers("0.5, 1,-2e-1", "--mean") == std::vector<float>{0.5F, 1.0F, -0.2F});
  CHECK(error_of([] { parse_channel_numbers("1,,2", "--mean"); }, ErrorKind::usage) ==
        "--mean: expected a number, got ''");
  CHECK(error_of([] { parse_channel_numbers("inf", "--std"); }, ErrorKind::usage) ==
        "--std: expected a number, got 'inf'");
  try {
    parse_scale("tf");
    FAIL("'tf' was taken");
  } catch (const Error& e) {
    CHECK(e.kind() == ErrorKind::usage);
    CHECK(std::string(e.what()) == "--preprocess: expected one of unit, raw, signed, caffe, torch, got 'tf'");
  }
}

TEST_CASE("preprocess: a description can be read back") {
  for (const std::string text : {"unit", "raw", "signed", "caffe", "torch", "unit, bgr", "raw, inverted",
                                 "custom mean 0.5 std 0.25, bgr", "custom mean 0.1 0.2 0.3 std 1 2 3"}) {
    CAPTURE(text);
    const auto how = described_scale(text);
    REQUIRE(how);
    CHECK(describe_scale(*how) == text);
    CHECK(describe_scale(*described_scale(text + ", bilinear 64x48->32x32 stretch, rgb->grey")) == text);
  }
  for (const std::string text : {"none", "", "units", "custom", "custom mean x std 1", "unit 3"})
    CHECK_FALSE(described_scale(text));
}

TEST_CASE("preprocess: notes for the user") {
  const Picture large{9, 4, 1, std::vector<std::uint8_t>(36, 200)};
  CHECK(is_much_reduced(large, spec({4, 4, 1}), {}));
  CHECK_FALSE(is_much_reduced(large, spec({4, 5, 1}), {}));
  Preprocess cropped;
  cropped.fit = Fit::crop;
  CHECK_FALSE(is_much_reduced(large, spec({4, 4, 1}), cropped));
  const auto inverted = [](const Picture& picture, const InputSpec& input, const Preprocess& how = {}) {
    return may_be_inverted(picture, input, how, to_input(picture, input, how));
  };
  Preprocess raw;
  raw.scale = Scale::raw;
  CHECK(inverted(large, spec({4, 4, 1}), raw));
  CHECK(inverted(large, spec({4, 4, 1})));
  CHECK_FALSE(inverted({9, 4, 1, std::vector<std::uint8_t>(36, 100)}, spec({4, 4, 1})));
  CHECK_FALSE(inverted(large, spec({4, 4, 3})));
  CHECK_FALSE(inverted(large, spec({128, 128, 1})));
  CHECK(is_composed({1, 1, 2, {9, 128}}, spec({1, 1, 3})));
  CHECK_FALSE(is_composed({1, 1, 2, {9, 255}}, spec({1, 1, 3})));
}
