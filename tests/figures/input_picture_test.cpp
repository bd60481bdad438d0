#include "nv/figures/input_picture.h"

#include <doctest/doctest.h>

#include <cmath>

#include "keras/support.h"
#include "layers/support.h"
#include "nv/figures/pass/input_sheet.h"

namespace nv::test {

namespace {

using figures::input_picture;
using figures::InputPicture;

/// A model that only has an input of this shape.
Engine engine_for(const std::string& shape) {
  return Engine(graph(R"({"class_name": "Sequential", "config": {"name": "s", "layers": [
      {"class_name": "InputLayer", "config": {"name": "x", "batch_shape": )" +
                      shape + R"(}}, {"class_name": "ReLU", "config": {"name": "r"}}]}})"),
                {1});
}

Input input_of(const Tensor& values) {
  Input input;
  input.tensors.push_back(values);
  return input;
}

std::vector<int> greys(const InputPicture& shown) {
  std::vector<int> list;
  for (const render::Rgb& c : shown.picture.pixels) list.push_back(c.r);
  return list;
}

}  // namespace

TEST_CASE("an input is shown at the model's size, with the size that the picture had") {
  const Engine engine = engine_for("[null, 2, 2, 1]");
  Input input = input_of(tensor({2, 2, 1}, {0, 1, 0.2F, 0.6F}));
  input.picture = Picture{3, 4, 1, std::vector<std::uint8_t>(12)};
  const InputPicture shown = input_picture(engine, input, 0, {});
  CHECK(shown.picture.width == 2);
  CHECK(greys(shown) == std::vector<int>{0, 255, 51, 153});
  CHECK(shown.original_size == "4 × 3");
  CHECK(shown.range.empty());
}

TEST_CASE("an inverted picture is shown as the model sees it") {
  const Engine engine = engine_for("[null, 2, 2, 1]");
  Preprocess inverted;
  inverted.invert = true;
  const Tensor values = tensor({2, 2, 1}, {0, 1, 1, 0});
  CHECK(greys(input_picture(engine, input_of(values), 0, inverted)) == std::vector<int>{0, 255, 255, 0});
}

TEST_CASE("the small pictures of a page are the inputs as the model sees them, without those that are none") {
  const Engine engine = engine_for("[null, 2, 2, 1]");
  Preprocess inverted;
  inverted.invert = true;
  const std::vector<OutputKind> outputs;
  const std::vector<std::string> labels;
  const Trace trace;
  const RunResult result;
  const Input input = input_of(tensor({2, 2, 1}, {0, 1, 1, 0}));
  const auto pictures = figures::input_pictures({engine, outputs, labels, trace, 0, input, result, inverted});
  REQUIRE(pictures.size() == 1);
  CHECK(pictures[0].pixels[0].r == 0);
  CHECK(pictures[0].pixels[1].r == 255);
  const Input none = input_of(tensor({2, 2, 1}, {0, NAN, 1, 0}));
  CHECK(figures::input_pictures({engine, outputs, labels, trace, 0, none, result, inverted}).empty());
}

TEST_CASE("numbers that are no pixels are drawn from the smallest to the largest, which the caption says") {
  const Engine engine = engine_for("[null, 2, 2, 1]");
  const Input input = input_of(tensor({2, 2, 1}, {-1, 1, 0, 1}));
  for (int time = 0; time < 2; ++time) {  // the input stays as it is
    const InputPicture shown = input_picture(engine, input, 0, {});
    CHECK(greys(shown) == std::vector<int>{0, 255, 128, 255});
    CHECK(shown.range == "−1 … 1");
  }
}

TEST_CASE("what is no picture has none: vectors of an array, many channels, NaN") {
  CHECK(!input_picture(engine_for("[null, 4]"), input_of(tensor({4}, {0, 1, 0, 1})), 0, {}).picture.whole());
  CHECK(!input_picture(engine_for("[null, 2, 2]"), input_of(tensor({2, 2}, {0, 1, 0, 1})), 0, {})
             .picture.whole());
  CHECK(!input_picture(engine_for("[null, 1, 1, 4]"), input_of(tensor({1, 1, 4}, {0, 1, 0, 1})), 0, {})
             .picture.whole());
  CHECK(!input_picture(engine_for("[null, 1, 1, 5]"), input_of(tensor({1, 1, 5}, {0, 1, 0, 1, 0})), 0, {})
             .picture.whole());
  CHECK(!input_picture(engine_for("[null, 1, 2, 1]"), input_of(tensor({1, 2, 1}, {0, NAN})), 0, {})
             .picture.whole());
  // A vector that was made of a picture is shown as one.
  Input flat = input_of(tensor({4}, {0, 1, 0, 1}));
  flat.picture = Picture{2, 2, 1, std::vector<std::uint8_t>(4)};
  CHECK(input_picture(engine_for("[null, 4]"), flat, 0, {}).picture.width == 2);
}

}  // namespace nv::test
