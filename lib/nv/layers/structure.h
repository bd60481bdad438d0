// The structure of a model: shapes, cost and receptive field of each node, without weights or values.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "nv/layers/layer.h"
#include "nv/model/model.h"

namespace nv {

/// The part of the first model input that one position of a node's output depends on, by axis [height,
/// width].
struct ReceptiveField {
  std::array<std::int64_t, 2> size{1, 1};
  std::array<std::int64_t, 2> stride{1, 1};  ///< input pixels from one position to the next
  std::array<std::int64_t, 2> start{0, 0};  ///< first input pixel of position (0, 0); negative in the padding
};

struct NodeStructure {
  std::vector<Shape> inputs;
  std::optional<Shape> output;  ///< without batch axis; nullopt from a node on that nv cannot compute
  /// The layer as this node calls it; null if it is not supported. Shared by nodes of the same layer,
  /// arguments and output.
  std::shared_ptr<Layer> layer;
  std::optional<std::int64_t> macs;  ///< multiply-adds per item; nullopt if they depend on unknown sizes
  std::optional<ReceptiveField> field;
  bool channels_first = false;  ///< the output's first axis is that of the channels
  std::string problem;          ///< why the node cannot be computed, or ""
  bool unsupported = false;  ///< the problem is a limit of nv (Error(unsupported)), not an error of the file
  std::string hint;          ///< what to do about the problem, or ""
};

struct Structure {
  std::vector<NodeStructure> nodes;  ///< by Model::nodes
  std::vector<std::string> notes;    ///< weights that are missing or have another shape than expected

  /// Multiply-adds per item of the nodes whose cost is known.
  std::int64_t macs() const;
  /// Whether that is all nodes.
  bool macs_known() const;
};

/// Does not throw for any content of a model file: problems are stored per node.
Structure analyse(const Model& model);

/// Shape of one item that an InputLayer declares, with unknown axes; nullopt if it declares none.
std::optional<Shape> declared_shape(const LayerSpec& input_layer);

/// The weights that the node's layer expects; empty if the node cannot be computed.
std::vector<WeightSpec> expected_weights(const NodeStructure& node);

/// Number of weights of `spec` that gradient descent would change; moving statistics do not count.
std::int64_t trainable_parameters(const LayerSpec& spec, const std::vector<WeightSpec>& expected);

/// Whether all sizes are as expected; an unknown expected one fits any.
bool fits(const Shape& actual, const Shape& expected);

/// What is wrong with the weights of `spec`, as a sentence; "" if they are as expected.
std::string weight_problem(const LayerSpec& spec, const std::vector<WeightSpec>& expected);

/// A note if the values `numbers` of a weight hold NaN, else "".
std::string nan_note(const LayerSpec& spec, const Weight& weight, const Tensor& numbers);

}  // namespace nv
