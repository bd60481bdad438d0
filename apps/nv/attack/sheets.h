// Sheets of `nv attack`.
#pragma once

#include <optional>
#include <string>

#include "attack/plan.h"
#include "nv/analysis/attack.h"
#include "nv/report/json.h"
#include "shared/sheet_files.h"

namespace nv {

/// Data for the sheet of a sample.
struct SampleSource {
  const AttackResult& result;  ///< a success
  const Tensor& original;      ///< the model's input
  const Attacker& attacker;
  const AttackPlan& plan;
  const Model& model;
  const std::vector<std::string>& labels;
};

/// Sheet of a sample; nullopt if the input is not a picture.
std::optional<NamedSheet> sample_sheet(const SampleSource& source, const SheetStyle& style);

/// Curve of accuracy by eps, from the document of a run; nullopt without --curve.
std::optional<NamedSheet> curve_sheet(const Json& document, const Model& model, const SheetStyle& style);

/// Sheet of "transfer" of the document.
NamedSheet transfer_sheet(const Json& transfer, const Model& model, const SheetStyle& style);

}  // namespace nv
