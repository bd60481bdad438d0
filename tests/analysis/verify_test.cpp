#include "nv/analysis/verify.h"

#include <doctest/doctest.h>

#include "nv/core/error.h"
#include "nv/core/file.h"
#include "nv/keras/reader.h"

namespace nv {

TEST_CASE("a trace against a reference: in order of execution, unknown layers last") {
  const std::string folder = NV_FIXTURES "/sequential_lenet/";
  Engine engine(open_model(folder + "model.h5"), {1});
  const NpzReader inputs(read_file(folder + "input.npz"), "input.npz");
  const std::vector<Tensor> batch = reference_inputs(engine.model(), inputs);
  REQUIRE(batch.size() == 1);
  const Trace trace = engine.forward(batch);
  const std::size_t last = trace.outputs.size() - 1;
  Tensor off = trace.outputs[1].clone();
  off[0] += 1000;
  const std::vector<std::pair<std::string, Tensor>> arrays{{"layer/none", off},
                                                           {"output/0", trace.outputs[last]},
                                                           {"layer/" + engine.model().nodes[1].path, off},
                                                           {"comment", off}};
  const std::vector<Deviation> found =
      deviations(engine.model(), trace, NpzReader(encode_npz(arrays), "reference.npz"));
  REQUIRE(found.size() == 3);
  CHECK(found[0].key == arrays[2].first);
  CHECK(found[0].beyond(0.1));
  CHECK(found[1].key == "output/0");
  CHECK_FALSE(found[1].beyond(0));
  CHECK(found[2].problem == "the model has no such layer");
}

TEST_CASE("inputs of a reference: a missing one is named") {
  const Model model = open_model(NV_FIXTURES "/sequential_lenet/model.h5");
  const std::pair<std::string, Tensor> array{"y", Tensor(Shape{1})};
  CHECK_THROWS_WITH_AS((void)reference_inputs(model, NpzReader(encode_npz({&array, 1}), "in.npz")),
                       "in.npz: has no input 0 of the model", Error);
}

}  // namespace nv
