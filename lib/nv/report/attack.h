// The documents of `nv attack`: schemas neuralvis/attack/1, neuralvis/attack-list/1 and neuralvis/sample/1.
#pragma once

#include "nv/analysis/attack.h"
#include "nv/analysis/attack_summary.h"
#include "nv/report/json.h"

namespace nv {

/// "params": what the attack was told, every number settled.
Json attack_params_json(const attacks::Settings& settings);
/// One element of "inputs"; and back, but for the sample itself.
Json attack_item_json(const AttackResult& result);
AttackResult attack_result_of(const Json& item);
Json attack_summary_json(const AttackSummary& summary);
/// Of the items of each run.
std::vector<AttackSummary> summaries_of(std::span<const std::vector<Json>> items);
/// "coverage" of a joint attack.
Json attack_coverage_json(std::span<const CoverageChange> coverage);
/// "perturbation" of an attack that changes all inputs alike; `files` by kind.
Json attack_perturbation_json(const Perturbation& perturbation,
                              std::span<const std::pair<std::string, std::string>> files);

/// A line of samples.jsonl, for an item that is a success whose files are known.
Json attack_sample_json(const Json& item, const std::string& method, const Json& params);

/// Accuracy by eps, of items that say at which eps they fell ("eps"): of those with a truth, else of those
/// attacked.
Json attack_curve_json(std::span<const Json> items, std::span<const double> curve);

/// The whole document. `head`: "schema", "model", "defaults", "shard" where there is one, "transfer"
/// (files of models), "request" (what else was asked for; left out), "runs" (of each "method", "params",
/// "curve"). `items` of each run, and their `summaries`; `extras`: further keys of each run ("coverage",
/// "perturbation"), or none.
Json attack_document_json(const Json& head, std::vector<std::vector<Json>> items,
                          std::span<const AttackSummary> summaries, std::span<const Json> extras = {});

/// The runs of a document, which has one itself or a list.
std::vector<const Json*> attack_runs(const Json& document);

/// The whole document of `attack --list`.
Json attack_list_json();

}  // namespace nv
