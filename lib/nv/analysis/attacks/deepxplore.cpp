#include "nv/analysis/attacks/deepxplore.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

#include "nv/analysis/attacks/list.h"
#include "nv/analysis/attacks/pixels.h"
#include "nv/analysis/statistics.h"
#include "nv/core/file.h"

namespace nv::attacks {

namespace {

enum class Constraint { light, occlusion, blackout };

struct Options {
  explicit Options(const Settings& s) {
    constraint = static_cast<Constraint>(s.parameter("constraint"));
    steps = static_cast<std::int64_t>(s.parameter("steps"));
    step = s.parameter("step-size") * static_cast<double>(s.bounds.range());
    weight_diff = static_cast<float>(s.parameter("weight-diff"));
    weight_nc = static_cast<float>(s.parameter("weight-nc"));
    rectangle = static_cast<std::int64_t>(s.parameter("rectangle"));
    patch = static_cast<std::int64_t>(s.parameter("patch"));
    patches = static_cast<std::int64_t>(s.parameter("patches"));
    bounds = s.bounds;
  }
  Constraint constraint;
  std::int64_t steps, rectangle, patch, patches;
  double step;
  float weight_diff, weight_nc;
  Bounds bounds;
};

/// A rectangle of pixels.
struct Area {
  std::int64_t row = 0, column = 0, rows = 0, columns = 0;
};

/// One running task.
class DeepXploreWalk {
 public:
  DeepXploreWalk(const AttackTask& task, const Options& options, std::uint64_t seed,
                 std::span<const std::vector<Neuron>> to_cover)
      : point(task.original),
        label(task.label),
        options_(options),
        pixels_(task.layout),
        random_({seed, hash_bytes(std::as_bytes(std::span(task.id)))}) {
    for (const std::vector<Neuron>& some : to_cover)
      neurons.push_back(
          some.empty()
              ? std::nullopt
              : std::optional(
                    some[static_cast<std::size_t>(random_.below(static_cast<std::int64_t>(some.size())))]));
  }

  /// One step of ascent along `gradient`, under the constraint.
  void step(Point gradient) {
    scale(gradient,
          1 / (length(gradient, Norm::l2) / std::sqrt(static_cast<double>(gradient.size())) + 1e-5));
    switch (options_.constraint) {
      case Constraint::light:
        lighten(gradient);
        break;
      case Constraint::occlusion:
        if (area_.rows == 0) area_ = strongest(gradient);
        each(area_, [&](std::size_t i) { point[i] += static_cast<float>(options_.step) * gradient[i]; });
        break;
      case Constraint::blackout:
        for (std::int64_t i = 0; i < options_.patches; ++i) darken(gradient);
    }
    clip(point, options_.bounds);
  }

  Point point;
  std::int64_t label;
  std::vector<std::optional<Neuron>> neurons;  ///< to activate, one per model
  std::int64_t queries = 0, gradients = 0, zero_gradients = 0;
  bool success = false;

 private:
  template <typename Visit>
  void each(const Area& area, const Visit& visit) const {
    for (std::int64_t r = 0; r < area.rows; ++r)
      for (std::int64_t c = 0; c < area.columns; ++c)
        for (std::int64_t k = 0; k < pixels_.channels(); ++k)
          visit(pixels_.at(area.row + r, area.column + c, k));
  }

  /// Raises or lowers all values alike.
  void lighten(Values gradient) {
    const float way = sign(static_cast<float>(std::accumulate(gradient.begin(), gradient.end(), 0.0)));
    for (float& x : point) x += static_cast<float>(options_.step) * way;
  }

  /// The rectangle in which the gradient is largest.
  Area strongest(Values gradient) const {
    Area best, area{0, 0, std::min(options_.rectangle, pixels_.rows()),
                    std::min(options_.rectangle, pixels_.columns())};
    double most = -1;
    for (area.row = 0; area.row + area.rows <= pixels_.rows(); ++area.row)
      for (area.column = 0; area.column + area.columns <= pixels_.columns(); ++area.column) {
        double size = 0;
        each(area, [&](std::size_t i) { size += static_cast<double>(std::abs(gradient[i])); });
        if (!(size > most)) continue;
        most = size;
        best = area;
      }
    return best;
  }

  /// Blackens a patch at a random position if the gradient is negative on average there.
  void darken(Values gradient) {
    Area area{0, 0, std::min(options_.patch, pixels_.rows()), std::min(options_.patch, pixels_.columns())};
    area.row = random_.below(pixels_.rows() - area.rows + 1);
    area.column = random_.below(pixels_.columns() - area.columns + 1);
    double sum = 0;
    each(area, [&](std::size_t i) { sum += static_cast<double>(gradient[i]); });
    if (!(sum < 0)) return;
    each(area, [&](std::size_t i) { point[i] = options_.bounds.low; });
  }

  const Options& options_;
  Pixels pixels_;
  Random random_;
  Area area_;
};

/// Seeds of the neurons to activate per item: the mean of a neuron over its positions, times `weight`.
std::vector<Seed> neuron_seeds(const Oracle& model, const Trace& trace,
                               std::span<DeepXploreWalk* const> walks, std::size_t m, float weight) {
  std::map<std::size_t, Tensor> by_node;
  for (std::size_t i = 0; i < walks.size(); ++i) {
    const auto& neuron = walks[i]->neurons[m];
    if (!neuron || weight == 0) continue;
    const Tensor& output = trace.outputs[neuron->node];
    Tensor& gradient = by_node.try_emplace(neuron->node, output.shape(), 0.0F).first->second;
    Tensor item = gradient.item(static_cast<std::int64_t>(i));
    const NodeStructure& node = model.engine().structure().nodes[neuron->node];
    const std::int64_t channels = channel_count(item.shape(), node.channels_first);
    const std::int64_t positions = item.size() / channels;
    const bool first = node.channels_first && item.shape().rank() > 1;
    for (std::int64_t p = 0; p < positions; ++p)
      item[first ? neuron->channel * positions + p : p * channels + neuron->channel] =
          weight / static_cast<float>(positions);
  }
  std::vector<Seed> seeds;
  for (auto& [node, gradient] : by_node)
    seeds.push_back({static_cast<int>(node), std::move(gradient), false});
  return seeds;
}

/// Advances all running walks together, until they succeed or have no steps left.
class Exploration {
 public:
  Exploration(std::span<Oracle* const> models, const Options& options, const PointLayout& layout)
      : models_(models), options_(options), layout_(layout) {}

  void run(std::vector<DeepXploreWalk*> walks) const {
    for (std::int64_t step = 0; !walks.empty(); ++step) {
      const std::vector<Trace> traces = evaluate(walks);
      if (step == options_.steps) return;
      std::vector<Point> gradients = joint_gradients(traces, walks);
      for (std::size_t i = 0; i < walks.size(); ++i) {
        if (walks[i]->success) continue;
        ++walks[i]->gradients;
        if (std::ranges::all_of(gradients[i], [](float g) { return g == 0; })) ++walks[i]->zero_gradients;
        walks[i]->step(std::move(gradients[i]));
      }
      std::erase_if(walks, [](const DeepXploreWalk* w) { return w->success; });
    }
  }

 private:
  /// Runs the models; a walk on which their predictions differ is a success.
  std::vector<Trace> evaluate(std::span<DeepXploreWalk* const> walks) const {
    std::vector<const Point*> points;
    for (DeepXploreWalk* w : walks) {
      points.push_back(&w->point);
      ++w->queries;
    }
    std::vector<Trace> traces;
    std::vector<std::optional<std::int64_t>> first;
    for (Oracle* model : models_) {
      traces.push_back(model->trace(points, layout_));
      const std::vector<std::optional<std::int64_t>> predicted = model->predicted(traces.back());
      if (first.empty()) first = predicted;
      for (std::size_t i = 0; i < walks.size(); ++i)
        walks[i]->success = walks[i]->success || (predicted[i] && first[i] && *predicted[i] != *first[i]);
    }
    return traces;
  }

  std::vector<Point> joint_gradients(std::span<const Trace> traces,
                                     std::span<DeepXploreWalk* const> walks) const {
    std::vector<std::int64_t> labels;
    for (const DeepXploreWalk* w : walks) labels.push_back(w->label);
    std::vector<Point> total;
    for (std::size_t m = 0; m < models_.size(); ++m) {
      std::vector<Seed> seeds = neuron_seeds(*models_[m], traces[m], walks, m, options_.weight_nc);
      seeds.push_back(models_[m]->logit_seed(traces[m], labels, m == 0 ? -options_.weight_diff : 1.0F));
      std::vector<Point> gradients = models_[m]->gradients(traces[m], seeds, layout_);
      for (std::size_t i = 0; i < walks.size() && m > 0; ++i) total[i] = sum(total[i], gradients[i]);
      if (m == 0) total = std::move(gradients);
    }
    return total;
  }

  std::span<Oracle* const> models_;
  const Options& options_;
  const PointLayout& layout_;
};

}  // namespace

std::vector<Outcome> explore(std::span<Oracle* const> models, std::span<const NeuronCoverage> coverage,
                             const Settings& settings, std::span<const AttackTask> tasks, std::size_t batch,
                             const std::function<void(std::size_t)>& round) {
  const Options options(settings);
  std::vector<std::vector<Neuron>> to_cover;
  for (const NeuronCoverage& c : coverage) to_cover.push_back(c.to_cover());
  std::vector<Outcome> outcomes;
  while (outcomes.size() < tasks.size()) {
    const PointLayout& layout = tasks[outcomes.size()].layout;
    std::vector<DeepXploreWalk> walks;
    for (const AttackTask& t : tasks.subspan(outcomes.size())) {
      if (walks.size() == batch || !(t.layout.shape == layout.shape)) break;
      walks.emplace_back(t, options, settings.seed, to_cover);
    }
    std::vector<DeepXploreWalk*> running;
    for (DeepXploreWalk& w : walks) running.push_back(&w);
    Exploration(models, options, layout).run(running);
    for (DeepXploreWalk& w : walks) {
      const double size = distance(w.point, tasks[outcomes.size()].original, settings.norm);
      outcomes.push_back({std::move(w.point),
                          {},
                          w.success && size <= settings.eps.value_or(size),
                          w.queries,
                          w.gradients,
                          w.gradients > 0 && w.zero_gradients == w.gradients});
    }
    if (round) round(outcomes.size());
  }
  return outcomes;
}

Method deepxplore() {
  Method m;
  m.name = "deepxplore";
  m.summary = "changes inputs until two or more models (--models) disagree, and activates new neurons";
  m.reference = "Pei 2017, arXiv:1705.06640, and its code, with samples kept inside the bounds";
  m.group = Group::differential;
  m.scope = Scope::minimum_norm;
  m.norms = {Norm::l2};
  m.parameters = [](Norm) {
    Parameter step{"step-size", "of light and occlusion, in ranges of the bounds", 0.1, 0, 1e3, false, false,
                   {}};
    return std::vector{
        choice("constraint", {"light", "occlusion", "blackout"},
               "all values alike, one rectangle, or black patches"),
        steps(50),
        step,
        real("weight-diff", 2, 0, 1e6, "of the first model's class against the others'"),
        real("weight-nc", 0.1, 0, 1e6, "of the neurons to activate"),
        real("threshold", 0, 0, 1, "above which a scaled neuron counts as active"),
        whole("rectangle", 10, 1, 1e6, "side of the occlusion, in pixels; where the gradient is largest"),
        whole("patch", 6, 1, 1e6, "side of a black patch, in pixels"),
        whole("patches", 1, 1, 1e4, "black patches a step, anywhere")};
  };
  m.random = true;
  m.targeted = false;
  m.joint = true;
  return m;
}

}  // namespace nv::attacks
