#include "nv/keras/graph/execution_order.h"

#include <algorithm>
#include <functional>
#include <utility>

#include "nv/core/error.h"
#include "nv/core/interrupt.h"
#include "nv/core/text.h"

namespace nv {

namespace {

class Ordering {
 public:
  explicit Ordering(const CallGraph& graph) : graph_(graph), calls_(static_cast<std::size_t>(graph.calls())) {
    int layers = 0;
    for (int c = 0; c < graph.calls(); ++c) layers = std::max(layers, graph.layer(c) + 1);
    layers_.resize(static_cast<std::size_t>(layers));
  }

  ExecutionOrder run() {
    for (std::size_t i = 0; i < graph_.outputs(); ++i) walk(graph_.output(i));
    assign_depths();
    const auto deepest_first = [](std::vector<int>& order, const auto& depth) {
      std::ranges::stable_sort(order, std::greater<>(), depth);
    };
    deepest_first(order_.calls, [&](int c) { return call(c).depth; });
    deepest_first(order_.layers, [&](int l) { return layers_[static_cast<std::size_t>(l)].depth; });
    return std::move(order_);
  }

 private:
  enum class Visit : char { none, open, done };
  struct Call {
    Visit visit = Visit::none;
    bool listed = false;
    int depth = 0;
  };
  struct Layer {
    bool listed = false;
    int depth = 0;
  };

  Call& call(int c) { return calls_[static_cast<std::size_t>(c)]; }
  Layer& layer_of(int c) { return layers_[static_cast<std::size_t>(graph_.layer(c))]; }

  /// Depth-first from an output, inputs before the calls that use them; without recursion, for models of any
  /// depth.
  void walk(int from) {
    struct Step {
      int call;
      std::size_t next_input = 0;
    };
    std::vector<Step> stack;
    const auto enter = [&](int c) {
      if (call(c).visit == Visit::open)
        throw_input("the model's graph has a cycle through layer '{}'",
                    shortened(one_line(graph_.layer_name(c)), 60));
      if (call(c).visit == Visit::done) return;
      call(c).visit = Visit::open;
      if (!std::exchange(layer_of(c).listed, true)) order_.layers.push_back(graph_.layer(c));
      stack.push_back({c});
    };
    enter(from);
    while (!stack.empty()) {
      check_interrupt();
      Step& step = stack.back();
      if (step.next_input < graph_.inputs(step.call)) {
        enter(graph_.input(step.call, step.next_input++));
      } else {
        call(step.call).visit = Visit::done;
        finished_.push_back(step.call);
        stack.pop_back();
      }
    }
  }

  void at_least(int c, int depth) {
    if (!std::exchange(call(c).listed, true)) order_.calls.push_back(c);
    call(c).depth = std::max(call(c).depth, depth);
  }

  void assign_depths() {
    for (auto c = finished_.rbegin(); c != finished_.rend(); ++c) {
      at_least(*c, layer_of(*c).depth);
      const int depth = layer_of(*c).depth = call(*c).depth;
      for (std::size_t k = 0; k < graph_.inputs(*c); ++k) at_least(graph_.input(*c, k), depth + 1);
    }
    int deepest = 0;
    for (const int c : finished_) deepest = std::max(deepest, call(c).depth);
    for (const int c : finished_)
      if (graph_.inputs(c) == 0) call(c).depth = layer_of(c).depth = deepest;
  }

  const CallGraph& graph_;
  std::vector<Call> calls_;
  std::vector<Layer> layers_;
  std::vector<int> finished_;  // calls, inputs before users
  ExecutionOrder order_;
};

}  // namespace

ExecutionOrder execution_order(const CallGraph& graph) {
  return Ordering(graph).run();
}

}  // namespace nv
