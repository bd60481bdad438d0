// Sheets of `nv attack`.
#pragma once

#include <optional>
#include <string>
#include <vector>

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

/// Sheets over all inputs, from the document of a run: "curve" of a run with --curve, "transfer" with
/// --transfer. `model`: its title.
std::vector<NamedSheet> attack_sheets(const Json& document, const std::string& model);

}  // namespace nv
