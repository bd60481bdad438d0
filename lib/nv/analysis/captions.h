// Short texts about models and predictions, for headings, captions and messages.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "nv/analysis/mutation/mutant.h"
#include "nv/analysis/prediction.h"
#include "nv/model/model.h"

namespace nv {

/// Name of the model's file, without its folder.
std::string model_title(const Model& model);

/// "7 (0.9998)": the class and its probability, or its score if the output holds no probabilities; "NaN" if
/// there is no prediction, "-" if no output of the model `classifies`.
std::string prediction_text(const std::optional<Prediction>& prediction, bool classifies = true);

/// Four decimals, so that a column of them compares; "< 0.0001" and "> 0.9999" for what would round to 0 or 1
/// without being it.
std::string probability_text(double p);

/// The same for a score or a share of any size, always with decimals: "1.0000", "-3.2500", "NaN".
std::string score_text(double score);

/// What was changed, per operator and layer: "conv1 0-3, 8; conv2 5" of frozen filters alone, else with the
/// operators: "gaussian-fuzz conv1 2". At most four layers and eight ranges of filters each; the rest is
/// counted.
std::string mutations_text(std::span<const Mutation> mutations);
/// Whether all of them freeze filters.
bool only_frozen(std::span<const Mutation> mutations);

}  // namespace nv
