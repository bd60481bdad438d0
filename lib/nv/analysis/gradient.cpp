#include "nv/analysis/gradient.h"

#include <algorithm>
#include <cmath>

#include "nv/core/error.h"
#include "nv/core/text.h"
#include "nv/kernels/softmax.h"

namespace nv {

namespace {

float sigmoid(float x) {
  return x >= 0 ? 1 / (1 + std::exp(-x)) : std::exp(x) / (1 + std::exp(x));
}

}  // namespace

void cross_entropy_gradient(std::span<float> z, std::int64_t label, bool independent) {
  if (z.size() == 1 || independent) {
    for (std::size_t i = 0; i < z.size(); ++i) {
      const bool wanted = z.size() == 1 ? label == 1 : static_cast<std::int64_t>(i) == label;
      // -sigmoid(-z) for sigmoid(z) - 1, so that nothing cancels out.
      z[i] = wanted ? -sigmoid(-z[i]) : sigmoid(z[i]);
    }
    return;
  }
  const float sum = exponentials(z);
  for (float& x : z) x /= sum;
  z[static_cast<std::size_t>(label)] -= 1;
}

Objective parse_objective(std::string_view name) {
  if (name == "loss") return Objective::loss;
  if (name == "logit") return Objective::logit;
  if (name == "score") return Objective::score;
  throw Error(ErrorKind::usage,
              fmt::format("--of: expected logit, score, loss or FILE.npz, got '{}'", one_line(name)),
              "FILE.npz has weights of the outputs");
}

Seed objective_seed(Engine& engine, const Trace& trace, const OutputKind& output, Objective objective,
                    std::span<const std::int64_t> classes) {
  const bool own = objective == Objective::score;
  Seed seed{own ? output.value.node : output.logits_node, {}, !own && output.logits_before_activation};
  Tensor values = seed.before_activation ? engine.before_activation(trace, seed.node)
                                         : trace.outputs[static_cast<std::size_t>(seed.node)];
  values = values.clone();
  const auto count = static_cast<std::int64_t>(classes.size());
  const std::int64_t units = values.size() / std::max<std::int64_t>(count, 1);
  for (std::int64_t i = 0; i < count; ++i) {
    const std::int64_t label = classes[static_cast<std::size_t>(i)];
    if (label < 0 || label >= std::max<std::int64_t>(units, 2))
      throw_input("{}: no class {}: output {} has {}", engine.model().file, label, output.name,
                  std::max<std::int64_t>(units, 2));
    const std::span<float> item =
        values.values().subspan(static_cast<std::size_t>(i * units), static_cast<std::size_t>(units));
    if (objective == Objective::loss) {
      cross_entropy_gradient(item, label, output.activation == "sigmoid");
    } else {
      std::ranges::fill(item, 0.0F);
      // A single unit is for class 1 and against class 0.
      item[units == 1 ? 0 : static_cast<std::size_t>(label)] = units == 1 && label == 0 ? -1.0F : 1.0F;
    }
  }
  seed.gradient = values;
  return seed;
}

}  // namespace nv
