// nv mutate --generate: mutation testing.
#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "mutate/mutate.h"
#include "nv/analysis/captions.h"
#include "nv/analysis/mutation/test_mutants.h"
#include "nv/core/error.h"
#include "nv/core/text.h"
#include "nv/report/mutate.h"
#include "shared/stage.h"

namespace nv {

namespace {

/// All inputs, in memory, since every mutant runs on them.
struct ReadInputs {
  std::vector<std::vector<Tensor>> batches;  ///< per batch one tensor per model input
  std::vector<std::string> ids;
};

ReadInputs read_all(Console& console, const InputList& inputs, Engine& engine) {
  ReadInputs all;
  InputLoop loop(console, inputs, "inputs", true);
  const BatchReader reader(console, inputs, engine, {std::int64_t{1} << 25, 256, {}});
  loop.run(reader, [&](const Batch& batch, std::size_t) {
    for (std::size_t i = 0; i < batch.inputs.size(); ++i) {
      if (!batch.item[i]) loop.add_error(batch.inputs[i].error, batch.inputs[i].hint);
      all.ids.push_back(batch.inputs[i].id);
    }
    all.batches.push_back(batch.tensors);
  });
  return all;
}

Table mutant_table(const MutationScore& score) {
  Table table;
  table.column("mutant", Table::Align::left);
  table.column("layer", Table::Align::left);
  table.column("killed classes", Table::Align::right);
  table.column("error rate", Table::Align::right);
  for (const MutantResult& m : score.mutants)
    table.row({m.mutation.op, one_line(m.mutation.layer), fmt::format("{}", m.killed_classes.size()),
               fmt::format("{:.4f}", m.error_rate)});
  return table;
}

/// One row per operator, in the order of its first mutant.
Table operator_table(const MutationScore& score) {
  std::vector<std::string> operators;
  for (const MutantResult& m : score.mutants)
    if (std::ranges::find(operators, m.mutation.op) == operators.end()) operators.push_back(m.mutation.op);
  Table table;
  table.column("operator", Table::Align::left);
  for (const char* name : {"mutants", "killed", "mean error rate"}) table.column(name, Table::Align::right);
  for (const std::string& op : operators) {
    std::int64_t mutants = 0, killed = 0;
    double errors = 0;
    for (const MutantResult& m : score.mutants) {
      if (m.mutation.op != op) continue;
      ++mutants;
      killed += m.killed_classes.empty() ? 0 : 1;
      errors += m.error_rate;
    }
    table.row({op, fmt::format("{}", mutants), fmt::format("{}", killed),
               fmt::format("{:.4f}", errors / static_cast<double>(mutants))});
  }
  return table;
}

std::vector<std::string> score_lines(const MutationScore& score, const std::vector<std::string>& ids) {
  std::vector<std::string> lines{
      fmt::format("{} of {} mutants killed, mutation score {}", score.killed(), score.mutants.size(),
                  score_text(score.score)),
      "(share of killed pairs of mutant and class: the model classifies an input of the class right, the "
      "mutant "
      "does not)"};
  for (std::size_t i = 0; i < std::min<std::size_t>(score.killers.size(), 5); ++i)
    lines.push_back(
        fmt::format("{} kills {}", one_line(ids[score.killers[i].first]), score.killers[i].second));
  return lines;
}

}  // namespace

int Mutate::test_mutants(Console& console, const Model& model) {
  Engine intact(model, engine_options_);
  const InputSet set = open_set(console, intact, output_kinds(model, intact.structure()));
  const ReadInputs inputs = read_all(console, set.inputs, intact);
  input_flags_.print_notes(console, model, set.inputs, form_.text());
  const Stage stage("passes");
  const MutationTally::Classes predicted = predicted_classes(intact, inputs.batches);
  MutationTally::Classes truth = predicted;
  if (!set.truth.empty()) truth.assign(set.truth.begin(), set.truth.end());
  MutationTestOptions options{generate_, {}, seed_, engine_options_};
  for (const std::string& name : split(operators_, ','))
    if (!trim(name).empty()) options.operators.emplace_back(trim(name));
  Progress progress(console, "mutants", generate_);
  const MutationScore score = nv::test_mutants(model, options, inputs.batches, predicted, std::move(truth),
                                               [&] { progress.advance(1); });
  Json json = head(model);
  json["mutations"] = Json::array();
  json.update(mutation_score_json(score, inputs.ids));
  const Table table = mutant_table(score);
  const std::vector<std::string> closing = score_lines(score, inputs.ids);
  begin_page(fmt::format("{}: mutation testing", model_title(model)));
  out_.page.section("Summary");
  for (const std::string& sentence : closing) out_.page.text(sentence);
  out_.page.table(operator_table(score), {"Operators", {}, {}});
  out_.page.section("Mutants");
  out_.page.table(table);
  finish(console, document(json));
  out_.page.finish();
  form_.set_columns({"mutation.op", "mutation.layer", "mutation.filters", "mutation.seed", "killed",
                     "killed_classes", "error_rate", "changed"});
  for (const Json& mutant : json["mutants"]) form_.print_row(console, mutant);
  form_.end_rows(console);
  if (form_.text()) {
    console.result(fmt::format("{}\n{}\n", table.text(console), fmt::join(closing, "\n")));
    console.note_written({out_.path, out_.page.file()});
  }
  return check_gates(console, json["summary"]);
}

}  // namespace nv
