// A model as plain values: layers, and a graph of their calls. No computation.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "nv/core/shape.h"
#include "nv/core/tensor.h"
#include "nv/model/config.h"

namespace nv {

/// Access to the numbers of a weight, which stay in the file until read() is called. Implemented by the file
/// readers.
class WeightData {
 public:
  virtual ~WeightData() = default;
  /// Returns the numbers as float32. Throws Error(input) if the file is damaged or has changed.
  virtual Tensor read() const = 0;
  /// Whether read() copies plain float32 from the file, without unpacking or converting.
  virtual bool in_place() const { return true; }
  /// Runs the parts of read() in which a library may crash on a damaged file. Throws as read().
  virtual void check_readable() const {}
};

struct Weight {
  std::string name;   ///< as in the file: "conv1/kernel:0"
  Shape shape;        ///< as in the file
  std::string dtype;  ///< as in the file: "float32"
  std::shared_ptr<const WeightData> data;
};

/// A layer as the file describes it. The calls of a shared layer are several nodes with the same LayerSpec.
struct LayerSpec {
  std::string path;  ///< names joined by '/' in nested models
  std::string name;
  std::string kind;     ///< Keras's class name: "Conv2D"
  std::string package;  ///< registered name of a custom class, "my_package>MyLayer"; else ""
  Config config;
  bool trainable = true;
  std::vector<Weight> weights;  ///< in Keras's order; empty if the file has none

  /// Number of weights' elements.
  std::int64_t parameters() const;
};

/// The output of a node.
struct Value {
  int node = -1;  ///< index into Model::nodes
};

/// One output of one call of one layer. A layer with several outputs has consecutive nodes, one per output.
/// Nodes are in order of execution, as in Keras: by depth.
struct Node {
  /// The layer's path, with "#k" for the k-th further call of a shared layer, then "@j" for output j of a
  /// layer with several.
  std::string path;
  int layer = -1;  ///< index into Model::layers
  std::vector<Value> inputs;
  /// Arguments of the call: {"args": [...], "kwargs": {...}}, where {"__input__": k} stands for inputs[k]; an
  /// empty object if there are none but the inputs. Calls of a shared layer may differ.
  Config arguments;
  int output = 0;  ///< index of the output, j
};

/// An input or output of the whole model.
struct Port {
  std::string name;
  Value value;
};

/// The Keras that wrote the file: the meaning of some options depends on it.
struct Origin {
  int keras_major = 3;  ///< 1, 2 (tf.keras too) or 3
  std::string backend;  ///< "tensorflow", "theano"...; "" if not known
};

/// A model as read from a file. Copies share weights that are still in the file.
struct Model {
  std::string file;    ///< path as given to the reader
  std::string format;  ///< "h5", "keras", or "json" (an architecture alone), by content
  std::string keras_version;
  std::string name;
  std::string kind;  ///< "Sequential" or "Functional"
  Origin origin;
  std::vector<LayerSpec> layers;
  std::vector<Node> nodes;
  std::vector<Port> inputs, outputs;
  std::vector<std::string> notes;  ///< for the user: damaged weights, assumptions

  const LayerSpec& layer_of(const Node& node) const { return layers[static_cast<std::size_t>(node.layer)]; }
  const Node& node(const Value& v) const { return nodes[static_cast<std::size_t>(v.node)]; }
  std::int64_t parameters() const;
};

}  // namespace nv
