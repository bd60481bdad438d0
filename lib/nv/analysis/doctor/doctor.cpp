#include "nv/analysis/doctor/doctor.h"

#include <algorithm>

#include "nv/analysis/doctor/list.h"

namespace nv::doctor {

namespace {

constexpr CheckEntry all_checks[] = {
    {"not-finite", "NaN and infinite values, and the layer where they begin", check_not_finite},
    {"preprocessing", "scale, channel order and inversion of pictures", check_preprocessing},
    {"labels", "true classes and class names that do not fit the outputs, or are permuted", check_labels},
    {"batch-normalization", "statistics that were never trained, or are far from the data",
     check_normalization, true},
    {"saturation", "probabilities of exactly 0 and 1", check_saturation, true},
    {"dead", "channels and units that are 0 for every input", check_dead, true},
    {"accuracy", "an accuracy no better than chance, an output that does not depend on the input",
     check_accuracy, true},
    {"size", "pictures much smaller or larger than the model's input", check_sizes},
    {"duplicates", "inputs that are there more than once", check_duplicates}};

bool is_error_of(const Finding& finding, std::string_view kind) {
  return finding.kind == kind && finding.severity == Severity::error;
}

}  // namespace

std::span<const CheckEntry> checks() {
  return all_checks;
}

std::vector<Finding> diagnose(const Examination& examination) {
  std::vector<Finding> findings;
  const auto holds_error = [&](std::string_view kind) {
    return std::ranges::any_of(findings, [&](const Finding& f) { return is_error_of(f, kind); });
  };
  for (const CheckEntry& entry : all_checks) {
    if (entry.follows_preprocessing && (holds_error("preprocessing") || holds_error("not-finite"))) continue;
    for (Finding& finding : entry.check(examination)) {
      finding.kind = entry.kind;
      findings.push_back(std::move(finding));
    }
  }
  // What the labels or the sizes explain is no other fault.
  if (holds_error("labels") || holds_error("size"))
    std::erase_if(findings, [](const Finding& f) { return f.kind == "accuracy"; });
  std::ranges::stable_sort(findings, std::greater<>(), &Finding::severity);
  return findings;
}

}  // namespace nv::doctor
