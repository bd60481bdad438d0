// Runs an attack on many inputs.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "nv/analysis/attacks/method.h"
#include "nv/analysis/attacks/oracle.h"

namespace nv::attacks {

/// One input to attack.
struct AttackTask {
  Point original;
  PointLayout layout;
  std::int64_t label = 0;  ///< predicted class of the original
  std::string id;          ///< seeds the randomness
  /// The answer to the ascent query of the original, if it is known already. Never with Settings::png_safe,
  /// which queries the nearest image of 8 bits instead.
  std::optional<Answer> first_answer = {};
};

/// The result of an attack on one input.
struct Outcome {
  Point point;
  std::vector<float> output;  ///< the model's output for `point`
  bool success = false;       ///< adversarial, within the bounds and (if eps is given) the ball
  std::int64_t queries = 0, gradients = 0;
  bool zero_gradient = false;  ///< gradients were evaluated and each was 0 everywhere
};

/// Attacks each input independently, at most `batch` at a time: pending queries are answered together, and an
/// attack that ends makes room for the next. Results do not depend on `batch`, on threads or on the other
/// tasks, except through `background`. `round` is called between batches with the number of tasks that are
/// done; it may throw.
std::vector<Outcome> attack(Oracle& oracle, const Method& method, const Settings& settings,
                            std::span<const AttackTask> tasks, std::size_t batch,
                            const std::function<void(std::size_t)>& round = {},
                            const Background& background = {});

/// Runs a coroutine of one attempt to its end; its queries are answered one by one.
template <typename T>
T finish(Oracle& oracle, Attempt& attempt, Task<T> task) {
  for (task.start(); !task.done(); attempt.resume()) {
    Query* const pending = &attempt.pending();
    oracle.answer({&pending, 1});
  }
  return task.result();
}

}  // namespace nv::attacks
