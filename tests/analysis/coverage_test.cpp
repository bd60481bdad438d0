// Neuron coverage: what counts as a neuron, and when it is covered.
#include <doctest/doctest.h>

#include "analysis/attacks/support.h"
#include "nv/analysis/coverage.h"

namespace nv::test {

namespace {

NeuronCoverage coverage_of(Engine& engine, double threshold, std::size_t count) {
  attacks::Oracle oracle(engine);
  NeuronCoverage coverage(engine.model(), engine.structure(), threshold);
  for (const attacks::AttackTask& v : digits(oracle, count)) {
    const attacks::Point* const point = &v.original;
    coverage.add(oracle.trace({&point, 1}, v.layout));
  }
  return coverage;
}

}  // namespace

TEST_CASE("neurons are the channels and units of all layers but the input and Flatten") {
  Engine engine = lenet();
  std::int64_t expected = 0;
  for (std::size_t n = 0; n < engine.model().nodes.size(); ++n) {
    const std::string& kind = engine.model().layer_of(engine.model().nodes[n]).kind;
    if (kind != "InputLayer" && kind != "Flatten") expected += engine.structure().nodes[n].output->back();
  }
  const NeuronCoverage none = coverage_of(engine, 0, 0);
  CHECK(none.neurons() == expected);
  CHECK(none.covered() == 0);
  CHECK(static_cast<std::int64_t>(none.to_cover().size()) == expected);
}

TEST_CASE("more inputs cover more, a higher threshold less, and nothing is above 1") {
  Engine engine = lenet();
  const NeuronCoverage one = coverage_of(engine, 0.25, 1), ten = coverage_of(engine, 0.25, 10);
  CHECK(one.covered() > 0);
  CHECK(ten.covered() > one.covered());
  CHECK(coverage_of(engine, 0.5, 10).covered() < ten.covered());
  CHECK(coverage_of(engine, 1, 10).covered() == 0);
  CHECK(static_cast<std::int64_t>(ten.to_cover().size()) == ten.neurons() - ten.covered());
}

TEST_CASE("the smallest of a layer's values is not above 0, and a layer of equal values covers nothing") {
  Engine engine = lenet();
  NeuronCoverage coverage(engine.model(), engine.structure(), 0);
  Trace trace;
  for (const NodeStructure& node : engine.structure().nodes)
    trace.outputs.emplace_back(node.output->batched(1), 3.0F);
  coverage.add(trace);
  CHECK(coverage.covered() == 0);
  Tensor& last = trace.outputs.back();
  last = Tensor(last.shape(), 3.0F);
  last[4] = 2;
  coverage.add(trace);
  CHECK(coverage.covered() == last.size() - 1);
}

}  // namespace nv::test
