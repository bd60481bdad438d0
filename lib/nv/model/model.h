// What a model file says, as plain values: a graph of calls of layers. Computes nothing.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "nv/core/shape.h"
#include "nv/core/tensor.h"
#include "nv/model/config.h"

namespace nv {

/// Where the numbers of a weight are. Implemented by the file readers; read only when somebody asks.
class WeightData {
 public:
  virtual ~WeightData() = default;
  /// The numbers as float32. Throws Error(input) where the file is damaged or has changed.
  virtual Tensor read() const = 0;
  /// Whether read() copies plain float32 from the file, without unpacking or converting anything.
  virtual bool in_place() const { return true; }
  /// Goes through those parts of read() in which a library may crash on a damaged file, and throws as it
  /// does.
  virtual void rehearse() const {}
};

struct Weight {
  std::string name;   ///< as in the file: "conv1/kernel:0"
  Shape shape;        ///< as in the file
  std::string dtype;  ///< as in the file: "float32"
  std::shared_ptr<const WeightData> data;
};

/// A layer as the file describes it; the calls of a shared layer are nodes with the same LayerSpec.
struct LayerSpec {
  std::string path;  ///< names joined by '/' in nested models
  std::string name;
  std::string kind;  ///< Keras's class name: "Conv2D"
  std::string
      package;  ///< where a class that is not Keras's own is registered: "my_package>MyLayer", else ""
  Config config;
  bool trainable = true;
  std::vector<Weight> weights;  ///< in Keras's order; empty where the file has none

  std::int64_t parameters() const;
};

/// What a node gives.
struct Value {
  int node = -1;
};

/// One output of one call of one layer: a layer with several has a node for each, one behind the other.
/// Inputs come before the nodes that use them, so the order of nodes is one of execution (Keras's own: by
/// depth).
struct Node {
  /// The layer's path, with "#k" on the k-th further call of a shared layer, and then "@j" on every output of
  /// a layer with several.
  std::string path;
  int layer = -1;  ///< index into Model::layers
  std::vector<Value> inputs;
  /// What the layer is called with: {"args": [...], "kwargs": {...}}, where {"__input__": k} stands for
  /// inputs[k]; an empty object where that is the inputs alone. Calls of one layer can differ here.
  Config arguments;
  int output = 0;  ///< j
};

/// An input or output of the whole model.
struct Port {
  std::string name;
  Value value;
};

/// What the meaning of an option can depend on.
struct Origin {
  int keras_major = 3;  ///< 1, 2 (tf.keras too) or 3
  std::string backend;  ///< "tensorflow", "theano"...; "" where the file does not say
};

/// Immutable after load, cheap to copy where weights are not read.
struct Model {
  std::string file;    ///< as it was given
  std::string format;  ///< "h5", "keras", or "json" (an architecture alone), by content
  std::string keras_version;
  std::string name;
  std::string kind;  ///< "Sequential" or "Functional"
  Origin origin;
  std::vector<LayerSpec> layers;
  std::vector<Node> nodes;
  std::vector<Port> inputs, outputs;
  std::vector<std::string> notes;  ///< what a user should know: damaged weights, a guess that was made

  const LayerSpec& layer_of(const Node& node) const { return layers[static_cast<std::size_t>(node.layer)]; }
  const Node& node(const Value& v) const { return nodes[static_cast<std::size_t>(v.node)]; }
  std::int64_t parameters() const;
};

}  // namespace nv
