// Order in which Keras executes the calls of layers and lists the layers of a functional model.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace nv {

/// A graph of calls of layers. Calls and layers are numbered from 0.
class CallGraph {
 public:
  virtual ~CallGraph() = default;
  virtual int calls() const = 0;
  virtual int layer(int call) const = 0;
  virtual std::string layer_name(int call) const = 0;
  /// Number of inputs of a call; 0 for an input of the model.
  virtual std::size_t inputs(int call) const = 0;
  /// The call that makes the `k`-th input. Asked only for calls that an output depends on; may throw.
  virtual int input(int call, std::size_t k) const = 0;
  virtual std::size_t outputs() const = 0;
  /// The call that makes the `i`-th output of the model; may throw.
  virtual int output(std::size_t i) const = 0;
};

struct ExecutionOrder {
  std::vector<int> calls;   ///< in the order of execution
  std::vector<int> layers;  ///< in the order of Model.layers, which weights in files follow
};

/// Calls and layers that the outputs depend on, as Keras's Functional (map_graph) orders them: by depth,
/// which is the longest way to an output, the deepest first, with all inputs of the model at the deepest
/// level. Calls of equal depth are in the order in which depths were first assigned, layers in that in which
/// a depth-first walk from the outputs first enters them. A shared layer's calls are as deep as its deepest
/// one so far. Throws Error(input) if the graph has a cycle; Interrupted.
ExecutionOrder execution_order(const CallGraph& graph);

}  // namespace nv
