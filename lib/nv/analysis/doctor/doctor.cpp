#include "nv/analysis/doctor/doctor.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "nv/analysis/doctor/list.h"

namespace nv::doctor {

namespace {

constexpr CheckEntry all_checks[] = {
    {"not-finite", "NaN and infinite values, and the layer where they begin", check_not_finite},
    {"labels", "true classes and class names that do not fit the outputs, or are permuted", check_labels},
    {"preprocessing", "scale, channel order and inversion of pictures", check_preprocessing},
    {"untrained", "kernels as an initialiser draws them", check_untrained},
    {"batch-normalization", "statistics that were never trained, or are far from the data",
     check_normalization, true, true},
    {"saturation", "probabilities of exactly 0 and 1", check_saturation, true, true},
    {"dead", "channels and units that are 0 for every input", check_dead, true, true},
    {"accuracy", "an accuracy no better than chance, an output that does not depend on the input",
     check_accuracy, true},
    {"size", "pictures much smaller or larger than the model's input", check_sizes},
    {"duplicates", "inputs that are there more than once", check_duplicates}};

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
    wrong_truth_ = wrong_truth_ || (kind == "labels" && !has(finding, "labels"));
    list_.push_back(std::move(finding));
  }

  bool holds(std::string_view kind, std::optional<Severity> severity = std::nullopt) const {
    return std::ranges::any_of(
        list_, [&](const Finding& f) { return f.kind == kind && (!severity || f.severity == severity); });
  }

  bool explains(const CheckEntry& entry) const {
    return (entry.follows_preprocessing &&
            (holds("preprocessing", Severity::error) || holds("not-finite"))) ||
           (entry.follows_training && holds("untrained"));
  }

  /// Errors first, without those of the accuracy that another one explains.
  std::vector<Finding> take(bool has_truth) {
    if (wrong_truth_ || holds("size", Severity::error) || (holds("untrained") && !has_truth))
      std::erase_if(list_, [](const Finding& f) { return f.kind == "accuracy"; });
    std::ranges::stable_sort(list_, std::greater<>(), &Finding::severity);
    return std::move(list_);
  }

 private:
  std::vector<Finding> list_;
  bool wrong_truth_ = false;
};

}  // namespace

std::span<const CheckEntry> checks() {
  return all_checks;
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
