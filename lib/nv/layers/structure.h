// What a model's graph means without its numbers: shapes, cost and receptive field of every node.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "nv/layers/layer.h"
#include "nv/model/model.h"

namespace nv {

/// The part of the (first) model input that one position of a layer's output depends on, by axis [height,
/// width].
struct ReceptiveField {
  std::array<std::int64_t, 2> size{1, 1};
  std::array<std::int64_t, 2> stride{1, 1};  ///< input pixels from one position to the next
  std::array<std::int64_t, 2> start{
      0, 0};  ///< first input pixel of position (0, 0); negative where padding is seen
};

struct NodeStructure {
  std::vector<Shape> inputs;
  std::optional<Shape> output;  ///< no batch axis; nullopt at and behind a node that nv cannot compute
  /// The layer as this node calls it; null where it is not supported. Nodes of one layer, the same
  /// arguments and output share it.
  std::shared_ptr<Layer> layer;
  /// Multiply-adds for one item; nullopt where they depend on sizes that are open, or nv does not know the
  /// layer.
  std::optional<std::int64_t> macs;
  std::optional<ReceptiveField> field;
  bool channels_first = false;  ///< the output's channels are its first axis
  std::string problem;          ///< why the node cannot be computed, "" where it can
  bool unsupported =
      false;  ///< nv cannot compute it (ErrorKind::unsupported), else the file is wrong (input)
  std::string hint;
};

struct Structure {
  std::vector<NodeStructure> nodes;  ///< by Model::nodes
  std::vector<std::string> notes;    ///< weights that are missing or misshapen

  /// Multiply-adds of the layers that are known: all of them where `macs_known`, else so many at least.
  std::int64_t macs() const;
  bool macs_known() const;
};

/// Never throws for what a model file can hold: problems are told by node.
Structure analyse(const Model& model);

/// Shape of one item that an InputLayer declares, with unknown axes; nullopt where it does not say.
std::optional<Shape> declared_shape(const LayerSpec& input_layer);

/// The weights that the layer of a node expects; none where the node cannot be computed, or one before it.
std::vector<WeightSpec> due_weights(const NodeStructure& node);

/// Weights of `spec` that gradient descent would change (moving statistics are not among them).
std::int64_t trainable_parameters(const LayerSpec& spec, const std::vector<WeightSpec>& expected);

/// Whether sizes are as expected; an unknown axis fits any.
bool fits(const Shape& actual, const Shape& expected);

/// What is wrong with the weights of `spec` against what its layer expects, as a sentence; "" where they fit.
std::string weight_problem(const LayerSpec& spec, const std::vector<WeightSpec>& expected);

/// What a user should know of a weight whose numbers were read: that it holds NaN; "" where it does not.
std::string nan_note(const LayerSpec& spec, const Weight& weight, const Tensor& numbers);

}  // namespace nv
