// What `nv attack` prints.
#pragma once

#include <span>
#include <string>

#include "attack/plan.h"
#include "nv/analysis/attack.h"
#include "nv/analysis/attack_summary.h"
#include "nv/report/json.h"
#include "shared/console.h"

namespace nv {

/// One input, on one line.
std::string attack_line(const AttackResult& result);

/// A row a method: how many fell, medians, accuracy.
Table attack_table(std::span<const AttackPlan> plans, std::span<const AttackSummary> summaries);
/// A row a class, a column a method: "12 of 15".
Table class_table(std::span<const AttackPlan> plans, std::span<const AttackSummary> summaries,
                  std::span<const std::string> labels);
/// "transfer" of the document: a row a method, a column a model.
Table transfer_table(const Json& transfer);

/// What is said at the end: figures of each method, and of several a table by class; curve and transfer.
std::string attack_report(const Console& console, std::span<const AttackPlan> plans,
                          std::span<const AttackSummary> summaries, const Json& document,
                          std::span<const std::string> labels);
/// The last line of --jsonl: the document without its inputs.
Json attack_closing_json(const Json& document);

/// --list.
std::string attack_list_text(const Console& console);

}  // namespace nv
