#include "nv/analysis/doctor/doctor.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "nv/analysis/doctor/list.h"

namespace nv::doctor {

namespace {

bool classifies(const Examination& e) {
  return e.output() != nullptr;
}

bool normalizes(const Examination& e) {
  return !e.normalization.empty();
}

constexpr CheckEntry all_checks[] = {
    {.kind = "not-finite",
     .summary = "NaN and infinite values, and the layer where they begin",
     .check = check_not_finite},
    {.kind = "labels",
     .summary = "true classes and class names that do not fit the outputs, or are permuted",
     .check = check_labels,
     .applies = classifies,
     .inputs = 10,
     .truth = true},
    {.kind = "preprocessing",
     .summary = "scale, channel order and inversion of pictures",
     .check = check_preprocessing,
     .inputs = 8},
    {.kind = "untrained",
     .summary = "weights as an initialiser draws them: of the model, of a layer",
     .check = check_untrained},
    {.kind = "channel-order",
     .summary = "red and blue exchanged, where no true classes show it",
     .check = check_channel_order,
     .applies = takes_colour,
     .inputs = 30,
     .truth = true,
     .follows_preprocessing = true,
     .follows_training = true},
    {.kind = "batch-normalization",
     .summary = "statistics that were never trained, or are far from the data",
     .check = check_normalization,
     .applies = normalizes,
     .inputs = 8,
     .follows_preprocessing = true,
     .follows_training = true},
    {.kind = "saturation",
     .summary = "probabilities of exactly 0 and 1",
     .check = check_saturation,
     .applies = classifies,
     .inputs = 5,
     .follows_preprocessing = true,
     .follows_training = true},
    {.kind = "dead",
     .summary = "channels and units that are 0 for every input",
     .check = check_dead,
     .inputs = 30,
     .follows_preprocessing = true,
     .follows_training = true},
    {.kind = "accuracy",
     .summary = "an accuracy no better than chance, an output that does not depend on the input",
     .check = check_accuracy,
     .applies = classifies,
     .inputs = 30,
     .truth = true,
     .follows_preprocessing = true},
    {.kind = "size",
     .summary = "pictures much smaller or larger than the model's input",
     .check = check_sizes},
    {.kind = "duplicates",
     .summary = "inputs that are there more than once",
     .check = check_duplicates,
     .inputs = 2}};

bool has(const Finding& finding, std::string_view evidence) {
  return std::ranges::find(finding.evidence, evidence, &Evidence::name) != finding.evidence.end();
}

/// What was found so far.
class Findings {
 public:
  void add(std::string_view kind, Finding finding) {
    finding.kind = kind;
    // An accuracy by true classes that are wrong says nothing.
    if (kind == "preprocessing" && wrong_truth_ && has(finding, "accuracy_in_use")) return;
    wrong_truth_ = wrong_truth_ || (kind == "labels" && !has(finding, "labels") && !has(finding, "or"));
    list_.push_back(std::move(finding));
  }

  bool holds(std::string_view kind, std::optional<Severity> severity = std::nullopt) const {
    return std::ranges::any_of(
        list_, [&](const Finding& f) { return f.kind == kind && (!severity || f.severity == severity); });
  }

  bool explains(const CheckEntry& entry) const {
    return (entry.follows_preprocessing && (advises_preprocessing() || holds("not-finite"))) ||
           (entry.follows_training && untrained());
  }

  /// Errors first, without those of the accuracy that another one explains.
  std::vector<Finding> take(bool has_truth) {
    if (wrong_truth_ || holds("size", Severity::error) || (untrained() && !has_truth))
      std::erase_if(list_, [](const Finding& f) { return f.kind == "accuracy"; });
    // How sure the outputs of an untrained layer are says nothing of the inputs.
    if (holds("untrained", Severity::error))
      std::erase_if(list_, [](const Finding& f) {
        return f.kind == "preprocessing" && has(f, "confidence_in_use") && !has(f, "accuracy_in_use") &&
               !has(f, "distance_in_use");
      });
    std::ranges::stable_sort(list_, std::greater<>(), &Finding::severity);
    return std::move(list_);
  }

 private:
  /// Of the whole model, not of a layer.
  bool untrained() const {
    return std::ranges::any_of(list_, [](const Finding& f) { return f.kind == "untrained" && has(f, "of"); });
  }
  bool advises_preprocessing() const {
    return std::ranges::any_of(list_, [](const Finding& f) {
      return f.kind == "preprocessing" && f.severity == Severity::error && has(f, "advised");
    });
  }

  std::vector<Finding> list_;
  bool wrong_truth_ = false;
};

}  // namespace

std::span<const CheckEntry> checks() {
  return all_checks;
}

std::vector<const CheckEntry*> hardly_judged(const Examination& e) {
  std::vector<const CheckEntry*> list;
  for (const CheckEntry& entry : all_checks)
    if ((entry.applies == nullptr || entry.applies(e)) &&
        (e.inputs.size() < entry.inputs || (entry.truth && !e.has_truth())))
      list.push_back(&entry);
  return list;
}

std::vector<Finding> diagnose(const Examination& examination) {
  Findings findings;
  for (const CheckEntry& entry : all_checks) {
    if (findings.explains(entry)) continue;
    for (Finding& finding : entry.check(examination)) findings.add(entry.kind, std::move(finding));
  }
  return findings.take(examination.has_truth());
}

}  // namespace nv::doctor
