#include "nv/kernels/resize.h"

#include <doctest/doctest.h>

#include <cmath>
#include <vector>

using namespace nv;

namespace {

/// 0, 1, 4, 9, ... 121 in three rows of four.
std::vector<float> squares() {
  std::vector<float> image;
  for (int i = 0; i < 12; ++i) image.push_back(static_cast<float>(i * i));
  return image;
}

std::vector<float> resized(Resampler method, const std::vector<float>& image, const ImageSize& size,
                           std::int64_t height, std::int64_t width) {
  ThreadPool pool(1);
  std::vector<float> target(static_cast<std::size_t>(height * width * size.channels));
  resize(method(size.height, height), method(size.width, width), size.channels, 1, image.data(),
         target.data(), pool);
  return target;
}

std::vector<float> resized(Resampler method, std::int64_t height, std::int64_t width) {
  return resized(method, squares(), {3, 4, 1}, height, width);
}

void check_near(const std::vector<float>& got, const std::vector<float>& expected, float tolerance) {
  REQUIRE(got.size() == expected.size());
  for (std::size_t i = 0; i < got.size(); ++i) {
    CAPTURE(i);
    CHECK(std::abs(got[i] - expected[i]) <= tolerance * (1 + std::abs(expected[i])));
  }
}

}  // namespace

// Expected numbers are tf.image.resize's, TensorFlow 2.21.

TEST_CASE("resize: nearest") {
  CHECK(resized(nearest_resampling, 2, 2) == std::vector<float>{1, 9, 81, 121});
  CHECK(resized(nearest_resampling, 5, 3) ==
        std::vector<float>{0, 4, 9, 0, 4, 9, 16, 36, 49, 64, 100, 121, 64, 100, 121});
  CHECK(resized(nearest_resampling, 2, 6) == std::vector<float>{0, 1, 1, 4, 9, 9, 64, 81, 81, 100, 121, 121});
}

TEST_CASE("resize: bilinear, with centres at half pixels and no smoothing") {
  check_near(resized(bilinear_resampling, 2, 2), {5.5F, 15.5F, 59.5F, 93.5F}, 1e-7F);
  check_near(resized(bilinear_resampling, 5, 3),
             {0.1666666865348816F, 2.5F, 8.166667938232422F, 7.100000858306885F, 13.700000762939453F,
              23.63333511352539F, 17.5F, 30.5F, 46.833335876464844F, 47.100006103515625F, 66.50000762939453F,
              89.23334503173828F, 66.83333587646484F, 90.5F, 117.5F},
             1e-7F);
  check_near(resized(bilinear_resampling, 2, 6),
             {4.0F, 5.5F, 7.833333969116211F, 11.166667938232422F, 15.5F, 19.0F, 52.0F, 59.5F,
              69.83333587646484F, 81.16667175292969F, 93.5F, 103.0F},
             1e-7F);
}

TEST_CASE("resize: area, where a pixel counts by the share that is covered") {
  check_near(resized(area_resampling, 2, 2),
             {7.1666669845581055F, 18.5F, 55.16666793823242F, 87.83333587646484F}, 1e-6F);
  check_near(resized(area_resampling, 5, 3),
             {0.25F, 2.5F, 7.75F, 6.25F, 11.833334F, 20.416666F, 18.25F, 30.5F, 45.75F, 51.583336F, 70.5F,
              92.416672F, 68.25F, 90.5F, 115.75F},
             1e-6F);
}

TEST_CASE("resize: to its own size an image stays as it is, and channels stay apart") {
  const std::vector<float> image{1, 10, 2, 20, 3, 30, 4, 40};
  for (const Resampler method : {nearest_resampling, bilinear_resampling, area_resampling}) {
    CHECK(resized(method, image, {2, 2, 2}, 2, 2) == image);
    const std::vector<float> large = resized(method, image, {2, 2, 2}, 6, 6);
    for (std::size_t i = 0; i < 72; i += 2) CHECK(large[i + 1] == doctest::Approx(10 * large[i]));
  }
}
