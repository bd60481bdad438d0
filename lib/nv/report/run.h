// JSON of runs: schema neuralvis/run/1 (docs/schema/run.json).
#pragma once

#include "nv/analysis/run.h"
#include "nv/report/json.h"

namespace nv {

/// Index, label, score and probability of a prediction; null for nullopt.
Json prediction_json(const std::optional<Prediction>& prediction);

/// {"prediction": ...}, with "reason" if an output that classifies has no prediction.
Json output_json(const std::optional<Prediction>& prediction, bool classifies);

/// One element of "inputs".
Json run_item_json(const RunResult& result);

/// "summary": counts; with true classes also accuracy, top5_accuracy, calibration (of outputs of
/// probabilities), confusion and classes. `diagram`: the file of the reliability diagram, "" for none.
Json run_summary_json(std::int64_t inputs, std::int64_t errors, const TruthSummary* truth,
                      std::span<const std::string> labels, const std::string& diagram = {});

/// The confusion matrix as a table for other programs: a row per true class with its name, a column per
/// predicted one, and a last column of inputs without a prediction.
std::string confusion_csv(const Confusion& confusion, std::span<const std::string> labels);
/// A row per bin: from, to, inputs, mean confidence, accuracy; empty cells for a bin without inputs.
std::string calibration_csv(const Calibration& calibration);

}  // namespace nv
