#include "nv/analysis/attack.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <mutex>
#include <numeric>
#include <tuple>
#include <utility>

#include "nv/analysis/attacks/deepxplore.h"
#include "nv/analysis/batches.h"
#include "nv/core/error.h"

namespace nv {

namespace {

/// Throws Error(input) if two models of a joint attack differ in their inputs or classes.
void check_together(const Engine& a, const Engine& b, std::int64_t a_classes, std::int64_t b_classes) {
  const auto input_of = [](const Engine& engine) {
    const int node = engine.model().inputs.at(0).value.node;
    return engine.structure().nodes[static_cast<std::size_t>(node)].output.value_or(Shape());
  };
  const Shape input = input_of(a), other = input_of(b);
  if (!(fits(input, other) || fits(other, input)))
    throw_input("{}: takes inputs of {}, expected {} as {}", b.model().file, other.str(), input.str(),
                a.model().file);
  if (a_classes != b_classes)
    throw_input("{}: has {} classes, expected {} as {}", b.model().file, b_classes, a_classes,
                a.model().file);
}

}  // namespace

Attacker::Attacker(Engine& engine, const attacks::Method& method, attacks::Settings settings, InputSpec spec,
                   Preprocess how, std::span<const std::string> labels, std::span<Engine* const> others)
    : method_(method),
      settings_(std::move(settings)),
      spec_(std::move(spec)),
      how_(picture_scale(std::move(how), settings_.bounds)),
      labels_(labels.begin(), labels.end()),
      oracle_(engine, input_space(spec_, how_)) {
  settings_.levels = default_bounds(how_);
  if (settings_.target && (*settings_.target < 0 || *settings_.target >= oracle_.classes()))
    throw_usage("--target: {}: no class {}, it has {}", engine.model().file, *settings_.target,
                oracle_.classes());
  for (Engine* other : others) {
    others_.emplace_back(*other, input_space(spec_, how_));
    check_together(engine, *other, oracle_.classes(), others_.back().classes());
  }
  if (!method_.joint) return;
  before_.emplace_back(engine.model(), engine.structure(), settings_.parameter("threshold"));
  for (const Engine* other : others)
    before_.emplace_back(other->model(), other->structure(), settings_.parameter("threshold"));
  after_ = before_;
}

std::pair<AttackResult, attacks::Point> Attacker::prepare(const Input& input) const {
  AttackResult r;
  attacks::Point point;
  r.id = input.id;
  r.file = input.file;
  r.preprocess = input.preprocess;
  r.error = input.error;
  r.hint = input.hint;
  const attacks::Bounds& b = settings_.bounds;
  if (r.error.empty()) {
    point = oracle_.to_point(input.tensors.at(0), layout_of(input.tensors[0]));
    if (std::ranges::any_of(point, [](float x) { return std::isnan(x); }))
      r.error = fmt::format("{}: holds NaN", input.file);
    // Rounding in the preprocessing may leave values slightly outside.
    const float slack = 1e-5F * b.range();
    if (r.error.empty() && attacks::outside(point, {b.low - slack, b.high + slack}) > 0) {
      const auto [low, high] = std::ranges::minmax_element(point);
      r.error = fmt::format("{}: values from {} to {} are out of the bounds {} to {}", input.file, *low,
                            *high, b.low, b.high);
      r.hint = "--bounds LO,HI, or --preprocess, says what the model's inputs may hold";
    }
  }
  if (!r.error.empty()) r.status = AttackStatus::error;
  attacks::clip(point, b);
  return {std::move(r), std::move(point)};
}

void Attacker::classify(attacks::Oracle& oracle, std::span<AttackResult> results,
                        std::span<const Tensor> inputs, std::size_t batch, const Store& store) {
  in_batches(inputs, batch, [&](const Tensor& stacked, std::span<const std::size_t> places) {
    const Tensor outputs = oracle.outputs(stacked);
    for (std::size_t i = 0; i < places.size(); ++i) {
      const Tensor output = outputs.item(static_cast<std::int64_t>(i));
      store(results[places[i]], predict(output.values(), oracle.output().activation, labels_),
            output.values());
    }
  });
}

void Attacker::classify_samples(std::span<AttackResult> results, std::span<const Tensor> samples,
                                std::size_t batch) {
  classify(oracle_, results, samples, batch,
           [](AttackResult& r, std::optional<Prediction> p, attacks::Values output) {
             r.adversarial = std::move(p);
             r.scores_after.assign(output.begin(), output.end());
           });
  for (std::size_t m = 0; m < others_.size(); ++m)
    classify(others_[m], results, samples, batch,
             [m](AttackResult& r, std::optional<Prediction> p, attacks::Values) {
               r.others.resize(std::max(r.others.size(), m + 1));
               r.others[m].adversarial = std::move(p);
             });
}

bool Attacker::is_adversarial(const AttackResult& original, const AttackResult& sample) const {
  if (!sample.adversarial) return false;
  const std::int64_t index = sample.adversarial->index;
  if (method_.joint)
    return std::ranges::any_of(
        sample.others, [&](const OtherModel& o) { return o.adversarial && o.adversarial->index != index; });
  return settings_.target ? index == *settings_.target : index != original.original->index;
}

void Attacker::skip_if_pointless(AttackResult& r, std::optional<std::int64_t> truth) const {
  r.truth = truth;
  const auto no_class = [](const OtherModel& o) { return !o.original; };
  if (!r.original || std::ranges::any_of(r.others, no_class)) {
    r.status = AttackStatus::skipped;
    r.reason = no_class_reason;
  } else if (truth && r.original->index != *truth) {
    r.status = AttackStatus::skipped;
    r.reason = "misclassified";
  } else if (settings_.target && r.original->index == *settings_.target) {
    r.status = AttackStatus::skipped;
    r.reason = "of the target class";
  } else if (std::ranges::any_of(
                 r.others, [&](const OtherModel& o) { return o.original->index != r.original->index; })) {
    r.status = AttackStatus::skipped;
    r.reason = "the models disagree";
  }
}

std::optional<Picture> Attacker::picture_of(const Tensor& sample) const {
  return picture_of_pixels(whole_pixels(sample, spec_, how_));
}

std::optional<Picture> Attacker::picture_of_pixels(const Tensor& pixels) const {
  try {
    return pixels_to_picture(pixels, spec_);
  } catch (const Error&) {
    return std::nullopt;
  }
}

/// Classifies each success again as the 8-bit image that it would be saved as.
void Attacker::add_pictures(std::span<AttackResult> results, std::size_t batch) {
  std::vector<Tensor> again(results.size());
  oracle_.engine().pool().for_each(static_cast<std::int64_t>(results.size()), [&](std::int64_t i) {
    AttackResult& r = results[static_cast<std::size_t>(i)];
    if (r.status != AttackStatus::success) return;
    const Tensor pixels = whole_pixels(r.sample, spec_, how_);
    r.picture = picture_of_pixels(pixels);
    if (!r.picture) return;
    // Arrays have the size and channels of the image already.
    again[static_cast<std::size_t>(i)] = scale_pixels(pixels, spec_, how_);
    r.survives_png = false;
  });
  std::vector<AttackResult> saved(results.size());
  classify_samples(saved, again, batch);
  for (std::size_t i = 0; i < results.size(); ++i)
    if (saved[i].adversarial) results[i].survives_png = is_adversarial(results[i], saved[i]);
}

void Attacker::answer_first_queries(Prepared& prepared, std::size_t batch) {
  struct First {
    attacks::PointLayout layout;
    attacks::Query query;
  };
  std::vector<First> all(prepared.results.size());
  std::vector<attacks::Query*> queries;
  for (std::size_t i = 0; i < all.size(); ++i) {
    const Tensor& input = prepared.tensors[i];
    if (input.empty()) continue;
    First& first = all[i];
    first.layout = layout_of(input);
    // On the way to a point and back an input may change in its last bits.
    if (!oracle_.gives(prepared.points[i], first.layout, input)) continue;
    const attacks::LogitGradient ascent = [&](attacks::Values logits, std::span<float> d) {
      if (first.query.answer.predicted)
        attacks::ascent_gradient(logits, d, *first.query.answer.predicted, settings_.target,
                                 oracle_.independent());
    };
    first.query = {&prepared.points[i], &first.layout, {ascent}, false, {}};
    queries.push_back(&first.query);
  }
  for (std::size_t at = 0; at < queries.size(); at += batch)
    oracle_.answer(std::span(queries).subspan(at, std::min(batch, queries.size() - at)));
  for (std::size_t i = 0; i < all.size(); ++i) {
    attacks::Answer& answer = all[i].query.answer;
    if (answer.output.empty()) continue;
    prepared.results[i].original = predict(answer.output, oracle_.output().activation, labels_);
    prepared.results[i].scores_before = answer.output;
    prepared.first_answers[i] = std::move(answer);
  }
}

Attacker::Prepared Attacker::prepare(std::span<const Input> inputs, std::size_t batch) {
  const std::size_t count = inputs.size();
  Prepared prepared{std::vector<AttackResult>(count), std::vector<Tensor>(count),
                    std::vector<attacks::Point>(count), std::vector<std::optional<attacks::Answer>>(count)};
  oracle_.engine().pool().for_each(static_cast<std::int64_t>(count), [&](std::int64_t k) {
    const auto i = static_cast<std::size_t>(k);
    std::tie(prepared.results[i], prepared.points[i]) = prepare(inputs[i]);
    if (prepared.results[i].error.empty()) prepared.tensors[i] = inputs[i].tensors.at(0);
  });
  if (method_.from_input && !settings_.png_safe) answer_first_queries(prepared, batch);
  std::vector<Tensor> unknown = prepared.tensors;
  for (std::size_t i = 0; i < count; ++i)
    if (prepared.first_answers[i]) unknown[i] = Tensor();
  classify(oracle_, prepared.results, unknown, batch,
           [](AttackResult& r, std::optional<Prediction> p, attacks::Values output) {
             r.original = std::move(p);
             r.scores_before.assign(output.begin(), output.end());
           });
  for (attacks::Oracle& other : others_)
    classify(other, prepared.results, prepared.tensors, batch,
             [](AttackResult& r, std::optional<Prediction> p, attacks::Values) {
               r.others.push_back({std::move(p), {}});
             });
  return prepared;
}

void Attacker::add_examples(std::span<const Input> inputs, std::size_t batch) {
  constexpr std::size_t most = std::size_t{1} << 26;
  Prepared prepared = prepare(inputs, batch);
  if (method_.joint) {
    cover(before_, prepared.tensors, batch);
    after_ = before_;
    return;
  }
  for (std::size_t i = 0; i < prepared.results.size(); ++i) {
    if (!prepared.results[i].original || example_numbers_ >= most) continue;
    example_numbers_ += prepared.points[i].size();
    background_.examples.push_back(
        {std::move(prepared.points[i]), layout_of(prepared.tensors[i]), prepared.results[i].original->index});
  }
}

void Attacker::learn(std::size_t batch, const std::function<void()>& tick) {
  if (method_.learn == nullptr) return;
  background_.learnt = method_.learn(oracle_, settings_, background_, batch, tick);
}

/// Records the neurons of every model that `inputs` (empty: none) cover.
void Attacker::cover(std::vector<NeuronCoverage>& coverage, std::span<const Tensor> inputs,
                     std::size_t batch) {
  in_batches(inputs, batch, [&](const Tensor& stacked, std::span<const std::size_t>) {
    coverage[0].add(oracle_.engine().forward({&stacked, 1}));
    for (std::size_t m = 0; m < others_.size(); ++m)
      coverage[m + 1].add(others_[m].engine().forward({&stacked, 1}));
  });
}

std::vector<attacks::Outcome> Attacker::attack(std::span<const attacks::AttackTask> tasks, std::size_t batch,
                                               const std::function<void(std::size_t)>& round) {
  if (!method_.joint) return attacks::attack(oracle_, method_, settings_, tasks, batch, round, background_);
  std::vector<attacks::Oracle*> models{&oracle_};
  for (attacks::Oracle& other : others_) models.push_back(&other);
  return attacks::explore(models, before_, settings_, tasks, batch, round);
}

std::vector<AttackResult> Attacker::run(std::span<const Input> inputs, std::span<const std::int64_t> truth,
                                        std::size_t batch, const std::function<void(std::size_t)>& round) {
  ThreadPool& pool = oracle_.engine().pool();
  const auto threads = static_cast<std::size_t>(pool.threads());
  // Few inputs are attacked in one sequence of batches, and threads share the work within layers. Of many
  // inputs, each thread attacks its own, in four parts per thread, since attacks take different times.
  if (threads == 1 || batch < threads || inputs.size() < threads || method_.joint)
    return run_part(inputs, truth, batch, round);
  oracle_.engine().load();
  const std::size_t size = std::max<std::size_t>(inputs.size() / (4 * threads), 1);
  const std::size_t count = (inputs.size() + size - 1) / size;
  std::vector<std::vector<AttackResult>> parts(count);
  std::vector<std::size_t> done(count, 0);
  std::mutex mutex;
  pool.for_each(static_cast<std::int64_t>(count), [&](std::int64_t job) {
    const auto part = static_cast<std::size_t>(job);
    const std::size_t at = part * size, length = std::min(size, inputs.size() - at);
    parts[part] = run_part(inputs.subspan(at, length), truth.empty() ? truth : truth.subspan(at, length),
                           batch / threads, [&, part](std::size_t finished) {
                             const std::lock_guard lock(mutex);
                             done[part] = finished;
                             if (round) round(std::accumulate(done.begin(), done.end(), std::size_t{0}));
                           });
  });
  std::vector<AttackResult> results;
  for (auto& part : parts) std::ranges::move(part, std::back_inserter(results));
  return results;
}

void Attacker::store_outcomes(std::span<const attacks::Outcome> outcomes,
                              std::span<const attacks::AttackTask> tasks, std::span<const std::size_t> places,
                              std::span<AttackResult> results, std::span<Tensor> samples) {
  oracle_.engine().pool().for_each(static_cast<std::int64_t>(tasks.size()), [&](std::int64_t i) {
    const auto t = static_cast<std::size_t>(i);
    AttackResult& r = results[places[t]];
    const attacks::Outcome& o = outcomes[t];
    r.status = o.success ? AttackStatus::success : AttackStatus::failed;
    r.distances = attacks::distances(o.point, tasks[t].original);
    r.queries = o.queries;
    r.gradients = o.gradients;
    r.zero_gradient = o.zero_gradient;
    r.sample = oracle_.to_input(o.point, tasks[t].layout);
    samples[places[t]] = r.sample;
    if (!method_.joint) r.adversarial = predict(o.output, oracle_.output().activation, labels_);
    r.scores_after = o.output;
  });
}

std::vector<AttackResult> Attacker::run_part(std::span<const Input> inputs,
                                             std::span<const std::int64_t> truth, std::size_t batch,
                                             const std::function<void(std::size_t)>& round) {
  Prepared prepared = prepare(inputs, batch);
  std::vector<AttackResult>& results = prepared.results;
  const std::vector<Tensor>& tensors = prepared.tensors;
  std::vector<attacks::AttackTask> tasks;
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < results.size(); ++i) {
    if (!results[i].error.empty()) continue;
    skip_if_pointless(results[i], truth.empty() ? std::nullopt : std::optional(truth[i]));
    if (results[i].status == AttackStatus::skipped) continue;
    tasks.push_back({std::move(prepared.points[i]), layout_of(tensors[i]), results[i].original->index,
                     results[i].id, std::move(prepared.first_answers[i])});
    places.push_back(i);
  }
  const std::vector<attacks::Outcome> outcomes = attack(tasks, batch, round);
  std::vector<Tensor> samples(results.size());
  store_outcomes(outcomes, tasks, places, results, samples);
  if (method_.joint) classify_samples(results, samples, batch);
  add_pictures(results, batch);
  if (method_.joint) {
    for (std::size_t i = 0; i < results.size(); ++i)
      if (results[i].status != AttackStatus::success) samples[i] = Tensor();
    cover(after_, samples, batch);
  }
  return std::move(prepared.results);
}

std::vector<CoverageChange> Attacker::coverage() const {
  std::vector<CoverageChange> changes;
  for (std::size_t m = 0; m < before_.size(); ++m) {
    const Engine& engine = (m == 0 ? oracle_ : others_[m - 1]).engine();
    changes.push_back({engine.model().file, before_[m].neurons(), before_[m].share(), after_[m].share()});
  }
  return changes;
}

std::optional<Perturbation> Attacker::perturbation() const {
  const attacks::Point& change = background_.learnt;
  if (change.empty()) return std::nullopt;
  const attacks::PointLayout& layout = background_.examples.at(0).layout;
  Perturbation p{Tensor(layout.shape, change),
                 {},
                 length(change, attacks::Norm::l2),
                 length(change, attacks::Norm::linf)};
  // The whole range is twice the largest change, so that grey is no change.
  const attacks::Bounds& b = settings_.bounds;
  const double factor = p.linf > 0 ? static_cast<double>(b.range()) / 2 / p.linf : 0;
  const attacks::Point middle(change.size(), (b.low + b.high) / 2);
  p.picture = picture_of(oracle_.to_input(attacks::sum(middle, change, factor), layout));
  return p;
}

}  // namespace nv
