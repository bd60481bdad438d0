// nv mutate --generate: mutation testing.
#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "mutate/mutate.h"
#include "nv/analysis/mutation/test_mutants.h"
#include "nv/core/error.h"
#include "nv/core/text.h"
#include "nv/report/mutate.h"
#include "shared/batch.h"

namespace nv {

int Mutate::test_mutants(Console& console, const Model& model) {
  Engine intact(model, engine_options_);
  const InputList inputs = inputs_for(console, intact);
  const std::vector<OutputKind> outputs = output_kinds(model, intact.structure());
  const std::vector<std::string> labels =
      fitting_labels(input_flags_.labels(defaults_), intact, outputs, console);
  const BatchReader reader(console, inputs, intact, {std::int64_t{1} << 25, 256, {}});
  std::vector<std::vector<Tensor>> batches;
  std::vector<std::string> ids;
  for (std::size_t at = 0; at < inputs.size();) {
    Batch read = reader.read(at);
    for (std::size_t i = 0; i < read.inputs.size(); ++i) {
      if (!read.item[i]) throw Error(ErrorKind::input, read.inputs[i].error, read.inputs[i].hint);
      ids.push_back(read.inputs[i].id);
    }
    batches.push_back(std::move(read.tensors));
    at += read.inputs.size();
  }
  input_flags_.say_notes(console, model, inputs, !json_);
  const MutationTally::Classes predicted = predicted_classes(intact, batches);
  MutationTally::Classes truth = predicted;
  if (!input_flags_.truth.empty()) {
    const auto known = read_truth_of(input_flags_.truth, inputs, labels, intact, outputs);
    truth.assign(known.begin(), known.end());
  }
  MutationTestOptions options{generate_, {}, seed_, engine_options_};
  for (const std::string& name : split(operators_, ','))
    if (!trim(name).empty()) options.operators.emplace_back(trim(name));
  Progress progress(console, "mutants", generate_);
  const MutationScore score =
      nv::test_mutants(model, options, batches, predicted, std::move(truth), [&] { progress.advance(1); });
  Json json = head(model);
  json["mutations"] = Json::array();
  json.update(mutation_score_json(score, ids));
  Table table;
  table.column("mutant", Table::Align::left);
  table.column("layer", Table::Align::left);
  table.column("killed classes", Table::Align::right);
  table.column("error rate", Table::Align::right);
  for (const MutantResult& m : score.mutants)
    table.row({m.mutation.op, one_line(m.mutation.layer), fmt::format("{}", m.killed_classes.size()),
               fmt::format("{:.4f}", m.error_rate)});
  std::vector<std::string> closing{
      fmt::format("{} of {} mutants killed, mutation score {}", score.killed(), score.mutants.size(),
                  std::isnan(score.score) ? "NaN" : fmt::format("{:.4f}", score.score))};
  for (std::size_t i = 0; i < std::min<std::size_t>(score.killers.size(), 5); ++i)
    closing.push_back(
        fmt::format("{} kills {}", one_line(ids[score.killers[i].first]), score.killers[i].second));
  begin_page(fmt::format("{}: mutation testing", model_title(model)));
  for (const std::string& sentence : closing) page_.text(sentence);
  page_.table(table);
  finish(console, json);
  if (!json_) console.result(fmt::format("{}\n{}\n", table.text(console), fmt::join(closing, "\n")));
  if (!json_) console.wrote({output_, page_.file()});
  return judge(console, json["summary"]);
}

}  // namespace nv
