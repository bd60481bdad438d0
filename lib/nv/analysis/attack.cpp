#include "nv/analysis/attack.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <utility>

#include "nv/core/error.h"

namespace nv {

namespace {

using attacks::Norm;

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

Distances distances_between(attacks::Values a, attacks::Values b) {
  return {distance(a, b, Norm::l0), distance(a, b, Norm::l1), distance(a, b, Norm::l2),
          distance(a, b, Norm::linf)};
}

bool was_attacked(const AttackResult& r) {
  return r.status == AttackStatus::success || r.status == AttackStatus::failed;
}

double ratio(std::int64_t part, std::int64_t whole) {
  return whole == 0 ? std::numeric_limits<double>::quiet_NaN()
                    : static_cast<double>(part) / static_cast<double>(whole);
}

}  // namespace

std::string_view status_name(AttackStatus status) {
  constexpr std::array<std::string_view, 4> names{"success", "failed", "skipped", "error"};
  return names.at(static_cast<std::size_t>(status));
}

attacks::Bounds default_bounds(const Preprocess& how) {
  if (how.scale == Scale::raw) return {0, 255};
  if (how.scale == Scale::signed_unit) return {-1, 1};
  return {0, 1};
}

Attacker::Attacker(Engine& engine, const attacks::Method& method, attacks::Settings settings, InputSpec spec,
                   Preprocess how, std::span<const std::string> labels)
    : method_(method),
      settings_(std::move(settings)),
      spec_(std::move(spec)),
      how_(picture_scale(std::move(how), settings_.bounds)),
      labels_(labels.begin(), labels.end()),
      oracle_(engine, input_space(spec_, how_)) {
  if (settings_.target && (*settings_.target < 0 || *settings_.target >= oracle_.classes()))
    throw_usage("--target: {}: no class {}, it has {}", engine.model().file, *settings_.target,
                oracle_.classes());
}

/// The result of an input before anything was asked.
AttackResult Attacker::begin(const Input& input) const {
  AttackResult r;
  r.id = input.id;
  r.file = input.file;
  r.preprocess = input.preprocess;
  r.error = input.error;
  r.hint = input.hint;
  const attacks::Bounds& b = settings_.bounds;
  if (r.error.empty()) {
    const attacks::Point point = oracle_.to_point(input.tensors.at(0), layout_of(input.tensors[0]));
    const auto [low, high] = std::ranges::minmax_element(point);
    // Rounding in the preprocessing may leave a hair over.
    const float hair = 1e-5F * b.range();
    if (!point.empty() && !(*low >= b.low - hair && *high <= b.high + hair)) {
      r.error = fmt::format("{}: values from {} to {} are out of the bounds {} to {}", input.file, *low,
                            *high, b.low, b.high);
      r.hint = "--bounds LO,HI, or --preprocess, says what the model's inputs may hold";
    }
  }
  if (!r.error.empty()) r.status = AttackStatus::error;
  return r;
}

/// Asks the model about `inputs` (one a result; empty: none), and lets `take` keep what it says.
void Attacker::classify(std::span<AttackResult> results, std::span<const Tensor> inputs, std::size_t batch,
                        void (*take)(AttackResult&, Prediction)) {
  for (std::size_t at = 0; at < inputs.size();) {
    std::vector<Tensor> items;
    std::vector<std::size_t> whose;
    for (; at < inputs.size() && items.size() < batch; ++at) {
      if (inputs[at].empty()) continue;
      if (!items.empty() && !(items[0].shape() == inputs[at].shape())) break;
      items.push_back(inputs[at]);
      whose.push_back(at);
    }
    if (items.empty()) continue;
    const Tensor outputs = oracle_.outputs(stack(items));
    for (std::size_t i = 0; i < whose.size(); ++i)
      take(results[whose[i]], predict(outputs.item(static_cast<std::int64_t>(i)).values(),
                                      oracle_.output().activation, labels_));
  }
}

/// Skips what is wrong already, or is what the target asks for.
void Attacker::choose(AttackResult& r, std::optional<std::int64_t> truth) const {
  r.truth = truth;
  if (truth && r.original->index != *truth) {
    r.status = AttackStatus::skipped;
    r.reason = "misclassified";
  } else if (settings_.target && r.original->index == *settings_.target) {
    r.status = AttackStatus::skipped;
    r.reason = "of the target class";
  }
}

/// Tries each success again as the picture of 8 bits that it would be saved as.
void Attacker::add_pictures(std::span<AttackResult> results, std::size_t batch) {
  std::vector<Tensor> again(results.size());
  oracle_.engine().pool().for_each(static_cast<std::int64_t>(results.size()), [&](std::int64_t i) {
    AttackResult& r = results[static_cast<std::size_t>(i)];
    if (!was_attacked(r)) return;
    try {
      r.picture = to_picture(r.sample, spec_, how_);
    } catch (const Error&) {
      return;  // no picture: nothing to survive
    }
    if (r.status != AttackStatus::success) return;
    // Arrays have the picture's size and channels already.
    Tensor pixels = unscale_pixels(r.sample, spec_, how_);
    for (float& p : pixels.values()) p = std::round(std::clamp(p, 0.0F, 255.0F));
    again[static_cast<std::size_t>(i)] = scale_pixels(pixels, spec_, how_);
    r.survives_png = false;
  });
  std::vector<AttackResult> saved(results.size());
  classify(saved, again, batch, [](AttackResult& r, Prediction p) { r.adversarial = std::move(p); });
  for (std::size_t i = 0; i < results.size(); ++i)
    if (saved[i].adversarial)
      results[i].survives_png = settings_.target ? saved[i].adversarial->index == *settings_.target
                                                 : saved[i].adversarial->index != results[i].original->index;
}

void Attacker::add_examples(std::span<const Input> inputs, std::size_t batch) {
  constexpr std::size_t most = std::size_t{1} << 26;
  std::vector<AttackResult> results;
  std::vector<Tensor> tensors;
  for (const Input& input : inputs) {
    results.push_back(begin(input));
    tensors.push_back(results.back().error.empty() ? input.tensors.at(0) : Tensor());
  }
  classify(results, tensors, batch, [](AttackResult& r, Prediction p) { r.original = std::move(p); });
  for (std::size_t i = 0; i < results.size(); ++i) {
    if (!results[i].original || example_numbers_ >= most) continue;
    attacks::Point point = oracle_.to_point(tensors[i], layout_of(tensors[i]));
    attacks::clip(point, settings_.bounds);
    example_numbers_ += point.size();
    examples_.push_back({std::move(point), tensors[i].shape(), results[i].original->index});
  }
}

std::vector<AttackResult> Attacker::run(std::span<const Input> inputs, std::span<const std::int64_t> truth,
                                        std::size_t batch, const std::function<void(std::size_t)>& round) {
  std::vector<AttackResult> results(inputs.size());
  std::vector<Tensor> tensors(inputs.size());
  oracle_.engine().pool().for_each(static_cast<std::int64_t>(inputs.size()), [&](std::int64_t k) {
    const auto i = static_cast<std::size_t>(k);
    results[i] = begin(inputs[i]);
    if (results[i].error.empty()) tensors[i] = inputs[i].tensors.at(0);
  });
  classify(results, tensors, batch, [](AttackResult& r, Prediction p) { r.original = std::move(p); });
  std::vector<attacks::Victim> victims;
  std::vector<std::size_t> whose;
  for (std::size_t i = 0; i < results.size(); ++i) {
    if (!results[i].original) continue;
    choose(results[i], truth.empty() ? std::nullopt : std::optional(truth[i]));
    if (results[i].status == AttackStatus::skipped) continue;
    const attacks::Layout layout = layout_of(tensors[i]);
    attacks::Point point = oracle_.to_point(tensors[i], layout);
    attacks::clip(point, settings_.bounds);
    victims.push_back({std::move(point), layout, results[i].original->index, results[i].id});
    whose.push_back(i);
  }
  const std::vector<attacks::Outcome> outcomes =
      attacks::attack(oracle_, method_, settings_, victims, batch, round, examples_);
  oracle_.engine().pool().for_each(static_cast<std::int64_t>(victims.size()), [&](std::int64_t i) {
    const auto v = static_cast<std::size_t>(i);
    AttackResult& r = results[whose[v]];
    const attacks::Outcome& o = outcomes[v];
    r.status = o.success ? AttackStatus::success : AttackStatus::failed;
    r.distances = distances_between(o.point, victims[v].original);
    r.queries = o.queries;
    r.gradients = o.gradients;
    r.zero_gradient = o.zero_gradient;
    r.sample = oracle_.to_input(o.point, victims[v].layout);
    r.adversarial = predict(o.output, oracle_.output().activation, labels_);
  });
  add_pictures(results, batch);
  return results;
}

void AttackSummary::add(const AttackResult& r) {
  ++inputs;
  errors += r.status == AttackStatus::error ? 1 : 0;
  skipped += r.status == AttackStatus::skipped ? 1 : 0;
  if (r.truth) {
    const bool right = r.original->index == *r.truth;
    ++with_truth;
    right_before += right ? 1 : 0;
    right_after += right && r.status != AttackStatus::success ? 1 : 0;
  }
  if (!was_attacked(r)) return;
  ++attacked;
  queries += r.queries;
  gradients += r.gradients;
  zero_gradient += r.zero_gradient ? 1 : 0;
  if (r.status != AttackStatus::success) return;
  ++succeeded;
  if (r.survives_png) {
    ++pictures;
    survived += *r.survives_png ? 1 : 0;
  }
  l0.push_back(r.distances.l0);
  l1.push_back(r.distances.l1);
  l2.push_back(r.distances.l2);
  linf.push_back(r.distances.linf);
}

double AttackSummary::success_rate() const {
  return ratio(succeeded, attacked);
}
double AttackSummary::clean_accuracy() const {
  return ratio(right_before, with_truth);
}
double AttackSummary::robust_accuracy() const {
  return ratio(right_after, with_truth);
}

std::optional<double> median(std::vector<double> values) {
  if (values.empty()) return std::nullopt;
  std::ranges::sort(values);
  const std::size_t middle = values.size() / 2;
  return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

}  // namespace nv
