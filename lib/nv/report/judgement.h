// How good explanations are, as JSON.
#pragma once

#include "nv/analysis/explain/judge/judge.h"
#include "nv/report/json.h"

namespace nv {

/// The table of nv explain --judge: measures, methods best first with mean and standard error by measure and
/// mean curves, the control, and what they say. Schema: docs/schema/explain.json.
Json judgement_json(const explain::judge::Judgement& judgement);

/// The scores of one input, by the measure's name; null where a measure is not defined.
Json scores_json(const explain::judge::Scores& scores);

}  // namespace nv
