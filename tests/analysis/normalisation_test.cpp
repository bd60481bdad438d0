#include "nv/analysis/normalisation.h"

#include <doctest/doctest.h>

#include <cmath>

#include "keras/support.h"
#include "layers/support.h"
#include "nv/model/held_weight.h"

namespace nv::test {

namespace {

/// A batch normalisation of images of 3 x 4 x 2.
Model normalising(const std::string& options) {
  Model m = graph(R"({"class_name": "Sequential", "config": {"name": "s", "layers": [
      {"class_name": "InputLayer", "config": {"name": "x", "batch_shape": [null, 3, 4, 2]}},
      {"class_name": "BatchNormalization", "config": {"name": "bn", )" +
                  options + "}}]}}");
  std::uint32_t seed = 1;
  for (const WeightSpec& w : expected_weights(analyse(m).nodes[1])) {
    Tensor numbers = noise(w.shape, seed++);
    if (w.name == "moving_variance")
      for (float& x : numbers.values()) x = std::abs(x) + 0.5F;
    m.layers[1].weights.push_back({w.name, w.shape, "float32", std::make_shared<HeldWeight>(numbers)});
  }
  return m;
}

}  // namespace

TEST_CASE("every value of a batch normalisation is what its numbers give, along any axis") {
  for (const std::string options : {R"("axis": -1, "epsilon": 0.01)", R"("axis": 1, "scale": false)",
                                    R"("axis": [2], "center": false)"}) {
    CAPTURE(options);
    Engine engine(normalising(options), {1, false});
    const Tensor x = noise(Shape{1, 3, 4, 2}, 9);
    const Trace trace = engine.forward(std::vector{x});
    REQUIRE(is_normalisation(engine.model(), engine.structure(), 1));
    for (std::int64_t i = 0; i < x.size(); ++i) {
      const Normalisation n = normalisation(engine, trace, 1, i);
      CHECK(n.value == trace.outputs[1][i]);
      CHECK(n.input == x[i]);
      const double value = static_cast<double>(n.gamma) *
                               (static_cast<double>(n.input) - static_cast<double>(n.mean)) /
                               std::sqrt(static_cast<double>(n.variance) + n.epsilon) +
                           static_cast<double>(n.beta);
      CHECK(value == doctest::Approx(static_cast<double>(n.value)).epsilon(1e-5));
    }
    CHECK(complaint([&] { (void)normalisation(engine, trace, 1, 24); }) == "usage: layer bn has no value 24");
    CHECK(complaint([&] { (void)normalisation(engine, trace, 0, 0); }) ==
          "usage: layer x is no batch normalisation");
  }
}

}  // namespace nv::test
