// A forward pass with every layer's output kept, by model, threads and batch.
#include <benchmark/benchmark.h>

#include <string>
#include <vector>

#include "nv/engine/engine.h"
#include "nv/keras/reader.h"

namespace {

/// state.range: threads, images at once. Time is for one batch; items are images.
void forward(benchmark::State& state, const std::string& model) {
  nv::EngineOptions options;
  options.threads = static_cast<int>(state.range(0));
  nv::Engine engine(nv::open_model(std::string(NV_EXAMPLES) + "/models/" + model), options);
  std::vector<nv::Tensor> inputs;
  for (const nv::Port& port : engine.model().inputs) {
    const auto node = static_cast<std::size_t>(port.value.node);
    inputs.emplace_back(engine.structure().nodes[node].output->batched(state.range(1)), 0.5F);
  }
  for (auto _ : state) benchmark::DoNotOptimize(engine.forward(inputs));
  state.SetItemsProcessed(state.iterations() * state.range(1));
}

BENCHMARK_CAPTURE(forward, lenet5, "lenet5-mnist.h5")
    ->Args({1, 1})
    ->Args({1, 32})
    ->Args({2, 32})
    ->UseRealTime();
BENCHMARK_CAPTURE(forward, vgg12, "vgg12-cifar10.h5")
    ->Args({1, 1})
    ->Args({2, 1})
    ->Args({2, 32})
    ->UseRealTime();

}  // namespace
