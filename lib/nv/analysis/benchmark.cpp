#include "nv/analysis/benchmark.h"

#include <algorithm>
#include <chrono>

namespace nv {

namespace {

using Clock = std::chrono::steady_clock;

double ms_since(Clock::time_point start) {
  return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::ranges::nth_element(values, middle);
  return *middle;
}

/// Calls `round` for `seconds`, and at least three times. Returns how often.
template <typename Round>
std::int64_t repeat(double seconds, const Round& round) {
  const Clock::time_point start = Clock::now();
  std::int64_t rounds = 0;
  while (rounds < 3 || ms_since(start) < 1000 * seconds) {
    round();
    ++rounds;
  }
  return rounds;
}

/// A gradient of ones at every output.
std::vector<Seed> seeds_of(const Model& model, const Trace& trace) {
  std::vector<Seed> seeds;
  for (const Port& port : model.outputs)
    seeds.push_back({port.value.node,
                     Tensor(trace.outputs[static_cast<std::size_t>(port.value.node)].shape(), 1.0F), false});
  return seeds;
}

std::vector<Tensor> inputs_of(const Node& node, const Trace& trace) {
  std::vector<Tensor> inputs;
  for (const Value& v : node.inputs) inputs.push_back(trace.outputs[static_cast<std::size_t>(v.node)]);
  return inputs;
}

}  // namespace

Benchmark benchmark(Engine& engine, std::span<const Tensor> inputs, const BenchmarkOptions& options) {
  const auto items = static_cast<double>(inputs[0].shape()[0]);
  const Model& model = engine.model();
  Trace trace = engine.forward(inputs);
  const std::vector<Seed> seeds = seeds_of(model, trace);
  if (options.gradient) (void)engine.gradient(trace, seeds);

  Benchmark result;
  std::vector<double> times;
  result.passes = repeat(options.seconds / 2, [&] {
    const Clock::time_point start = Clock::now();
    trace = engine.forward(inputs);
    if (options.gradient) (void)engine.gradient(trace, seeds);
    times.push_back(ms_since(start));
  });
  result.ms_per_input = median(times) / items;

  for (std::size_t i = 0; i < model.nodes.size(); ++i)
    if (!model.nodes[i].inputs.empty())
      result.layers.push_back({i, 0, engine.structure().nodes[i].macs.value_or(0)});
  std::vector<std::vector<double>> by_layer(result.layers.size());
  repeat(options.seconds / 2, [&] {
    for (std::size_t k = 0; k < result.layers.size(); ++k) {
      const std::size_t node = result.layers[k].node;
      const std::vector<Tensor> arguments = inputs_of(model.nodes[node], trace);
      const Clock::time_point start = Clock::now();
      (void)engine.run_layer(node, arguments);
      by_layer[k].push_back(ms_since(start));
    }
  });
  for (std::size_t k = 0; k < result.layers.size(); ++k) {
    result.layers[k].ms = median(by_layer[k]) / items;
    result.macs += result.layers[k].macs;
  }
  return result;
}

}  // namespace nv
