#include "nv/analysis/mutation/test_mutants.h"

#include <doctest/doctest.h>

#include "nv/analysis/mutation/mutate.h"
#include "nv/core/error.h"
#include "nv/core/file.h"
#include "nv/data/npz.h"
#include "nv/keras/reader.h"

namespace nv {

TEST_CASE("mutation testing: the same seed gives the same mutants, and their number is what was asked for") {
  const std::string folder = NV_FIXTURES "/sequential_lenet/";
  const Model model = open_model(folder + "model.h5");
  const Tensor input = NpzReader(read_file(folder + "input.npz"), "input.npz").read("0").as_float();
  const std::vector<std::vector<Tensor>> batches{{input}, {input}};
  Engine engine(model, {1});
  const MutationTally::Classes predicted = predicted_classes(engine, batches);
  CHECK(static_cast<std::int64_t>(predicted.size()) == 2 * input.shape()[0]);
  MutationTestOptions options{4, {"gaussian-fuzz"}, 7, {1}};
  int made = 0;
  const MutationScore score = test_mutants(model, options, batches, predicted, predicted, [&] { ++made; });
  CHECK(made == 4);
  REQUIRE(score.mutants.size() == 4);
  const MutationScore again = test_mutants(model, options, batches, predicted, predicted);
  CHECK(score.score == again.score);
  for (std::size_t i = 0; i < 4; ++i) {
    CHECK(score.mutants[i].mutation.op == "gaussian-fuzz");
    CHECK(score.mutants[i].mutation.seed == random_mutation(model, options.operators, 7 + i).seed);
    CHECK(score.mutants[i].changed == again.mutants[i].changed);
  }
  options.operators = {"no-such"};
  CHECK_THROWS_AS((void)test_mutants(model, options, batches, predicted, predicted), Error);
}

}  // namespace nv
