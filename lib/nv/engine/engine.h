// Running a model: forward passes and gradients.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <vector>

#include "nv/core/accuracy.h"
#include "nv/core/parallel.h"
#include "nv/engine/plan.h"
#include "nv/layers/structure.h"
#include "nv/model/model.h"

namespace nv {

struct EngineOptions {
  int threads = 0;     ///< including the calling one; 0: ThreadPool::default_threads()
  bool exact = false;  ///< Accuracy::exact
  /// A model whose file has no weights is described; its passes throw.
  bool without_weights = false;
};

/// The output of each node, in the order of Model::nodes, batch first. Nodes that were not kept are empty.
struct Trace {
  std::vector<Tensor> outputs;
};

/// Where back-propagation begins: the gradient of a scalar to a node's output.
struct Seed {
  int node = -1;
  Tensor gradient;                 ///< of the output's shape, batch first
  bool before_activation = false;  ///< to the input of the layer's activation function (an ActivatedLayer)
};

/// Another rule for a backward pass than the vjp (guided backpropagation, relevance propagation). Returns
/// what is passed to the node's inputs for `d`, which arrived at its output; nullopt to take the vjp. Tensors
/// are batch first.
using BackwardRule = std::function<std::optional<std::vector<Tensor>>(
    std::size_t node, std::span<const Tensor> inputs, const Tensor& output, const Tensor& d,
    Context& context)>;

/// Parts of a node's output that are replaced by zeros.
struct Frozen {
  std::size_t node = 0;
  std::vector<std::int64_t> channels;    ///< indices along the last axis, or the first if channels are first
  std::vector<std::int64_t> units = {};  ///< single numbers, by their index in an item in C order
};

/// Throws Error(usage), naming the layer, for a channel that the node does not have.
void check_channels(const Model& model, const Structure& structure, const Frozen& frozen);
/// Throws that error for a node with `channels` channels.
[[noreturn]] void throw_no_channel(const Model& model, std::size_t node, std::int64_t channel,
                                   std::int64_t channels);

/// Runs a model. Weights are read when a node first needs them, so an Engine must not be used by several
/// threads at once before load(). The environment variable NV_ISA (baseline, v3, v4) chooses the instruction
/// set of the kernels, once per process; any other value is an Error(usage) at the first pass.
class Engine {
 public:
  /// Throws Error(input) for a model whose file has no weights, unless options say otherwise, Error(usage)
  /// for a wrong NV_THREADS.
  explicit Engine(Model model, const EngineOptions& options = {});
  ~Engine();
  Engine(Engine&&) noexcept;
  Engine& operator=(Engine&&) noexcept;

  const Model& model() const { return model_; }
  const Structure& structure() const { return structure_; }
  ThreadPool& pool() { return *pool_; }
  /// For the user: weights read so far that hold NaN.
  const std::vector<std::string>& notes() const { return notes_; }

  /// Reads all weights. After that, forward, gradient, before_activation and run_layer may be called from
  /// several threads at once. Throws Error(input) for weights that are missing or of the wrong shape.
  void load();

  /// Runs a batch. `inputs` are in the order of Model::inputs, batch first. Keeps the outputs of nodes for
  /// which `keep` is true (all if it is empty), computes only what they depend on, by an ExecutionPlan that
  /// is made once for inputs of a shape, and frees or overwrites other outputs after their last use. Throws
  /// Error, beginning with the file and the layer: input for weights and inputs that are missing or of the
  /// wrong shape, unsupported for layers that nv cannot compute.
  Trace forward(std::span<const Tensor> inputs, const std::vector<bool>& keep = {});

  /// Largest number of floats that a forward pass over one item holds at once, for inputs of these shapes (no
  /// batch axis). `keep` as in forward. Nodes after a layer that cannot take such inputs are not counted.
  std::int64_t numbers_held(std::span<const Shape> inputs, const std::vector<bool>& keep = {}) const;

  /// Replaces parts of outputs by zeros in all later passes (Algorithm 1 of NeuralVis: a trace holds the
  /// zeroed maps); an empty list ends that. Throws as check_channels.
  void freeze(std::vector<Frozen> frozen);
  /// Frozen channels of the node, ascending.
  std::vector<std::int64_t> frozen_channels(std::size_t node) const;

  /// Returns what forward would return for the inputs of `base` if `frozen` were frozen as well. `base` holds
  /// all nodes; only layers that depend on `frozen` are run again. `keep` as in forward.
  Trace forward_from(const Trace& base, std::span<const Frozen> frozen, const std::vector<bool>& keep);

  /// Runs the layer of one node on the given inputs, batch first; its frozen parts are zero.
  Tensor run_layer(std::size_t node, std::span<const Tensor> inputs);

  /// Returns the gradients of the sum of the seeds' scalars to the model's inputs, in the order of
  /// Model::inputs; zeros for an input that has no influence. `trace` must hold all nodes (forward without
  /// `keep`). Throws Error(unsupported), naming the layer, for a kind without a gradient.
  std::vector<Tensor> gradient(const Trace& trace, std::span<const Seed> seeds);

  /// The gradients of the sum of the seeds' scalars to the outputs of `nodes`, in that order; zeros where
  /// there is no influence. With a `rule`: what arrives there by it (a seed before an activation function
  /// begins with the vjp). Layers that depend on none of the nodes are left out. `trace` and errors as for
  /// gradient.
  std::vector<Tensor> backward(const Trace& trace, std::span<const Seed> seeds,
                               std::span<const std::size_t> nodes, const BackwardRule& rule = {});

  /// Input of the activation function of an ActivatedLayer. `trace` must hold the node's inputs.
  Tensor before_activation(const Trace& trace, int node);

 private:
  struct Plans;
  /// The plan for inputs of these shapes; made once.
  std::shared_ptr<const ExecutionPlan> plan(std::span<const Shape> inputs,
                                            const std::vector<bool>& keep) const;
  void forget_plans();
  void check(std::span<const Tensor> inputs) const;
  void prepare(std::size_t node);
  void check_sizes(std::size_t node, std::span<const Shape> inputs) const;
  /// run_layer after prepare.
  Tensor run_node(std::size_t node, std::span<const Tensor> inputs, Followers* followers = nullptr);
  void run_step(const ExecutionPlan& plan, const PlanStep& step, std::vector<Tensor>& outputs);
  /// `output` with zeros in the frozen parts of the node; a copy if there are any.
  Tensor without_frozen(std::size_t node, const Tensor& output) const;
  Tensor zeroed(const Frozen& frozen, const Tensor& output) const;
  std::vector<Tensor> inputs_of(std::size_t node, const std::vector<Tensor>& outputs) const;
  const ActivatedLayer& activated(std::size_t node) const;

  Model model_;
  Structure structure_;
  std::vector<Frozen> frozen_;
  std::set<const Layer*> loaded_;  // their weights are read
  std::vector<std::string> notes_;
  Accuracy accuracy_;
  std::unique_ptr<ThreadPool> pool_;
  std::unique_ptr<Plans> plans_;
};

}  // namespace nv
