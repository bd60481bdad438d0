#include "nv/analysis/compare.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "nv/analysis/gate.h"
#include "nv/core/file.h"
#include "nv/data/npz.h"
#include "nv/keras/reader.h"

namespace nv {
namespace {

LayerDifference layer(const std::string& path, double relative_l2, std::optional<double> ssim = {}) {
  LayerDifference d;
  d.path = path;
  d.values.relative_l2 = relative_l2;
  d.values.ssim = ssim;
  return d;
}

}  // namespace

TEST_CASE("a gate is kept at its bound and broken by NaN, from either side") {
  const Gate gate{"accuracy", 0.5};
  CHECK(is_at_least(0.5, gate));
  CHECK_FALSE(is_at_least(0.49, gate));
  CHECK_FALSE(is_at_least(NAN, gate));
  CHECK(is_at_most(0.5, gate));
  CHECK_FALSE(is_at_most(0.51, gate));
  CHECK_FALSE(is_at_most(NAN, gate));
}

TEST_CASE("the first layer above a bound is found gate by gate, a missing SSIM breaks none") {
  const std::vector<LayerDifference> layers{layer("a", 0.1), layer("b", 0.3, 0.9), layer("c", NAN, 0.2)};
  CHECK_FALSE(first_above(std::vector<Gate>{}, layers));
  const auto first = first_above(std::vector<Gate>{{"relative_l2", 0.2}}, layers);
  REQUIRE(first);
  CHECK(first->layer->path == "b");
  CHECK(first->value == 0.3);
  const auto nan = first_above(std::vector<Gate>{{"relative_l2", 1}}, layers);
  REQUIRE(nan);
  CHECK(nan->layer->path == "c");
  CHECK(std::isnan(nan->value));
  const auto ssim = first_above(std::vector<Gate>{{"ssim", 0.5}, {"relative_l2", 0}}, layers);
  REQUIRE(ssim);
  CHECK(ssim->layer->path == "b");
  CHECK_FALSE(first_above(std::vector<Gate>{{"ssim", 0.95}}, layers));
}

TEST_CASE("the largest difference of each layer over several pairs, NaN is the largest of all") {
  std::vector<LayerDifference> largest;
  keep_largest(largest, {layer("a", 0.1), layer("b", 0.5), layer("c", 0.1)});
  keep_largest(largest, {layer("a", 0.2), layer("b", 0.4), layer("c", NAN)});
  keep_largest(largest, {layer("a", 0.15), layer("b", 0.5), layer("c", 7)});
  CHECK(largest[0].values.relative_l2 == 0.2);
  CHECK(largest[1].values.relative_l2 == 0.5);
  CHECK(std::isnan(largest[2].values.relative_l2));
}

TEST_CASE("the prediction of one side is that of its item") {
  const std::string folder = NV_FIXTURES "/sequential_lenet/";
  Engine engine(open_model(folder + "model.h5"), {1});
  const Tensor input = NpzReader(read_file(folder + "input.npz"), "input.npz").read("0").as_float();
  const Trace trace = engine.forward({&input, 1});
  const std::vector<OutputKind> outputs = output_kinds(engine.model(), engine.structure());
  const auto p = prediction_of({engine, trace, 0}, outputs, {});
  REQUIRE(p);
  CHECK(p->index == predicted_classes(trace.outputs.back(), outputs[0].activation)[0]);
  CHECK_FALSE(prediction_of({engine, trace, 0}, {}, {}));
}

}  // namespace nv
