// JSON of attacks: schemas neuralvis/attack/1, neuralvis/attack-list/1 and neuralvis/sample/1.
#pragma once

#include "nv/analysis/attack_curve.h"
#include "nv/analysis/attack_result.h"
#include "nv/analysis/attack_summary.h"
#include "nv/analysis/attacks/method.h"
#include "nv/report/json.h"

namespace nv {

/// "params": the settings of the attack, with all defaults filled in.
Json attack_params_json(const attacks::Settings& settings);
/// One element of "inputs", and the result back, without the sample itself.
Json attack_item_json(const AttackResult& result);
AttackResult attack_result_of(const Json& item);
Json attack_summary_json(const AttackSummary& summary);
/// The summary of each run from its items.
std::vector<AttackSummary> summaries_of(std::span<const std::vector<Json>> items);
/// "coverage" of a joint attack.
Json attack_coverage_json(std::span<const CoverageChange> coverage);
/// "perturbation" of a universal attack; `files` by kind.
Json attack_perturbation_json(const Perturbation& perturbation,
                              std::span<const std::pair<std::string, std::string>> files);

/// A line of samples.jsonl, for an item that is a success with files.
Json attack_sample_json(const Json& item, const std::string& method, const Json& params);

/// Robust accuracy by eps of the items of a run with a curve: each success has its "eps".
RobustnessCurve attack_curve_of(std::span<const Json> items);
/// "curve": robust accuracy by eps (see RobustnessCurve), from items of which each success has its "eps".
Json attack_curve_json(std::span<const Json> items, std::span<const double> curve);

/// The whole document. `head`: "schema", "model", "defaults", optional "shard" and "transfer" (files of
/// models), "request" (left out here), "runs" ("method", "params", "curve" of each run). `items` and
/// `summaries`: of each run; `extras`: further keys of each run ("coverage", "perturbation"), or empty.
Json attack_document_json(const Json& head, std::vector<std::vector<Json>> items,
                          std::span<const AttackSummary> summaries, std::span<const Json> extras = {});

/// The runs of a document: its list of runs, or the document itself if it is of one run.
std::vector<const Json*> attack_runs(const Json& document);

/// The whole document of `attack --list`.
Json attack_list_json();

}  // namespace nv
