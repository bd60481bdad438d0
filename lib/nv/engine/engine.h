// Runs a model.
#pragma once

#include <memory>
#include <set>
#include <span>
#include <vector>

#include "nv/core/parallel.h"
#include "nv/layers/structure.h"
#include "nv/model/model.h"

namespace nv {

struct EngineOptions {
  int threads = 0;  ///< 0: ThreadPool::default_threads()
};

/// Every kept node's output, in the order of Model::nodes; batch first. A node that was not asked for is
/// empty.
struct Trace {
  std::vector<Tensor> outputs;
};

/// A scalar of a node's output, by its gradient to that output; before the layer's own activation where
/// `before_activation` (the layer is an ActivatedLayer).
struct Seed {
  int node = -1;
  Tensor gradient;
  bool before_activation = false;
};

/// What is taken out of a node's output: it hands on zeros there, whatever it computes.
struct Frozen {
  std::size_t node = 0;
  std::vector<std::int64_t> channels;  ///< of the output: its last axis, its first where channels come first
  std::vector<std::int64_t> units = {};  ///< single numbers, by their place in an item in C order
};

/// Throws Error(usage), naming the layer, for a channel that the node does not have.
void check_channels(const Model& model, const Structure& structure, const Frozen& frozen);
/// The same error for a node of so many channels.
[[noreturn]] void throw_no_channel(const Model& model, std::size_t node, std::int64_t channel,
                                   std::int64_t channels);

/// A model made ready to run. Weights are read when a node first needs them, and so it is not for use from
/// several threads at once; after `load`, passes are.
class Engine {
 public:
  /// Throws Error(input) for a model without weights (MissingWeight).
  explicit Engine(Model model, const EngineOptions& options = {});

  const Model& model() const { return model_; }
  const Structure& structure() const { return structure_; }
  ThreadPool& pool() { return *pool_; }
  /// What a user should know of the weights read so far: those that hold NaN.
  const std::vector<std::string>& notes() const { return notes_; }

  /// Reads all weights: from here on forward, gradient, before_activation and run_layer may be called from
  /// several threads at once. Throws Error(input) for misshapen or missing weights, as forward would.
  void load();

  /// Runs a batch. `inputs` in the order of Model::inputs, each batch first. Keeps the outputs of nodes for
  /// which `keep` is true (all where it is empty); computes only what they depend on, and frees what nobody
  /// needs any more. Throws Error, beginning with the file and the layer: input for misshapen or missing
  /// weights and inputs, unsupported for layers that nv cannot compute.
  Trace forward(std::span<const Tensor> inputs, const std::vector<bool>& keep = {});

  /// Numbers that a pass over one item holds at once, for inputs of these shapes (no batch axis): what is
  /// kept (all where `keep` is empty) and what is still to be used. Those behind a layer that cannot take
  /// them are left out.
  std::int64_t numbers_held(std::span<const Shape> inputs, const std::vector<bool>& keep = {}) const;

  /// Takes channels out in every pass from here on (Algorithm 1 of NeuralVis: a trace holds the zeroed maps);
  /// none frees all. Throws as check_channels.
  void freeze(std::vector<Frozen> frozen);
  /// Channels of the node's output that are taken out, ascending.
  std::vector<std::int64_t> frozen_channels(std::size_t node) const;

  /// What forward would give with `frozen` taken out too, for the inputs that gave `base` (which holds every
  /// node): only layers behind those are run again. Keeps nodes as forward does.
  Trace forward_from(const Trace& base, std::span<const Frozen> frozen, const std::vector<bool>& keep);

  /// What the layer of one node makes of inputs that are given to it alone, batch first; what is frozen of it
  /// is zero.
  Tensor run_layer(std::size_t node, std::span<const Tensor> inputs);

  /// The gradients of the sum of the seeds' scalars to the model's inputs, in the order of Model::inputs;
  /// zeros where an input has no part in them. `trace` must hold every node (forward without `keep`). Throws
  /// Error(unsupported), naming the layer, for a kind without a gradient.
  std::vector<Tensor> gradient(const Trace& trace, std::span<const Seed> seeds);

  /// What goes into the activation of an ActivatedLayer, of a trace that holds its inputs.
  Tensor before_activation(const Trace& trace, int node);

 private:
  std::vector<bool> needed(const std::vector<bool>& keep) const;
  void check(std::span<const Tensor> inputs) const;
  void prepare(std::size_t node);
  void check_sizes(std::size_t node, std::span<const Tensor> inputs) const;
  /// run_layer of a node that is prepared.
  Tensor run_node(std::size_t node, std::span<const Tensor> inputs);
  /// `output` with zeros in what is frozen of the node, a copy where there is something.
  Tensor without_frozen(std::size_t node, const Tensor& output) const;
  Tensor zeroed(const Frozen& frozen, const Tensor& output) const;
  std::vector<Tensor> inputs_of(std::size_t node, const std::vector<Tensor>& outputs) const;
  const ActivatedLayer& activated(std::size_t node) const;

  Model model_;
  Structure structure_;
  std::vector<Frozen> frozen_;
  std::set<const Layer*> loaded_;  // those that have their weights
  std::vector<std::string> notes_;
  std::unique_ptr<ThreadPool> pool_;
};

}  // namespace nv
