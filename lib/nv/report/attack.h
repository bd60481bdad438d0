// The documents of `nv attack`: schemas neuralvis/attack/1, neuralvis/attack-list/1 and neuralvis/sample/1.
#pragma once

#include "nv/analysis/attack.h"
#include "nv/report/json.h"

namespace nv {

/// "params": what the attack was told, every number settled.
Json attack_params_json(const attacks::Settings& settings);
/// One element of "inputs".
Json attack_item_json(const AttackResult& result);
Json attack_summary_json(const AttackSummary& summary);
/// "coverage" of a joint attack.
Json attack_coverage_json(std::span<const CoverageChange> coverage);
/// "perturbation" of an attack that changes all inputs alike; `files` by kind.
Json attack_perturbation_json(const Perturbation& perturbation,
                              std::span<const std::pair<std::string, std::string>> files);

/// A line of samples.jsonl, for a success whose files are known.
Json attack_sample_json(const AttackResult& result, const std::string& id, const std::string& method,
                        const Json& params);

/// The whole document of `attack --list`.
Json attack_list_json();

}  // namespace nv
