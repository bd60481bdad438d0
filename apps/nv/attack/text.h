// Text output of `nv attack`.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "nv/analysis/attack.h"
#include "nv/analysis/attack_summary.h"
#include "nv/report/json.h"
#include "shared/console.h"

namespace nv {

/// "NaN" where no class was predicted.
std::string label_text(const std::optional<Prediction>& prediction);

/// Columns of --csv and --tsv: keys of an item of the JSON, and "method".
std::vector<std::string> attack_columns();

/// Line of one input, without the parts at its end that go beyond `width`.
std::string attack_line(const AttackResult& result, std::optional<std::size_t> width);

/// One row per method and size: inputs attacked, samples found, medians, accuracy. `document` is the whole
/// one; `summaries` per run.
Table attack_table(const Json& document, std::span<const AttackSummary> summaries);
/// One row per class, one column per method: "12 of 15".
Table class_table(const Json& document, std::span<const AttackSummary> summaries,
                  std::span<const std::string> labels);
/// "transfer" of the document: one row per method, one column per model.
Table transfer_table(const Json& transfer);

/// Text at the end of the run: its inputs, attack_table, what a reader must know about it, transfer_table.
std::string attack_report(const Console& console, const Json& document,
                          std::span<const AttackSummary> summaries);
/// The last line of --jsonl: the document without its inputs.
Json attack_closing_json(const Json& document);

/// --list.
std::string attack_list_text(const Console& console);

}  // namespace nv
