// A trained model and digits for it.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "nv/analysis/attacks/driver.h"
#include "nv/analysis/prediction.h"
#include "nv/data/input.h"
#include "nv/engine/engine.h"
#include "nv/keras/reader.h"

namespace nv::test {

inline Engine lenet(int threads = 1) {
  return Engine(open_model(NV_EXAMPLES "/models/lenet5-mnist.h5"), {threads});
}

inline const InputSpec digit_spec{"x", {28, 28, 1}, false};

/// The twenty example digits.
inline std::vector<Input> digit_inputs() {
  const InputList list =
      expand_inputs(std::vector<std::string>{NV_EXAMPLES "/digits"}, {}, std::vector{digit_spec});
  std::vector<Input> inputs;
  for (std::size_t i = 0; i < list.size(); ++i) inputs.push_back(list.load(i));
  return inputs;
}

/// The first `count` example digits with the classes that the model gives them.
inline std::vector<attacks::AttackTask> digits(attacks::Oracle& oracle, std::size_t count) {
  const std::vector<Input> inputs = digit_inputs();
  std::vector<attacks::AttackTask> tasks;
  for (const Input& input : std::span(inputs).first(count)) {
    const attacks::PointLayout layout{{28, 28, 1}, false};
    const Tensor output = oracle.outputs(stack(input.tensors));
    tasks.push_back({oracle.to_point(input.tensors[0], layout), layout,
                     predict(output.item(0).values(), "softmax", {})->index, input.id});
  }
  return tasks;
}

/// Settings of a method with its defaults and some numbers set.
inline attacks::Settings settings(const std::string& method, attacks::Request request = {}) {
  return attacks::settle(attacks::find_method(method), request);
}

inline std::vector<attacks::Outcome> attack_digits(const std::string& method, const attacks::Request& request,
                                                   std::size_t count, std::size_t batch = 8,
                                                   int threads = 1) {
  Engine engine = lenet(threads);
  attacks::Oracle oracle(engine);
  const auto tasks = digits(oracle, count);
  return attacks::attack(oracle, attacks::find_method(method), settings(method, request), tasks, batch);
}

}  // namespace nv::test
