// The pictures of `nv attack`.
#pragma once

#include <optional>
#include <string>

#include "attack/plan.h"
#include "nv/analysis/attack.h"
#include "nv/report/json.h"
#include "sheet_files.h"

namespace nv {

/// What a sample's sheet draws from.
struct SampleSource {
  const AttackResult& result;  ///< a success
  const Tensor& original;      ///< the model's input
  const Attacker& attacker;
  const AttackPlan& plan;
  const Model& model;
  const std::vector<std::string>& labels;
};

/// Original, change and sample side by side, with the scores before and after; nullopt where the input is no
/// picture.
std::optional<NamedSheet> sample_sheet(const SampleSource& source, const SheetStyle& style);

/// Accuracy by eps, a line a method, of the document of a run; nullopt without --curve.
std::optional<NamedSheet> curve_sheet(const Json& document, const Model& model, const SheetStyle& style);

/// "transfer" of the document as a heat map: a row a method, a column a model.
NamedSheet transfer_sheet(const Json& transfer, const Model& model, const SheetStyle& style);

}  // namespace nv
