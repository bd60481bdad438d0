// Text output of `nv attack`.
#pragma once

#include <span>
#include <string>

#include "attack/plan.h"
#include "nv/analysis/attack.h"
#include "nv/analysis/attack_summary.h"
#include "nv/report/json.h"
#include "shared/console.h"

namespace nv {

/// Line of one input.
std::string attack_line(const AttackResult& result);

/// One row per method: number fooled, medians, accuracy.
Table attack_table(std::span<const AttackPlan> plans, std::span<const AttackSummary> summaries);
/// One row per class, one column per method: "12 of 15".
Table class_table(std::span<const AttackPlan> plans, std::span<const AttackSummary> summaries,
                  std::span<const std::string> labels);
/// "transfer" of the document: one row per method, one column per model.
Table transfer_table(const Json& transfer);

/// Text at the end of the run: figures per method, tables if there are several, curve and transfer.
std::string attack_report(const Console& console, std::span<const AttackPlan> plans,
                          std::span<const AttackSummary> summaries, const Json& document,
                          std::span<const std::string> labels);
/// The last line of --jsonl: the document without its inputs.
Json attack_closing_json(const Json& document);

/// --list.
std::string attack_list_text(const Console& console);

}  // namespace nv
