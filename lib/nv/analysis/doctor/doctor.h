// What is wrong between a model and its inputs.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "nv/analysis/doctor/examination.h"
#include "nv/analysis/doctor/finding.h"

namespace nv::doctor {

using Check = std::vector<Finding> (*)(const Examination&);

struct CheckEntry {
  std::string_view kind;     ///< name, of its findings too
  std::string_view summary;  ///< what it looks for
  Check check;
  bool (*applies)(const Examination&) = nullptr;  ///< to the model; null for any
  std::size_t inputs = 1;                         ///< with fewer it finds little or nothing
  bool truth = false;                             ///< the same without true classes
  /// What it finds may come from a wrong preprocessing, and says nothing while there is one.
  bool follows_preprocessing = false;
  /// It says nothing of weights that were never trained.
  bool follows_training = false;
};

/// In the order in which they run.
std::span<const CheckEntry> checks();

/// The checks for which the inputs are too few, or which miss true classes, in order.
std::vector<const CheckEntry*> hardly_judged(const Examination& examination);

/// Findings of all checks, errors first. Those that follow from a wrong preprocessing or from values that are
/// not finite are left out.
std::vector<Finding> diagnose(const Examination& examination);

}  // namespace nv::doctor
