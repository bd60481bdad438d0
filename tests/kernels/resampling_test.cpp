#include "nv/kernels/resampling.h"

#include <doctest/doctest.h>

#include "layers/support.h"
#include "nv/kernels/resize.h"

namespace nv::test {

namespace {

/// 0, 1, 4, 9, ... 121 in three rows of four.
Tensor squares() {
  Tensor t(Shape{3, 4});
  for (std::int64_t i = 0; i < 12; ++i) t[i] = static_cast<float>(i * i);
  return t;
}

double error(Resampler method, std::int64_t height, std::int64_t width, const std::vector<double>& expected) {
  ThreadPool pool(1);
  Tensor y(Shape{height, width});
  resize(method(3, height), method(4, width), 1, 1, squares().data(), y.data(), pool);
  return difference(y, expected);
}

}  // namespace

// Expected numbers are tf.image.resize's, TensorFlow 2.21.

TEST_CASE("the methods of tf.image.resize") {
  CHECK(error(resampler("bicubic"), 2, 6,
              {1.8310195, 2.8325462, 4.914619, 7.8071685, 12.285101, 15.432536, 54.209251, 61.57021,
               73.707268, 85.467072, 100.00001, 109.50685}) < 1e-6);
  CHECK(error(resampler("lanczos3"), 2, 6,
              {-0.083551168, 0.61121202, 2.4381504, 4.8827181, 9.6058655, 12.380531, 55.138603, 61.93906,
               75.293221, 86.341972, 102.59234, 111.4727}) < 1e-6);
  CHECK(error(resampler("lanczos5"), 2, 6,
              {-2.0925934, -1.0837296, -0.057959735, 2.2469156, 6.5508809, 9.4368401, 55.611919, 64.637497,
               76.633484, 88.426613, 103.70079, 114.60348}) < 1e-6);
  CHECK(error(resampler("gaussian"), 2, 6,
              {4.5078149, 5.878828, 8.3089676, 11.960242, 16.18189, 19.293028, 52.0555, 58.515045, 68.49688,
               80.438644, 92.211975, 100.41164}) < 1e-6);
  CHECK(error(resampler("mitchellcubic"), 2, 6,
              {3.0591643, 4.2594743, 6.6189518, 9.799613, 14.281755, 17.445852, 52.794991, 59.693474,
               70.985382, 82.471382, 95.885948, 104.74822}) < 1e-6);
  CHECK((resampler("hermite") == nullptr));
}

TEST_CASE("antialiasing smooths when shrinking") {
  CHECK(error(antialiased_resampler("bilinear"), 2, 2, {9.1428585, 18.571432, 56.285721, 81.428589}) < 1e-6);
  CHECK(error(antialiased_resampler("bicubic"), 2, 2, {5.7300835, 15.735959, 56.383419, 86.559357}) < 1e-6);
  CHECK(error(antialiased_resampler("lanczos3"), 2, 2, {3.6560545, 13.643378, 56.374538, 88.70961}) < 1e-6);
  CHECK((antialiased_resampler("hermite") == nullptr));
}

TEST_CASE("every method's weights sum to 1, and transposed they are the same weights") {
  for (const char* name :
       {"nearest", "bilinear", "bicubic", "area", "lanczos3", "lanczos5", "gaussian", "mitchellcubic"})
    for (const auto& find : {resampler, antialiased_resampler})
      for (const std::int64_t source : {1, 2, 5, 9})
        for (const std::int64_t target : {1, 3, 5, 20}) {
          CAPTURE(name);
          const Resampling r = find(name)(source, target), t = r.transposed();
          REQUIRE(r.target() == target);
          CHECK(t.source == target);
          CHECK(t.target() == source);
          CHECK(t.weights.size() == r.weights.size());
          for (std::size_t i = 0; i < static_cast<std::size_t>(target); ++i) {
            double sum = 0;
            for (auto k = static_cast<std::size_t>(r.starts[i]);
                 k < static_cast<std::size_t>(r.starts[i + 1]); ++k)
              sum += static_cast<double>(r.weights[k]);
            CHECK(sum == doctest::Approx(1.0).epsilon(1e-6));
          }
          const Resampling back = t.transposed();
          CHECK(back.from == r.from);
          CHECK(back.weights == r.weights);
        }
}

}  // namespace nv::test
