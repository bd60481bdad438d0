// The documents of `nv run`: schema neuralvis/run/1 (docs/schema/run.json).
#pragma once

#include "nv/analysis/run.h"
#include "nv/report/json.h"

namespace nv {

/// "prediction", "original", "adversarial": index, label, score, probability; null where there is none.
Json prediction_json(const std::optional<Prediction>& prediction);

/// {"prediction": ...}, and why there is none where the output is a vector of classes: "before", "after".
Json said_json(const std::optional<Prediction>& prediction, bool classifies);

/// One element of "inputs".
Json run_item_json(const RunResult& result);

/// "summary": counts, and accuracy, top5_accuracy, confusion and classes where there is truth.
Json run_summary_json(std::int64_t inputs, std::int64_t errors, const Confusion* confusion,
                      std::span<const std::string> labels);

}  // namespace nv
