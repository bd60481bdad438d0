// Scale, channel order and inversion of pictures: another preprocessing explains the model's behaviour
// better.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "nv/analysis/doctor/list.h"

namespace nv::doctor {

namespace {

constexpr double significant = 1e-3;  // chance that as many inputs would become right if both were equal
constexpr double clear_gain = 0.05;   // of accuracy
constexpr double about_equal = 0.02;
constexpr double far = 1, far_of_few = 2, near = 0.6;  // distances (normalization.h)
constexpr std::size_t few = 8;                         // inputs
constexpr double saturated_gap = 40, usual_gap = 2;    // medians of the gap between the largest logits
constexpr double sure = 0.9, unsure = 0.85, very_unsure = 0.75;  // mean confidences

/// Chance of at least `gains` heads in gains + losses throws of a coin.
double sign_test(std::int64_t gains, std::int64_t losses) {
  const auto n = static_cast<double>(gains + losses);
  double chance = 0;
  for (std::int64_t k = gains; k <= gains + losses; ++k) {
    const auto j = static_cast<double>(k);
    chance += std::exp(std::lgamma(n + 1) - std::lgamma(j + 1) - std::lgamma(n - j + 1) - n * std::log(2.0));
  }
  return std::min(chance, 1.0);
}

/// What both have: "accuracy 0.0980 -> 0.7430".
void add_figure(Finding& f, std::string& text, const char* name, double in_use, double best) {
  if (std::isnan(in_use) || std::isnan(best)) return;
  if (!text.empty()) text += ", ";
  text += fmt::format("{} {:.3g} -> {:.3g}", name, in_use, best);
  f.evidence.push_back({fmt::format("{}_in_use", name), in_use});
  f.evidence.push_back({fmt::format("{}_advised", name), best});
}

std::string in_use_text(const Examination& e) {
  if (!e.arrays) return options_of(e.trials[0].preprocess);
  return fmt::format("arrays of {}", *e.array_scale == Scale::unit  ? "0..1"
                                     : *e.array_scale == Scale::raw ? "0..255"
                                                                    : "-1..1");
}

std::string advice_for(const Examination& e, const Preprocess& best) {
  if (!e.arrays) return "use " + options_of(best);
  if (*e.array_scale == Scale::raw) return fmt::format("use {}, which scales the arrays", options_of(best));
  return fmt::format("make the arrays as {} makes pictures", options_of(best));
}

Finding finding_for(const Examination& e, const Trial& best, Severity severity) {
  const Trial& in_use = e.trials[0];
  Finding f;
  f.severity = severity;
  f.evidence = {{"in_use", in_use_text(e)}, {"advised", options_of(best.preprocess)}};
  std::string figures;
  add_figure(f, figures, "accuracy", in_use.accuracy, best.accuracy);
  add_figure(f, figures, "confidence", in_use.confidence, best.confidence);
  add_figure(f, figures, "logit_gap", in_use.gap, best.gap);
  add_figure(f, figures, "distance", in_use.distance, best.distance);
  f.what = fmt::format("{} not fit; with {}: {}", in_use_text(e) + (e.arrays ? " do" : " does"),
                       options_of(best.preprocess), figures);
  f.advice = advice_for(e, best.preprocess);
  if (!e.arrays) f.preprocess = best.preprocess;
  return f;
}

/// Of the trials that are eligible, those whose value is at most `tolerance` below the largest are equally
/// good: of them the one with the fewest changes, then with the largest value. nullptr for none.
template <typename Eligible, typename ValueOf>
const Trial* pick(const Examination& e, Eligible eligible, ValueOf value, double tolerance) {
  double largest = -INFINITY;
  for (const Trial& t : e.trials)
    if (eligible(t)) largest = std::max(largest, value(t));
  const Trial* best = nullptr;
  const auto better = [&](const Trial& a, const Trial& b) {
    const int changes_a = changes(a.preprocess, e.trials[0].preprocess),
              changes_b = changes(b.preprocess, e.trials[0].preprocess);
    return changes_a != changes_b ? changes_a < changes_b : value(a) > value(b);
  };
  for (const Trial& t : e.trials)
    if (eligible(t) && value(t) >= largest - tolerance && (best == nullptr || better(t, *best))) best = &t;
  return best;
}

bool saturated(const Trial& t) {
  return t.gap > saturated_gap;
}

/// More inputs are right. Not a preprocessing that saturates the outputs, which makes other classes of any
/// model, nor one that is hardly better than chance.
std::optional<Finding> by_accuracy(const Examination& e) {
  const Trial& in_use = e.trials[0];
  const double chance = 1 / static_cast<double>(std::max<std::int64_t>(e.classes, 2));
  const Trial* const best = pick(
      e,
      [&](const Trial& t) {
        return (!saturated(t) || t.gap <= in_use.gap) && t.accuracy >= chance + 0.25 * (1 - chance);
      },
      [](const Trial& t) { return t.accuracy; }, about_equal);
  if (best == nullptr) return std::nullopt;
  std::int64_t gains = 0, losses = 0;
  for (std::size_t i = 0; i < in_use.right.size(); ++i) {
    gains += best->right[i] && !in_use.right[i] ? 1 : 0;
    losses += in_use.right[i] && !best->right[i] ? 1 : 0;
  }
  if (gains <= losses || sign_test(gains, losses) > significant) return std::nullopt;
  const bool clear = best->accuracy - in_use.accuracy >= clear_gain;
  return finding_for(e, *best, clear ? Severity::error : Severity::warning);
}

/// The data are far from the statistics of the first BatchNormalization, and near with another preprocessing.
std::optional<Finding> by_statistics(const Examination& e) {
  const Trial& in_use = e.trials[0];
  if (!(in_use.distance > (e.inputs.size() < few ? far_of_few : far))) return std::nullopt;
  const Trial* const best = pick(
      e, [&](const Trial& t) { return t.distance < near && t.distance < in_use.distance / 3; },
      [](const Trial& t) { return -t.distance; }, 0.1);
  if (best == nullptr) return std::nullopt;
  return finding_for(e, *best, Severity::error);
}

/// As good, as far as true classes tell.
bool not_worse(const Trial& t, const Trial& in_use) {
  return std::isnan(t.accuracy) || t.accuracy >= in_use.accuracy - about_equal;
}

/// Logits are many times larger than they become with a smaller scale.
std::optional<Finding> by_saturation(const Examination& e) {
  const Trial& in_use = e.trials[0];
  if (!saturated(in_use)) return std::nullopt;
  const Trial* const best = pick(
      e,
      [&](const Trial& t) {
        return t.gap < in_use.gap / 5 && t.gap > usual_gap && t.confidence > 0.8 && not_worse(t, in_use) &&
               t.preprocess.invert == in_use.preprocess.invert;
      },
      [](const Trial& t) { return std::isnan(t.accuracy) ? t.information : t.accuracy; }, about_equal);
  if (best == nullptr) return std::nullopt;
  return finding_for(e, *best, Severity::error);
}

/// Without true classes, and statistics that the data are near to: predictions that are unsure, or hardly
/// depend on the input, and are sure and varied with another preprocessing.
std::optional<Finding> by_confidence(const Examination& e) {
  const Trial& in_use = e.trials[0];
  if (e.inputs.size() < few || e.classes < 2 || in_use.distance < near) return std::nullopt;
  const double all = std::log(std::min(static_cast<double>(e.classes), static_cast<double>(e.inputs.size())));
  const Trial* const best = pick(
      e,
      [&](const Trial& t) {
        // Another scale alone makes every model more or less sure, unless it hardly reacts to the inputs.
        const bool same_scale = t.preprocess.scale == in_use.preprocess.scale;
        return in_use.confidence < (same_scale ? unsure : very_unsure) && t.confidence > sure &&
               !saturated(t) && t.information > in_use.information + 0.1 * all &&
               (same_scale || in_use.gap < 0.5);
      },
      [](const Trial& t) { return t.information; }, 0.1 * all);
  if (best == nullptr) return std::nullopt;
  return finding_for(e, *best, Severity::error);
}

/// The model scales 0..255 by itself, and gets something else.
std::optional<Finding> by_layers(const Examination& e) {
  const Scale in_use = e.trials.empty() ? e.settings.preprocess.scale : e.trials[0].preprocess.scale;
  if (e.scale.scale != Scale::raw || in_use == Scale::raw || !e.scale.notes.empty()) return std::nullopt;
  if (e.arrays && e.trials.empty()) return std::nullopt;  // of an unknown scale
  Preprocess raw = e.settings.preprocess;
  raw.scale = Scale::raw;
  for (const Trial& t : e.trials)
    if (t.preprocess.scale == Scale::raw && t.preprocess.invert == raw.invert && !not_worse(t, e.trials[0]))
      return std::nullopt;
  Finding f;
  f.where = e.scale.layer;
  f.what = fmt::format("layer {} scales pictures of 0..255, and they are scaled before it too ({})",
                       e.scale.layer, scale_name(in_use));
  f.advice = e.arrays ? "give the model arrays of 0..255" : "use " + options_of(raw);
  f.evidence = {{"in_use", std::string(scale_name(in_use))}, {"advised", options_of(raw)}};
  if (!e.arrays) f.preprocess = raw;
  return f;
}

/// Whether what was measured speaks for the preprocessing in use.
bool fits(const Examination& e) {
  if (e.trials.empty()) return false;
  const Trial& in_use = e.trials[0];
  if (in_use.distance < near) return true;
  return !in_use.right.empty() && in_use.accuracy > 0.5;
}

/// A model of keras.applications with the preprocessing of another family.
std::optional<Finding> by_family(const Examination& e) {
  const bool by_itself = !e.scale.layer.empty() && e.scale.scale == Scale::raw;
  const Scale in_use = e.settings.preprocess.scale;
  if (!e.scale.family || e.arrays || by_itself || in_use == e.scale.family->scale || fits(e))
    return std::nullopt;
  Preprocess advised = e.settings.preprocess;
  advised.scale = e.scale.family->scale;
  for (const Trial& t : e.trials)
    if (t.preprocess == advised && (t.accuracy < e.trials[0].accuracy || t.distance > e.trials[0].distance))
      return std::nullopt;
  Finding f;
  f.what = fmt::format("looks like {} of keras.applications, which was trained with {}, and {} is in use",
                       e.scale.family->name, scale_name(advised.scale), scale_name(in_use));
  f.advice = "use " + options_of(advised) + " unless it was trained with another preprocessing";
  f.evidence = {{"in_use", std::string(scale_name(in_use))}, {"advised", options_of(advised)}};
  f.preprocess = advised;
  return f;
}

}  // namespace

std::vector<Finding> check_preprocessing(const Examination& e) {
  using Rule = std::optional<Finding> (*)(const Examination&);
  std::vector<Rule> rules{by_layers};
  if (!e.trials.empty()) {
    const bool truth = !e.trials[0].right.empty();
    if (truth) rules.push_back(by_accuracy);
    if (!truth || !(e.trials[0].accuracy > 0.5)) rules.push_back(by_statistics);
    rules.push_back(by_saturation);
    if (!truth) rules.push_back(by_confidence);
  }
  rules.push_back(by_family);
  for (const Rule rule : rules)
    if (auto finding = rule(e)) return {*std::move(finding)};
  return {};
}

}  // namespace nv::doctor
