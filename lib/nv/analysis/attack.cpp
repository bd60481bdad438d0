#include "nv/analysis/attack.h"

#include <algorithm>
#include <array>
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

/// caffe, torch, mean and deviation are steps of the model's, behind the picture of 0..1.
bool normalises(const Preprocess& how) {
  return how.scale == Scale::caffe || how.scale == Scale::torch || how.scale == Scale::custom;
}

std::int64_t channels_of(const InputSpec& spec) {
  if (spec.shape.rank() < 3) return 1;
  return spec.channels_first ? spec.shape[0] : spec.shape.back();
}

/// From the picture of 0..1 to the model's input, where the preprocessing shifts and scales it.
attacks::InputSpace input_space(const InputSpec& spec, const Preprocess& how) {
  attacks::InputSpace space;
  if (!normalises(how)) return space;
  for (const ChannelScale& c : channel_scales(how, channels_of(spec))) {
    space.scale.push_back(255.0F / (c.divisor * c.deviation));
    space.offset.push_back(-c.mean / c.deviation);
  }
  return space;
}

/// Bounds that are not those of pictures under `how` mean that the arrays have another scale of their own.
Preprocess picture_scale(Preprocess how, const attacks::Bounds& bounds) {
  if (normalises(how)) return how;
  for (const Scale scale : {Scale::unit, Scale::raw, Scale::signed_unit}) {
    Preprocess other = how;
    other.scale = scale;
    const attacks::Bounds b = default_bounds(other);
    if (b.low == bounds.low && b.high == bounds.high) return other;
  }
  return how;
}

/// Whether two models of a joint attack take the same inputs and know the same classes.
void check_together(const Engine& a, const Engine& b, std::int64_t a_classes, std::int64_t b_classes) {
  const auto input_of = [](const Engine& engine) {
    const int node = engine.model().inputs.at(0).value.node;
    return engine.structure().nodes[static_cast<std::size_t>(node)].output.value_or(Shape());
  };
  const Shape input = input_of(a), other = input_of(b);
  if (!(fits(input, other) || fits(other, input)))
    throw_input("{}: takes inputs of {}, but {} of {}", b.model().file, other.str(), a.model().file,
                input.str());
  if (a_classes != b_classes)
    throw_input("{}: has {} classes, but {} has {}", b.model().file, b_classes, a.model().file, a_classes);
}

}  // namespace

std::string_view status_name(AttackStatus status) {
  constexpr std::array<std::string_view, 4> names{"success", "failed", "skipped", "error"};
  return names.at(static_cast<std::size_t>(status));
}

bool was_attacked(const AttackResult& r) {
  return r.status == AttackStatus::success || r.status == AttackStatus::failed;
}

attacks::Bounds default_bounds(const Preprocess& how) {
  if (how.scale == Scale::raw) return {0, 255};
  if (how.scale == Scale::signed_unit) return {-1, 1};
  return {0, 1};
}

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

std::pair<AttackResult, attacks::Point> Attacker::begin(const Input& input) const {
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
      r.error = fmt::format("{}: holds NaN, which no bounds contain", input.file);
    // Rounding in the preprocessing may leave a hair over.
    const float hair = 1e-5F * b.range();
    if (r.error.empty() && attacks::outside(point, {b.low - hair, b.high + hair}) > 0) {
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
                        std::span<const Tensor> inputs, std::size_t batch, const Take& take) {
  in_batches(inputs, batch, [&](const Tensor& stacked, std::span<const std::size_t> whose) {
    const Tensor outputs = oracle.outputs(stacked);
    for (std::size_t i = 0; i < whose.size(); ++i) {
      const Tensor output = outputs.item(static_cast<std::int64_t>(i));
      take(results[whose[i]], predict(output.values(), oracle.output().activation, labels_), output.values());
    }
  });
}

/// What the models say of samples.
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

/// Whether what the models say of `sample` is what was wanted of `original`.
bool Attacker::fools(const AttackResult& original, const AttackResult& sample) const {
  if (!sample.adversarial) return false;
  const std::int64_t index = sample.adversarial->index;
  if (method_.joint)
    return std::ranges::any_of(
        sample.others, [&](const OtherModel& o) { return o.adversarial && o.adversarial->index != index; });
  return settings_.target ? index == *settings_.target : index != original.original->index;
}

/// Skips what is wrong already, or is what the target asks for.
void Attacker::choose(AttackResult& r, std::optional<std::int64_t> truth) const {
  r.truth = truth;
  const auto says_none = [](const OtherModel& o) { return !o.original; };
  if (!r.original || std::ranges::any_of(r.others, says_none)) {
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

/// Tries each success again as the picture of 8 bits that it would be saved as.
void Attacker::add_pictures(std::span<AttackResult> results, std::size_t batch) {
  std::vector<Tensor> again(results.size());
  oracle_.engine().pool().for_each(static_cast<std::int64_t>(results.size()), [&](std::int64_t i) {
    AttackResult& r = results[static_cast<std::size_t>(i)];
    if (r.status != AttackStatus::success) return;
    const Tensor pixels = whole_pixels(r.sample, spec_, how_);
    r.picture = picture_of_pixels(pixels);
    if (!r.picture) return;  // nothing to survive
    // Arrays have the picture's size and channels already.
    again[static_cast<std::size_t>(i)] = scale_pixels(pixels, spec_, how_);
    r.survives_png = false;
  });
  std::vector<AttackResult> saved(results.size());
  classify_samples(saved, again, batch);
  for (std::size_t i = 0; i < results.size(); ++i)
    if (saved[i].adversarial) results[i].survives_png = fools(results[i], saved[i]);
}

/// What the model says of inputs, together with what the method asks of them first.
void Attacker::open(Begun& begun, std::size_t batch) {
  struct Opening {
    attacks::Layout layout;
    attacks::Question question;
  };
  std::vector<Opening> openings(begun.results.size());
  std::vector<attacks::Question*> asked;
  for (std::size_t i = 0; i < openings.size(); ++i) {
    const Tensor& input = begun.tensors[i];
    if (input.empty()) continue;
    Opening& o = openings[i];
    o.layout = layout_of(input);
    // On the way to a point and back an input may change in its last bits.
    if (!oracle_.gives(begun.points[i], o.layout, input)) continue;
    const attacks::LogitGradient ascent = [&](attacks::Values logits, std::span<float> d) {
      if (o.question.answer.predicted)
        attacks::ascent_gradient(logits, d, *o.question.answer.predicted, settings_.target,
                                 oracle_.independent());
    };
    o.question = {&begun.points[i], &o.layout, {ascent}, false, {}};
    asked.push_back(&o.question);
  }
  for (std::size_t at = 0; at < asked.size(); at += batch)
    oracle_.answer(std::span(asked).subspan(at, std::min(batch, asked.size() - at)));
  for (std::size_t i = 0; i < openings.size(); ++i) {
    attacks::Answer& answer = openings[i].question.answer;
    if (answer.output.empty()) continue;
    begun.results[i].original = predict(answer.output, oracle_.output().activation, labels_);
    begun.results[i].scores_before = answer.output;
    begun.openings[i] = std::move(answer);
  }
}

Attacker::Begun Attacker::begin(std::span<const Input> inputs, std::size_t batch) {
  const std::size_t count = inputs.size();
  Begun begun{std::vector<AttackResult>(count), std::vector<Tensor>(count),
              std::vector<attacks::Point>(count), std::vector<std::optional<attacks::Answer>>(count)};
  oracle_.engine().pool().for_each(static_cast<std::int64_t>(count), [&](std::int64_t k) {
    const auto i = static_cast<std::size_t>(k);
    std::tie(begun.results[i], begun.points[i]) = begin(inputs[i]);
    if (begun.results[i].error.empty()) begun.tensors[i] = inputs[i].tensors.at(0);
  });
  if (method_.from_input && !settings_.png_safe) open(begun, batch);
  std::vector<Tensor> unknown = begun.tensors;
  for (std::size_t i = 0; i < count; ++i)
    if (begun.openings[i]) unknown[i] = Tensor();
  classify(oracle_, begun.results, unknown, batch,
           [](AttackResult& r, std::optional<Prediction> p, attacks::Values output) {
             r.original = std::move(p);
             r.scores_before.assign(output.begin(), output.end());
           });
  for (attacks::Oracle& other : others_)
    classify(other, begun.results, begun.tensors, batch,
             [](AttackResult& r, std::optional<Prediction> p, attacks::Values) {
               r.others.push_back({std::move(p), {}});
             });
  return begun;
}

void Attacker::add_examples(std::span<const Input> inputs, std::size_t batch) {
  constexpr std::size_t most = std::size_t{1} << 26;
  Begun begun = begin(inputs, batch);
  if (method_.joint) {
    cover(before_, begun.tensors, batch);
    after_ = before_;
    return;
  }
  for (std::size_t i = 0; i < begun.results.size(); ++i) {
    if (!begun.results[i].original || example_numbers_ >= most) continue;
    example_numbers_ += begun.points[i].size();
    background_.examples.push_back(
        {std::move(begun.points[i]), layout_of(begun.tensors[i]), begun.results[i].original->index});
  }
}

void Attacker::learn(std::size_t batch, const std::function<void()>& tick) {
  if (method_.learn == nullptr) return;
  background_.learnt = method_.learn(oracle_, settings_, background_, batch, tick);
}

/// Counts what `inputs` (empty: none) activate of every model.
void Attacker::cover(std::vector<NeuronCoverage>& coverage, std::span<const Tensor> inputs,
                     std::size_t batch) {
  in_batches(inputs, batch, [&](const Tensor& stacked, std::span<const std::size_t>) {
    coverage[0].add(oracle_.engine().forward({&stacked, 1}));
    for (std::size_t m = 0; m < others_.size(); ++m)
      coverage[m + 1].add(others_[m].engine().forward({&stacked, 1}));
  });
}

std::vector<attacks::Outcome> Attacker::attack(std::span<const attacks::Victim> victims, std::size_t batch,
                                               const std::function<void(std::size_t)>& round) {
  if (!method_.joint) return attacks::attack(oracle_, method_, settings_, victims, batch, round, background_);
  std::vector<attacks::Oracle*> models{&oracle_};
  for (attacks::Oracle& other : others_) models.push_back(&other);
  return attacks::explore(models, before_, settings_, victims, batch, round);
}

std::vector<AttackResult> Attacker::run(std::span<const Input> inputs, std::span<const std::int64_t> truth,
                                        std::size_t batch, const std::function<void(std::size_t)>& round) {
  ThreadPool& pool = oracle_.engine().pool();
  const auto threads = static_cast<std::size_t>(pool.threads());
  // Few inputs are attacked one batch after the other, and threads share the work inside of layers. Of many,
  // each thread takes some for itself; in four parts, for not all take the same time.
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
                             round(std::accumulate(done.begin(), done.end(), std::size_t{0}));
                           });
  });
  std::vector<AttackResult> results;
  for (auto& part : parts) std::ranges::move(part, std::back_inserter(results));
  return results;
}

std::vector<AttackResult> Attacker::run_part(std::span<const Input> inputs,
                                             std::span<const std::int64_t> truth, std::size_t batch,
                                             const std::function<void(std::size_t)>& round) {
  Begun begun = begin(inputs, batch);
  std::vector<AttackResult>& results = begun.results;
  const std::vector<Tensor>& tensors = begun.tensors;
  std::vector<attacks::Victim> victims;
  std::vector<std::size_t> whose;
  for (std::size_t i = 0; i < results.size(); ++i) {
    if (!results[i].error.empty()) continue;
    choose(results[i], truth.empty() ? std::nullopt : std::optional(truth[i]));
    if (results[i].status == AttackStatus::skipped) continue;
    victims.push_back({std::move(begun.points[i]), layout_of(tensors[i]), results[i].original->index,
                       results[i].id, std::move(begun.openings[i])});
    whose.push_back(i);
  }
  const std::vector<attacks::Outcome> outcomes = attack(victims, batch, round);
  std::vector<Tensor> samples(results.size());
  oracle_.engine().pool().for_each(static_cast<std::int64_t>(victims.size()), [&](std::int64_t i) {
    const auto v = static_cast<std::size_t>(i);
    AttackResult& r = results[whose[v]];
    const attacks::Outcome& o = outcomes[v];
    r.status = o.success ? AttackStatus::success : AttackStatus::failed;
    r.distances = attacks::distances(o.point, victims[v].original);
    r.queries = o.queries;
    r.gradients = o.gradients;
    r.zero_gradient = o.zero_gradient;
    r.sample = oracle_.to_input(o.point, victims[v].layout);
    samples[whose[v]] = r.sample;
    if (!method_.joint) r.adversarial = predict(o.output, oracle_.output().activation, labels_);
    r.scores_after = o.output;
  });
  if (method_.joint) classify_samples(results, samples, batch);
  add_pictures(results, batch);
  if (method_.joint) {
    for (std::size_t i = 0; i < results.size(); ++i)
      if (results[i].status != AttackStatus::success) samples[i] = Tensor();
    cover(after_, samples, batch);
  }
  return std::move(begun.results);
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
  const attacks::Layout& layout = background_.examples.at(0).layout;
  Perturbation p{Tensor(layout.shape, change),
                 {},
                 length(change, attacks::Norm::l2),
                 length(change, attacks::Norm::linf)};
  // The whole range for twice the largest change, so that grey means none.
  const attacks::Bounds& b = settings_.bounds;
  const double factor = p.linf > 0 ? static_cast<double>(b.range()) / 2 / p.linf : 0;
  const attacks::Point middle(change.size(), (b.low + b.high) / 2);
  p.picture = picture_of(oracle_.to_input(attacks::sum(middle, change, factor), layout));
  return p;
}

}  // namespace nv
