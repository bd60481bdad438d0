// True classes and class names that do not fit the model's outputs, or are permuted.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "nv/analysis/accuracy.h"
#include "nv/analysis/doctor/list.h"
#include "nv/core/text.h"

namespace nv::doctor {

namespace {

constexpr std::int64_t least_of_class = 5;  // of a class that is judged
constexpr double share_of_exchange = 0.6;   // of its inputs that are predicted as another class
constexpr double gain_of_exchange = 0.1;    // of accuracy

std::vector<Finding> check_counts(const Examination& e) {
  std::vector<Finding> findings;
  const auto labels = std::ssize(e.settings.labels);
  if (labels > 0 && e.classes > 0 && labels != e.classes)
    findings.push_back({"",
                        Severity::error,
                        "",
                        fmt::format("{} for {} classes", counted(labels, "label"), e.classes),
                        "give --labels a list of the classes that the model was trained with",
                        {{"labels", labels}, {"classes", e.classes}}});
  if (!e.settings.truth_error.empty())
    findings.push_back({"", Severity::error, "", one_line(e.settings.truth_error),
                        e.settings.truth_hint.empty() ? "give --truth one label per input"
                                                      : one_line(e.settings.truth_hint)});
  if (!e.has_truth() || e.classes == 0) return findings;
  const auto [least, greatest] = std::ranges::minmax(e.settings.truth);
  if (greatest < e.classes) return findings;
  findings.push_back(
      {"",
       Severity::error,
       "",
       fmt::format("true classes go from {} to {}, the outputs from 0 to {}", least, greatest, e.classes - 1),
       least >= 1 && greatest == e.classes ? "the labels begin at 1: subtract 1"
                                           : "the labels are of another set of classes",
       {{"least", least}, {"greatest", greatest}, {"classes", e.classes}}});
  return findings;
}

/// The class that most inputs of a true class are predicted as.
struct Mode {
  std::int64_t predicted = 0;
  double share = 0;
};

/// Of each true class with enough inputs.
std::map<std::int64_t, Mode> modes_of(const Confusion& c) {
  std::map<std::int64_t, Mode> modes;
  for (std::int64_t t = 0; t < c.classes(); ++t) {
    if (c.of_class(t) < least_of_class) continue;
    Mode mode;
    for (std::int64_t p = 0; p < c.classes(); ++p)
      if (const double share = ratio(c.count(t, p), c.of_class(t)); share > mode.share) mode = {p, share};
    modes[t] = mode;
  }
  return modes;
}

bool shifts_by(const std::map<std::int64_t, Mode>& moved, std::int64_t step) {
  return moved.size() > 2 && std::ranges::all_of(moved, [&](const auto& entry) {
           return entry.second.predicted == entry.first + step;
         });
}

std::string advice_for(const std::map<std::int64_t, Mode>& moved) {
  if (shifts_by(moved, -1)) return "the labels begin at 1: subtract 1";
  if (shifts_by(moved, 1)) return "the labels are one too small: add 1";
  return "the classes of --truth are in another order than those that the model was trained with";
}

/// "0 as 3, 3 as 0, …".
std::string moves_text(const std::map<std::int64_t, Mode>& moved, std::span<const std::string> labels) {
  constexpr std::size_t most = 5;
  std::string text;
  std::size_t count = 0;
  for (const auto& [truth, mode] : moved) {
    if (count++ == most) return text + ", …";
    text += fmt::format("{}{} as {}", text.empty() ? "" : ", ", one_line(class_label(truth, labels)),
                        one_line(class_label(mode.predicted, labels)));
  }
  return text;
}

/// Another preprocessing that makes as many inputs right: blue for red can look like another order. nullptr
/// for none.
const Trial* explanation_of(const Examination& e, double accuracy) {
  constexpr double saturated_gap = 40;
  const auto at = std::ranges::find_if(
      e.trials, [&](const Trial& t) { return t.gap < saturated_gap && t.accuracy >= accuracy - 0.02; });
  return at == e.trials.end() ? nullptr : &*at;
}

/// Whether nothing but the true classes speaks for the other order of channels. Of classes that differ in
/// colour alone, exchanged channels and exchanged classes look the same.
bool is_ambiguous(const Examination& e, const Trial& t) {
  const Trial& in_use = e.trials[0];
  return t.preprocess.bgr != in_use.preprocess.bgr && changes(t.preprocess, in_use.preprocess) == 1 &&
         in_use.confidence >= t.confidence - 0.02 && !(in_use.distance > t.distance + 0.1);
}

std::vector<Finding> check_order(const Examination& e) {
  Confusion confusion(e.classes);
  for (std::size_t i = 0; i < e.inputs.size(); ++i)
    if (e.inputs[i].truth && *e.inputs[i].truth >= 0)
      confusion.add(*e.inputs[i].truth, e.measure.items()[i].predicted, false);
  std::map<std::int64_t, Mode> moved;
  std::map<std::int64_t, int> targets;
  double gain = 0;
  for (const auto& [truth, mode] : modes_of(confusion)) {
    ++targets[mode.predicted];
    if (mode.predicted == truth || mode.share < share_of_exchange) continue;
    moved[truth] = mode;
    gain += static_cast<double>(confusion.count(truth, mode.predicted) - confusion.count(truth, truth));
  }
  // Of a model that is wrong, several classes are predicted as one.
  std::erase_if(moved, [&](const auto& entry) { return targets[entry.second.predicted] > 1; });
  gain = confusion.total() == 0 ? 0 : gain / static_cast<double>(confusion.total());
  if (moved.size() < 2 || gain < gain_of_exchange) return {};
  const Trial* const explained = explanation_of(e, confusion.accuracy() + gain);
  if (explained != nullptr && !is_ambiguous(e, *explained)) return {};
  Finding f{"",
            Severity::error,
            "",
            fmt::format("{} of {} classes are predicted as another one: {}; in that order accuracy {:.3g} "
                        "instead of {:.3g}",
                        moved.size(), confusion.classes(), moves_text(moved, e.settings.labels),
                        confusion.accuracy() + gain, confusion.accuracy()),
            advice_for(moved),
            {{"classes", std::ssize(moved)},
             {"accuracy", confusion.accuracy()},
             {"accuracy_reordered", confusion.accuracy() + gain}}};
  if (explained != nullptr) {
    f.what +=
        "; with the channels reversed they are right, too, and the outputs do not show which of the two it "
        "is";
    f.advice = "look at a picture with its true class: if they agree, the channels are reversed; if not, " +
               f.advice;
    f.evidence.push_back({"or", options_of(explained->preprocess)});
  }
  return {f};
}

}  // namespace

std::vector<Finding> check_labels(const Examination& e) {
  std::vector<Finding> findings = check_counts(e);
  if (!findings.empty() || !e.has_truth() || e.output() == nullptr) return findings;
  return check_order(e);
}

}  // namespace nv::doctor
