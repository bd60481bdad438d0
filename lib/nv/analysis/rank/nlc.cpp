// Neural coverage (Yuan, ICSE 2023): how much activations vary over a set, and how differently.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "nv/analysis/rank/covariance_sums.h"
#include "nv/analysis/rank/set_metric.h"
#include "nv/analysis/statistics.h"
#include "nv/core/memory.h"

namespace nv::rank {

namespace {

/// A layer's neurons: channels by their mean over positions, or the units of a vector.
struct NeuronLayer {
  std::size_t node;
  std::int64_t neurons;
  bool channels_first;
  CovarianceSums sums;

  void add(const Tensor& item) {
    std::vector<double> row(static_cast<std::size_t>(neurons), 0);
    const std::int64_t positions = item.size() / neurons;
    for (std::int64_t c = 0; c < neurons; ++c)
      for (std::int64_t p = 0; p < positions; ++p)
        row[static_cast<std::size_t>(c)] +=
            static_cast<double>(item[channels_first ? c * positions + p : p * neurons + c]) /
            static_cast<double>(positions);
    if (std::ranges::all_of(row, [](double v) { return std::isfinite(v); })) sums.add(row);
  }
};

/// The sum over layers of the sum of the absolute values of the covariance matrix, as the authors' code
/// computes it for a set that is added at once.
class NeuralCoverage final : public SetMeasure {
 public:
  explicit NeuralCoverage(const Setup& setup) {
    std::uint64_t bytes = 0;
    for (const UnitLayer& layer : units_of(setup.engine, setup.layers).layers) {
      const NodeStructure& node = setup.engine.structure().nodes[layer.node];
      const std::int64_t neurons = channel_count(*node.output, node.channels_first);
      bytes += CovarianceSums::bytes(neurons);
      check_memory(bytes, fmt::format("{}: covariances of the layers", setup.engine.model().file));
      layers_.push_back(
          {layer.node, neurons, node.channels_first && node.output->rank() > 1, CovarianceSums(neurons)});
    }
  }

  void keep(std::vector<bool>& nodes) const override {
    for (const NeuronLayer& layer : layers_) nodes[layer.node] = true;
  }
  void add(const Pass& pass) override {
    pass.pool.for_each(std::ssize(layers_), [&](std::int64_t l) {
      NeuronLayer& layer = layers_[static_cast<std::size_t>(l)];
      for (std::int64_t i = 0; i < pass.inputs; ++i) layer.add(pass.trace.outputs[layer.node].item(i));
    });
  }
  double value() override {
    double sum = 0;
    for (NeuronLayer& layer : layers_)
      if (layer.sums.rows() > 0)
        for (const double c : layer.sums.covariance()) sum += std::abs(c);
    return sum;
  }

 private:
  std::vector<NeuronLayer> layers_;
};

}  // namespace

SetMetric nlc() {
  return {"nlc", "sum of the absolute covariances of the neurons of each layer", "Yuan 2023 (NLC)",
          [](const Setup& setup) { return std::make_unique<NeuralCoverage>(setup); }};
}

}  // namespace nv::rank
