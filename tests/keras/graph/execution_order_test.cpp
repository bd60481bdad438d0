#include "nv/keras/graph/execution_order.h"

#include <doctest/doctest.h>

#include "keras/support.h"

namespace nv::test {

namespace {

/// Calls by the calls that are their inputs; `layers` by call, by default one layer per call.
class Graph final : public CallGraph {
 public:
  Graph(std::vector<std::vector<int>> inputs, std::vector<int> outputs, std::vector<int> layers = {})
      : inputs_(std::move(inputs)), outputs_(std::move(outputs)), layers_(std::move(layers)) {}

  int calls() const override { return static_cast<int>(inputs_.size()); }
  int layer(int call) const override { return layers_.empty() ? call : layers_[at(call)]; }
  std::string layer_name(int call) const override { return fmt::format("l{}", layer(call)); }
  std::size_t inputs(int call) const override { return inputs_[at(call)].size(); }
  int input(int call, std::size_t k) const override { return inputs_[at(call)][k]; }
  std::size_t outputs() const override { return outputs_.size(); }
  int output(std::size_t i) const override { return outputs_[i]; }

 private:
  static std::size_t at(int call) { return static_cast<std::size_t>(call); }

  std::vector<std::vector<int>> inputs_;
  std::vector<int> outputs_, layers_;
};

using List = std::vector<int>;

}  // namespace

TEST_CASE("calls are ordered by depth: a short branch is executed just before its user") {
  // 0 -> 1 -> 2 -> 4, 0 -> 3 -> 4
  const ExecutionOrder order = execution_order(Graph({{}, {0}, {1}, {0}, {2, 3}}, {4}));
  CHECK(order.calls == List{0, 1, 2, 3, 4});
  CHECK(order.layers == List{0, 1, 2, 3, 4});
}

TEST_CASE("calls of equal depth follow the assignment of depths, layers the walk from the outputs") {
  // Two outputs; the later one is assigned a depth first.
  const ExecutionOrder order = execution_order(Graph({{}, {0}, {0}}, {1, 2}));
  CHECK(order.calls == List{0, 2, 1});
  CHECK(order.layers == List{0, 1, 2});
}

TEST_CASE("inputs are at the deepest level, and calls that no output depends on are left out") {
  const ExecutionOrder order = execution_order(Graph({{}, {0}, {1}, {}, {2, 3}, {0}}, {4}));
  CHECK(order.calls == List{3, 0, 1, 2, 4});
}

TEST_CASE("a shared layer is listed once, as deep as its deepest call") {
  const ExecutionOrder order = execution_order(Graph({{}, {0}, {1}, {2}}, {3}, {0, 1, 2, 1}));
  CHECK(order.calls == List{0, 1, 2, 3});
  CHECK(order.layers == List{0, 1, 2});
}

TEST_CASE("a cycle is an input error that names a layer of it") {
  CHECK(error_of([] {
          (void)execution_order(Graph({{1}, {0}}, {1}));
        }) == "the model's graph has a cycle through layer 'l1'");
}

}  // namespace nv::test
