#include <doctest/doctest.h>

#include "layers/gradient_check.h"
#include "layers/support.h"

namespace nv::test {

namespace {

/// 0, 1, 4, 9, ... 121 in three rows of four.
Tensor squares() {
  Tensor t(Shape{1, 3, 4, 1});
  for (std::int64_t i = 0; i < 12; ++i) t[i] = static_cast<float>(i * i);
  return t;
}

}  // namespace

// Expected numbers are Keras 3.15's, or computed by hand.

TEST_CASE("Resizing is bilinear by default") {
  CHECK(str(forward("Resizing", R"({"height": 2, "width": 2})", {squares()})) ==
        "1 x 2 x 2 x 1: 5.5, 15.5, 59.5, 93.5");
  CHECK(str(forward("Resizing", R"({"height": 2, "width": 2, "interpolation": "nearest"})", {squares()})) ==
        "1 x 2 x 2 x 1: 1, 9, 81, 121");
}

TEST_CASE("Resizing crops to the aspect ratio of its target") {
  CHECK(str(forward("Resizing", R"({"height": 2, "width": 2, "crop_to_aspect_ratio": true})", {squares()})) ==
        "1 x 2 x 2 x 1: 4.75, 10.75, 55.75, 79.75");
}

TEST_CASE("Resizing pads to the aspect ratio of its target, as much before as after") {
  // A frame of 4 x 2 would fit; one row above and one below make 3 x 2, which are then resized to 4 x 2.
  CHECK(str(forward("Resizing", R"({"height": 4, "width": 2, "pad_to_aspect_ratio": true, "fill_value": 7})",
                    {tensor({1, 1, 2, 1}, {1, 3})})) == "1 x 4 x 2 x 1: 7, 7, 3.25, 4.5, 3.25, 4.5, 7, 7");
}

TEST_CASE("CenterCrop takes the middle") {
  CHECK(str(forward("CenterCrop", R"({"height": 2, "width": 3})", {squares()})) ==
        "1 x 2 x 3 x 1: 0, 1, 4, 16, 25, 36");
  CHECK(str(forward("CenterCrop", R"({"height": 1, "width": 2})", {squares()})) == "1 x 1 x 2 x 1: 25, 36");
}

TEST_CASE("CenterCrop of a smaller image crops to the aspect ratio and resizes") {
  CHECK(str(forward("CenterCrop", R"({"height": 4, "width": 2})", {squares()})) ==
        "1 x 4 x 2 x 1: 1, 1, 16, 16, 46, 46, 81, 81");
}

TEST_CASE("shape and window of resizing") {
  CHECK(shape_of("Resizing", R"({"height": 5, "width": 6})", {{Shape::unknown, Shape::unknown, 3}}) ==
        "5 x 6 x 3");
  CHECK(shape_of("Resizing", R"({"height": 5, "width": 6, "data_format": "channels_first"})", {{3, 9, 9}}) ==
        "3 x 5 x 6");
  CHECK(str(layer("Resizing", R"({"height": 5, "width": 6})")->window({9, 9, 3})) == "none");
  CHECK(str(layer("CenterCrop", R"({"height": 5, "width": 6})")->window({9, 9, 3})) ==
        "1x1 stride 1x1 before -2x-1");
  CHECK(str(layer("CenterCrop", R"({"height": 5, "width": 16})")->window({9, 9, 3})) == "none");
}

TEST_CASE("resizing refuses unknown options") {
  CHECK(refusal("Resizing", R"({"width": 6})") == "input: option height is absent, not a whole number");
  CHECK(refusal("Resizing", R"({"height": 0, "width": 6})") == "input: option height is 0");
  CHECK(refusal("Resizing", R"({"height": 5, "width": 6, "interpolation": "cubic"})") ==
        "unsupported: option interpolation: 'cubic' is not supported");
  CHECK(refusal("Resizing", R"({"height": 5, "width": 6, "fill_mode": "reflect"})") ==
        "unsupported: option fill_mode: 'reflect' is not supported");
  CHECK(refusal("Resizing",
                R"({"height": 5, "width": 6, "crop_to_aspect_ratio": true, "pad_to_aspect_ratio": true})") ==
        "input: options crop_to_aspect_ratio and pad_to_aspect_ratio exclude each other");
  CHECK(complaint([] {
          shape_of("Resizing", R"({"height": 5, "width": 6})", {{0, 4, 3}});
        }) == "input: it takes an image of at least one pixel, not 0 x 4 x 3");
}

TEST_CASE("gradients of resizing agree with differences") {
  for (const char* options : {R"({"height": 3, "width": 9})",
                              R"({"height": 3, "width": 9, "interpolation": "bicubic", "antialias": true})",
                              R"({"height": 7, "width": 3, "interpolation": "area"})",
                              R"({"height": 3, "width": 7, "crop_to_aspect_ratio": true})",
                              R"({"height": 3, "width": 7, "pad_to_aspect_ratio": true})"}) {
    CAPTURE(options);
    check_gradient(*layer("Resizing", options), {noise({2, 5, 6, 2})});
  }
  for (const char* options : {R"({"height": 3, "width": 4})", R"({"height": 7, "width": 4})",
                              R"({"height": 3, "width": 3, "data_format": "channels_first"})"}) {
    CAPTURE(options);
    check_gradient(*layer("CenterCrop", options), {noise({2, 5, 6, 4})});
  }
}

}  // namespace nv::test
