#include "nv/analysis/explain/judge/judge.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "nv/analysis/explain/judge/controls.h"
#include "nv/analysis/explain/judge/list.h"
#include "nv/analysis/explain/judge/maps.h"
#include "nv/analysis/explain/versions.h"
#include "nv/core/error.h"
#include "nv/core/random.h"

namespace nv::explain::judge {

std::span<const Measure> measures() {
#define NV_CALL(name) name(),
  static const std::vector<Measure> all{NV_MEASURES(NV_CALL)};
#undef NV_CALL
  return all;
}

namespace {

/// Mean and variance of numbers that arrive one by one (Welford 1962).
class RunningMean {
 public:
  void add(double x) {
    ++count_;
    const double d = x - mean_;
    mean_ += d / static_cast<double>(count_);
    squares_ += d * (x - mean_);
  }
  Mean result() const {
    const auto n = static_cast<double>(count_);
    return {mean_, count_ > 1 ? std::sqrt(squares_ / (n - 1) / n) : std::numeric_limits<double>::quiet_NaN(),
            count_};
  }

 private:
  std::int64_t count_ = 0;
  double mean_ = 0, squares_ = 0;
};

struct Totals {
  const Method* method = nullptr;
  std::vector<RunningMean> scores{measures().size()}, against_random{measures().size()};
  std::vector<Curve> curves{measures().size()};  ///< sums
  RunningMean similarity;
};

/// The value of a curve at a share of the input, by linear interpolation.
double curve_at(const Score& score, double share) {
  const auto last = static_cast<double>(score.curve.size() - 1);
  if (last == 0 || share <= score.first) return score.curve.front();
  const double at = (share - score.first) / (1 - score.first) * last;
  const auto i = std::min(static_cast<std::size_t>(at), score.curve.size() - 2);
  const double t = at - static_cast<double>(i);
  return (1 - t) * score.curve[i] + t * score.curve[i + 1];
}

void add_curve(Curve& sum, const Score& score) {
  if (score.curve.empty()) return;
  sum.resize(curve_points, 0.0);
  for (std::size_t k = 0; k < curve_points; ++k)
    sum[k] += curve_at(score, static_cast<double>(k) / static_cast<double>(curve_points - 1));
}

/// The task with another engine and scalar.
Task with(const Task& task, Engine& engine, const Scalar& scalar) {
  return {engine, scalar, task.inputs, task.rows, task.ids, task.baselines, task.background, task.settings};
}

/// The task of item i alone.
Task single(const Task& task, std::size_t i, const Scalar& scalar) {
  std::vector<Tensor> inputs;
  for (const Tensor& input : task.inputs) inputs.push_back(input.items(static_cast<std::int64_t>(i), 1));
  return {task.engine,         scalar,          inputs,       {task.rows[i]}, {task.ids[i]},
          {task.baselines[i]}, task.background, task.settings};
}

std::vector<std::vector<float>> flat_maps(std::span<const Explanation> explanations,
                                          const Features& features) {
  std::vector<std::vector<float>> maps;
  for (const Explanation& e : explanations) maps.push_back(flat_map(e, features));
  return maps;
}

}  // namespace

struct Judge::State {
  Engine& engine;
  const OutputKind* output;
  std::int64_t class_count;
  Objective objective;
  Options options;
  Engine shuffled;
  std::map<std::string, Totals, std::less<>> totals = {};
  std::vector<std::string> order = {};  ///< of the methods, as they came
  std::vector<Scores> control = {};     ///< of random_map() for the items of the batch

  /// The scalar whose value is the class's probability after `probability`: minus its logarithm, from the
  /// logits, unless each unit ends in sigmoid. Without a class: the explained number.
  bool by_loss() const {
    if (output == nullptr) return false;
    const auto& shape = engine.structure().nodes[static_cast<std::size_t>(output->value.node)].output;
    return output->activation != "sigmoid" || (shape && *shape == Shape{1});
  }
  std::unique_ptr<Scalar> score_scalar(Classes classes) const {
    return class_scalar(*output, by_loss() ? Objective::loss : Objective::score, numbers(classes));
  }
  static std::vector<std::int64_t> numbers(Classes classes) {
    std::vector<std::int64_t> all;
    for (const auto& c : classes) all.push_back(c.value_or(0));
    return all;
  }
  std::vector<std::vector<float>> other_maps(const Method& method, const Task& task, const Features& features,
                                             Classes classes);
  Scores judge(const Case& c, Totals& sums);
  /// Adds the differences from the control of item i.
  void compare(const Scores& scores, std::size_t i, Totals& sums) const;
};

Judge::Judge(Engine& engine, const OutputKind* output, std::int64_t classes, Objective objective,
             const Options& options)
    : state_(new State{
          engine, output, classes, objective, options,
          Engine(with_shuffled_weights(engine.model(), options.seed), {engine.pool().threads()})}) {}

Judge::~Judge() = default;

std::vector<std::vector<float>> Judge::State::other_maps(const Method& method, const Task& task,
                                                         const Features& features, Classes classes) {
  if (output == nullptr || class_count < 2) return {};
  std::vector<std::int64_t> others = numbers(classes);
  for (std::size_t i = 0; i < task.size(); ++i) {
    std::int64_t& label = others[static_cast<std::size_t>(task.rows[i])];
    const std::int64_t other = Random({options.seed, task.ids[i]}).below(class_count - 1);
    label = other < label ? other : other + 1;
  }
  const std::unique_ptr<Scalar> scalar = class_scalar(*output, objective, std::move(others));
  return flat_maps(run_method(method, with(task, engine, *scalar)), features);
}

Scores Judge::State::judge(const Case& c, Totals& sums) {
  Scores scores;
  for (std::size_t m = 0; m < measures().size(); ++m) {
    const std::optional<Score> score = measures()[m].run(c);
    const bool defined = score && std::isfinite(score->value);
    scores.push_back(defined ? std::optional(score->value) : std::nullopt);
    if (!defined) continue;
    sums.scores[m].add(score->value);
    add_curve(sums.curves[m], *score);
  }
  if (const auto similarity = rank_correlation(c.map, c.randomised)) sums.similarity.add(*similarity);
  return scores;
}

void Judge::State::compare(const Scores& scores, std::size_t i, Totals& sums) const {
  if (i >= control.size()) return;
  for (std::size_t m = 0; m < std::min(scores.size(), control[i].size()); ++m)
    if (scores[m] && control[i][m]) sums.against_random[m].add(*scores[m] - *control[i][m]);
}

std::vector<Scores> Judge::add(const Method& method, const Task& task,
                               std::span<const Explanation> explanations, Classes classes) {
  State& s = *state_;
  const auto [at, is_new] = s.totals.try_emplace(std::string(method.name));
  if (is_new) s.order.emplace_back(method.name);
  at->second.method = &method;
  const Features features = features_of(task);
  const auto maps = flat_maps(explanations, features);
  if (std::ranges::any_of(maps, [](const std::vector<float>& map) { return map.empty(); }))
    throw_usage("--judge: {} gives no map of the {}", method.name, features.image ? "first image" : "input");
  const auto others = s.other_maps(method, task, features, classes),
             random = flat_maps(run_method(method, with(task, s.shuffled, task.scalar)), features);
  const std::unique_ptr<Scalar> probability = s.output != nullptr ? s.score_scalar(classes) : nullptr;
  static const std::vector<float> none;
  std::vector<Scores> all;
  for (std::size_t i = 0; i < task.size(); ++i) {
    if (!classes.empty() && !classes[static_cast<std::size_t>(task.rows[i])]) {
      all.emplace_back();
      continue;
    }
    const Task one = single(task, i, task.scalar);
    const Task scored = single(task, i, probability ? *probability : task.scalar);
    const auto scores = [&](std::int64_t count, const std::function<Tensor(std::int64_t)>& make) {
      std::vector<double> values = version_values(scored, 0, count, [&](std::int64_t k) {
        std::vector<Tensor> version = scored.item(0);
        version[features.input] = make(k);
        return version;
      });
      if (s.by_loss())
        for (double& v : values) v = std::exp(-v);
      return values;
    };
    all.push_back(s.judge({method, one, features, maps[i], others.empty() ? none : others[i], random[i],
                           scores, s.options, one.item(0)[features.input]},
                          at->second));
    s.compare(all.back(), i, at->second);
  }
  return all;
}

void Judge::add_control(const Task& task, Classes classes) {
  state_->control.clear();
  state_->control = add(random_map(), task, random_map().run(task), classes);
}

Judgement Judge::result() const {
  Judgement judgement;
  for (const std::string& name : state_->order) {
    const Totals& sums = state_->totals.at(name);
    MethodJudgement m;
    m.method = name;
    for (std::size_t k = 0; k < measures().size(); ++k) {
      m.scores.push_back(sums.scores[k].result());
      m.against_random.push_back(sums.against_random[k].result());
      Curve curve = sums.curves[k];
      for (double& v : curve) v /= static_cast<double>(m.scores.back().inputs);
      m.curves.push_back(std::move(curve));
    }
    m.weight_similarity = sums.similarity.result();
    m.ignores_weights = sums.method->ignores_weights ||
                        (m.weight_similarity.inputs > 0 && m.weight_similarity.mean >= ignores_weights_from);
    if (sums.method == &random_map())
      judgement.control = std::move(m);
    else
      judgement.methods.push_back(std::move(m));
  }
  conclude(judgement);
  return judgement;
}

}  // namespace nv::explain::judge
