// Neuron coverage: which neurons a set of inputs activates.
#pragma once

#include <cstdint>
#include <vector>

#include "nv/engine/engine.h"

namespace nv {

/// A channel of a layer's output, or a unit of a vector.
struct Neuron {
  std::size_t node = 0;
  std::int64_t channel = 0;
};

/// As in DeepXplore (Pei 2017): an input covers a neuron if the neuron's mean over all positions exceeds the
/// threshold, after the layer's output for that input was scaled to 0..1. All layers but inputs and Flatten
/// have neurons.
class NeuronCoverage {
 public:
  NeuronCoverage(const Model& model, const Structure& structure, double threshold);

  /// Adds every item of a trace that holds every node.
  void add(const Trace& trace);

  std::int64_t neurons() const { return neurons_; }
  std::int64_t covered() const { return covered_; }
  /// Share of the neurons that are covered; NaN for a model without neurons.
  double share() const { return static_cast<double>(covered_) / static_cast<double>(neurons_); }
  /// The neurons that are not covered; all of them if every one is.
  std::vector<Neuron> to_cover() const;

 private:
  struct Layer {
    std::size_t node;
    bool channels_first;
    std::vector<bool> covered;  ///< by channel
  };
  void add(Layer& layer, const Tensor& item);

  std::vector<Layer> layers_;
  double threshold_;
  std::int64_t neurons_ = 0, covered_ = 0;
};

}  // namespace nv
