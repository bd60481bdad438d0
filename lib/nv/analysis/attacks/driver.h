// Attacks many inputs.
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

/// An input to attack.
struct Victim {
  Point original;
  Layout layout;
  std::int64_t label = 0;
  std::string id;
  /// To the ascent of the original, where it is known already; never with Settings::png_safe, which asks
  /// about the nearest picture of 8 bits instead.
  std::optional<Answer> opening = {};
};

/// What became of it.
struct Outcome {
  Point point;
  std::vector<float> output;  ///< the model's, of the point
  bool success = false;       ///< adversarial, inside the bounds and (where eps is given) the ball
  std::int64_t queries = 0, gradients = 0;
  bool zero_gradient = false;  ///< every gradient that was asked for was 0 everywhere
};

/// Attacks each victim by itself, at most `batch` at a time: the questions of those under way are answered
/// together, and one that is done makes room for the next. Results do not depend on `batch`, on threads or on
/// the other victims, but for `background`. `round` is called between batches with the number of victims
/// done; it may throw.
std::vector<Outcome> attack(Oracle& oracle, const Method& method, const Settings& settings,
                            std::span<const Victim> victims, std::size_t batch,
                            const std::function<void(std::size_t)>& round = {},
                            const Background& background = {});

/// Runs a task of one attempt to its end; its questions are answered one by one.
template <typename T>
T finish(Oracle& oracle, Attempt& attempt, Task<T> task) {
  for (task.start(); !task.done(); attempt.resume()) {
    Question* const asked = &attempt.pending();
    oracle.answer({&asked, 1});
  }
  return task.result();
}

}  // namespace nv::attacks
