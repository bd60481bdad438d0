// Scale, channel order and inversion of pictures: another preprocessing explains the model's behaviour
// better.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "nv/analysis/doctor/list.h"
#include "nv/analysis/doctor/sign_test.h"
#include "nv/analysis/input_specs.h"
#include "nv/core/text.h"

namespace nv::doctor {

namespace {

/// Chance that any of the candidates makes so many more inputs right if all were equal.
constexpr double significant = 0.05;
constexpr double likely_chance = 0.05;  // from this chance on, two are taken for equal
/// Of accuracy, or of the inputs that are wrong.
constexpr double clear_gain = 0.05, clear_share = 0.4;
constexpr double about_equal = 0.02;
constexpr double far = 1, far_of_few = 2, near = 0.6;  // distances (normalization.h)
constexpr std::size_t few = 8;                         // inputs
constexpr double saturated_gap = 40, usual_gap = 2;    // medians of the gap between the largest logits
constexpr double sure = 0.9, unsure = 0.85, very_unsure = 0.75;  // mean confidences

/// What both have: "accuracy 0.0980 -> 0.7430".
void add_figure(Finding& f, std::string& text, const char* name, double in_use, double best) {
  if (std::isnan(in_use) || std::isnan(best)) return;
  if (!text.empty()) text += ", ";
  text += fmt::format("{} {:.3g} -> {:.3g}", name, in_use, best);
  f.evidence.push_back({fmt::format("{}_in_use", name), in_use});
  f.evidence.push_back({fmt::format("{}_advised", name), best});
}

std::string in_use_text(const Examination& e) {
  return e.arrays ? "arrays of " + e.array_scale->range : options_of(e.trials[0].preprocess);
}

std::string advice_for(const Examination& e, const Preprocess& best) {
  if (!e.arrays) return "use " + options_of(best);
  const Preprocess& in_use = e.array_scale->preprocess;
  if (in_use.scale == Scale::raw) return fmt::format("use {}, which scales the arrays", options_of(best));
  const std::int64_t channels = channels_of(input_specs(e.model(), e.engine.structure())[0]);
  std::string text = fmt::format("make the arrays as {} makes pictures", options_of(best));
  const std::string formula = conversion(in_use, best, channels);
  if (!formula.empty() && formula != "x") text += fmt::format(": x becomes {}", formula);
  if (takes_bgr(in_use, channels) != takes_bgr(best, channels)) text += ", with the channels reversed";
  return text;
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
  std::string in_use_as = in_use_text(e);
  if (e.arrays && !e.array_scale->mistake.empty())
    in_use_as += fmt::format(" ({}, as it seems)", e.array_scale->mistake);
  f.what = fmt::format("{} not fit; with {}: {}", in_use_as + (e.arrays ? " do" : " does"),
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
  const auto eligible = [&](const Trial& t) {
    return (!saturated(t) || t.gap <= in_use.gap) && t.accuracy >= chance + 0.25 * (1 - chance);
  };
  const auto tested = std::count_if(e.trials.begin() + 1, e.trials.end(), eligible);
  const double limit = significant / static_cast<double>(std::max<std::ptrdiff_t>(tested, 1));  // Bonferroni
  const auto better = [&](const Trial& t) {
    return eligible(t) && chance_of_gain(in_use.right, t.right) <= limit;
  };
  const auto accuracy = [](const Trial& t) { return t.accuracy; };
  const Trial* const most = pick(e, better, accuracy, 0);
  if (most == nullptr) return std::nullopt;
  const Trial* const best = pick(
      e, [&](const Trial& t) { return better(t) && chance_of_gain(t.right, most->right) > likely_chance; },
      accuracy, about_equal);
  const double gain = best->accuracy - in_use.accuracy;
  const bool clear = gain >= clear_gain || gain >= clear_share * (1 - in_use.accuracy);
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
        return t.gap < in_use.gap / 5 && !saturated(t) && t.gap > usual_gap && t.confidence > 0.8 &&
               not_worse(t, in_use) && t.preprocess.invert == in_use.preprocess.invert;
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
        const bool same = same_scale(t.preprocess, in_use.preprocess);
        return in_use.confidence < (same ? unsure : very_unsure) && t.confidence > sure && !saturated(t) &&
               t.information > in_use.information + 0.1 * all && (same || in_use.gap < 0.5);
      },
      [](const Trial& t) { return t.information; }, 0.1 * all);
  if (best == nullptr) return std::nullopt;
  return finding_for(e, *best, Severity::error);
}

/// With true classes: the outputs are right far more often than they are sure, and with another scale as sure
/// as they are right. Training brings both together; a smaller scale makes a model unsure long before it
/// makes it wrong. A warning, since smoothed labels make a model unsure too.
std::optional<Finding> by_doubt(const Examination& e) {
  constexpr double doubt = 0.1, agreement = 0.03;
  constexpr std::size_t least = 100;  // inputs
  const Trial& in_use = e.trials[0];
  if (in_use.right.size() < least || !(in_use.accuracy - in_use.confidence > doubt)) return std::nullopt;
  const Trial* const best = pick(
      e,
      [&](const Trial& t) {
        return std::abs(t.accuracy - t.confidence) < agreement && !saturated(t) && not_worse(t, in_use) &&
               changes(t.preprocess, in_use.preprocess) == 1 && !same_scale(t.preprocess, in_use.preprocess);
      },
      [](const Trial& t) { return t.accuracy; }, about_equal);
  if (best == nullptr) return std::nullopt;
  Finding f = finding_for(e, *best, Severity::warning);
  f.advice += ", if the model was trained so";
  return f;
}

/// The model scales 0..255 by itself, and gets something else.
std::optional<Finding> by_layers(const Examination& e) {
  if (e.arrays && (!e.array_scale || e.array_scale->guessed)) return std::nullopt;  // of an unknown scale
  const Preprocess& in_use = e.arrays ? e.array_scale->preprocess : e.settings.preprocess;
  if (e.scale.scale != Scale::raw || in_use.scale == Scale::raw || !e.scale.notes.empty())
    return std::nullopt;
  const std::string in_use_as =
      e.arrays ? "arrays of " + e.array_scale->range : std::string(scale_name(in_use.scale));
  Preprocess raw = e.settings.preprocess;
  raw.scale = Scale::raw;
  for (const Trial& t : e.trials)
    if (t.preprocess.scale == Scale::raw && t.preprocess.invert == raw.invert && !not_worse(t, e.trials[0]))
      return std::nullopt;
  Finding f;
  f.where = e.scale.layer;
  f.what = fmt::format("layer {} scales pictures of 0..255, and they are scaled before it too ({})",
                       e.scale.layer, in_use_as);
  f.advice = e.arrays ? "give the model arrays of 0..255" : "use " + options_of(raw);
  f.evidence = {{"in_use", in_use_as}, {"advised", options_of(raw)}};
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

/// Arrays of a range that no model is trained with. What is there after the layers have seen it differs too
/// little for statistics and confidences to be compared.
std::optional<Finding> by_range(const Examination& e) {
  if (!e.array_scale || e.array_scale->mistake.empty() || fits(e)) return std::nullopt;
  if (!e.trials.empty() && e.inputs.size() >= few && e.classes >= 2) {
    const double all =
        std::log(std::min(static_cast<double>(e.classes), static_cast<double>(e.inputs.size())));
    const Trial* const best = pick(
        e,
        [&](const Trial& t) {
          return changes(t.preprocess, e.trials[0].preprocess) == 1 && !saturated(t) &&
                 not_worse(t, e.trials[0]) && t.information > e.trials[0].information + 0.1 * all;
        },
        // Of scales that do equally well, the one that most models are trained with.
        [&](const Trial& t) { return t.information + (t.preprocess.scale == Scale::unit ? 0.1 * all : 0); },
        0);
    if (best != nullptr) return finding_for(e, *best, Severity::error);
    if (e.trials[0].information > 0.3 * all) return std::nullopt;  // the model tells them apart
  }
  Preprocess unit;
  Finding f;
  f.severity = Severity::warning;
  f.what =
      fmt::format("arrays of {} are too {} for pictures: {}, as it seems", e.array_scale->range,
                  e.array_scale->preprocess.deviation[0] < 1 ? "large" : "small", e.array_scale->mistake);
  f.advice = advice_for(e, unit) + ", if the model was trained so";
  f.evidence = {{"in_use", "arrays of " + e.array_scale->range}, {"advised", options_of(unit)}};
  return f;
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

/// A file of defaults whose scale cannot apply to this model. The examination goes on without it.
std::optional<Finding> of_defaults(const Examination& e) {
  if (e.settings.scale_error.empty()) return std::nullopt;
  Finding f;
  f.what = one_line(e.settings.scale_error);
  f.advice =
      fmt::format("remove it from the file (--write does in the one beside the model); examined with {}",
                  e.arrays ? "the arrays as they are" : options_of(e.settings.preprocess));
  f.evidence = {{"examined", options_of(e.settings.preprocess)}};
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
    rules.push_back(truth ? by_doubt : by_confidence);
  }
  rules.push_back(by_range);
  rules.push_back(by_family);
  std::vector<Finding> findings;
  for (const Rule rule : rules)
    if (findings.empty())
      if (auto finding = rule(e)) findings.push_back(*std::move(finding));
  if (auto unfit = of_defaults(e)) {
    if (findings.empty()) unfit->preprocess = e.settings.preprocess;
    findings.insert(findings.begin(), *std::move(unfit));
  }
  return findings;
}

}  // namespace nv::doctor
