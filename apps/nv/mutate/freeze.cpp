// nv mutate --freeze, --config: runs the intact and the changed model, and compares them (Algorithm 1 of
// NeuralVis).
#include <nlohmann/json.hpp>

#include "compare/summary.h"
#include "mutate/mutate.h"
#include "nv/analysis/accuracy.h"
#include "nv/analysis/captions.h"
#include "nv/core/text.h"
#include "nv/keras/writer.h"
#include "nv/model/select.h"
#include "nv/report/difference.h"
#include "nv/report/mutate.h"
#include "nv/report/run.h"
#include "shared/named_file.h"
#include "shared/stage.h"

namespace nv {

namespace {

Table mutation_table(std::span<const Mutation> mutations) {
  Table table;
  table.column("change", Table::Align::left);
  table.column("layer", Table::Align::left);
  table.column("filters", Table::Align::left);
  table.column("how", Table::Align::left);
  for (const Mutation& m : mutations) {
    std::vector<std::string> how;
    if (!m.as.empty()) how.push_back("as " + m.as);
    if (!m.activation.empty()) how.push_back(m.activation);
    for (const auto& [name, value] : m.parameters) how.push_back(fmt::format("{} {:g}", name, value));
    table.row({m.op, one_line(m.layer), shortened(fmt::format("{}", fmt::join(m.filters, ", ")), 60),
               fmt::format("{}", fmt::join(how, ", "))});
  }
  return table;
}

}  // namespace

struct Mutate::FreezeRun {
  const Mutant& mutant;
  Engine &intact, &changed;
  Matching matching;
  std::vector<bool> chosen;  ///< layers to compare, per node of the intact model
  std::vector<OutputKind> outputs, outputs_after;
  InputSet set;
  Preprocess preprocess;
  ListDocument document;
  PairPage page;
  PredictionChanges changes;
  PairSummary summary;  ///< of the text
  bool lines = true;    ///< whether the text has a line per input

  bool classifies() const { return classifier_of(outputs) != nullptr; }
  bool has_accuracy() const { return !set.truth.empty() && changes.inputs > 0; }
};

void Mutate::save(const Console& console, const Mutant& mutant) const {
  if (save_.empty()) return;
  write_named_file(save_, encode_model(plain_model(mutant), model_format(save_)), out_.rules.force);
  console.note(fmt::format("wrote {}", save_));
}

void Mutate::add_input(Console& console, FreezeRun& run, const Input& input, std::size_t index,
                       std::int64_t item, const Trace& before, const Trace& after) {
  const InputList::Entry& entry = run.set.inputs[index];
  const bool classifies = run.classifies();
  Pair pair{{{run.intact, before, item}, {run.changed, after, item}, run.matching}, {}};
  pair.labels = run.set.labels;
  pair.preprocess = run.preprocess;
  const std::optional<Prediction> before_prediction = prediction_of(pair.a, run.outputs, run.set.labels);
  const std::optional<Prediction> after_prediction = prediction_of(pair.b, run.outputs_after, run.set.labels);
  describe_mutant(pair, entry.id, prediction_text(before_prediction, classifies),
                  prediction_text(after_prediction, classifies), run.mutant.mutations);
  if (out_.wanted()) pair.sources = {fingerprints_.of(model_), fingerprints_.of(entry.path)};
  std::vector<LayerDifference> layers = compare_passes(pair.a, pair.b, run.matching, run.chosen);
  write_pair(out_, run.page, pair_options_, pair, layers,
             {entry.id, prediction_text(before_prediction, classifies),
              prediction_text(after_prediction, classifies)},
             entry.id, style_);
  const bool flips =
      run.changes.add(class_of(before_prediction), class_of(after_prediction), run.set.truth_of(index));
  if (!form_.text() || out_.folder() != nullptr) {
    Json json{{"id", entry.id}, {"file", entry.file}, {"status", "ok"}, {"preprocess", input.preprocess}};
    json["before"] = output_json(before_prediction, classifies);
    json["after"] = output_json(after_prediction, classifies);
    json["changed"] = flips;
    json["layers"] = layer_differences_json(layers, pair_options_.top());
    if (!form_.rows() || out_.folder() != nullptr) run.document.add(json);
    print_rows(console, json);
  }
  if (!form_.text()) return;
  run.summary.add(entry.id, layers, flips);
  if (run.lines)
    console.result(fmt::format("{}: {} -> {}{}\n", console.bold(one_line(entry.id)),
                               prediction_text(before_prediction, classifies),
                               prediction_text(after_prediction, classifies), flips ? "  changed" : ""));
}

void Mutate::print_rows(Console& console, const Json& input) {
  if (!form_.rows()) return;
  for (const Json& layer : input["layers"]) {
    Json row{{"id", input["id"]},
             {"before", input["before"]},
             {"after", input["after"]},
             {"changed", input["changed"]}};
    row.update(layer);
    form_.print_row(console, row);
  }
}

void Mutate::finish_page(FreezeRun& run) {
  const PredictionChanges& changes = run.changes;
  ReportPage::Facts facts{{"inputs", fmt::format("{}", changes.inputs)},
                          {"predictions changed", fmt::format("{}", changes.changed)}};
  if (run.has_accuracy()) {
    facts.emplace_back("accuracy, intact", score_text(changes.accuracy_before()));
    facts.emplace_back("accuracy, changed", score_text(changes.accuracy_after()));
  }
  run.page.finish(facts, [&] {
    out_.page.table(mutation_table(run.mutant.mutations), {"Changes of the model", {}, {}});
    for (const std::string& note : run.mutant.notes) out_.page.note(note);
  });
}

int Mutate::finish_freeze(Console& console, FreezeRun& run, const InputLoop& loop) {
  const PredictionChanges& changes = run.changes;
  Json summary{{"inputs", changes.inputs}, {"errors", loop.errors()}, {"changed", changes.changed}};
  std::vector<std::string> closing;
  if (run.set.inputs.size() > 1)
    closing.push_back(fmt::format("{} of {} predictions changed", changes.changed, changes.inputs));
  if (run.has_accuracy()) {
    summary["accuracy_before"] = number(changes.accuracy_before());
    summary["accuracy_after"] = number(changes.accuracy_after());
    closing.push_back(fmt::format("accuracy {} -> {}", score_text(changes.accuracy_before()),
                                  score_text(changes.accuracy_after())));
  }
  finish(console, run.document.finish({{"summary", summary}}));
  if (form_.text() && run.summary.pairs() > 0) {
    std::string text = run.lines ? "\n" : "";
    if (run.summary.pairs() > 1) text += "largest difference over the inputs, layer by layer\n";
    text += run.summary.table("input").text(console);
    if (!closing.empty()) text += fmt::format("\n{}\n", fmt::join(closing, "\n"));
    console.result(text);
  }
  finish_page(run);
  form_.end_rows(console);
  if (form_.text()) console.note_written({out_.path, out_.page.file()});
  return loop.exit_code(check_gates(console, summary));
}

/// Reports an input that could not be read.
void Mutate::add_unread(Console& console, FreezeRun& run, const Input& input, const InputList::Entry& entry) {
  run.page.add_error(input.id, input.error);
  const Json item{{"id", entry.id}, {"file", entry.file}, {"status", "error"}, {"error", input.error}};
  run.document.add(item);
  form_.print_row(console, item);
}

/// Head of the document of a frozen or changed model.
Json Mutate::head(const Model& model, const Mutant& mutant) const {
  Json json = head(model);
  json["mutations"] = Json::array();
  for (const Mutation& m : mutant.mutations) json["mutations"].push_back(mutation_json(m));
  json["notes"] = mutant.notes;
  return json;
}

int Mutate::freeze_and_run(Console& console, const Model& model) {
  const Mutant mutant = mutation_flags_.mutant(model);
  for (const std::string& note : mutant.notes) console.note(note);
  if (arguments_.empty()) {
    save(console, mutant);
    return 0;
  }
  Engine intact(model, engine_options_), changed(mutant.model, engine_options_);
  changed.freeze(mutant.frozen);
  const std::vector<OutputKind> outputs = output_kinds(model, intact.structure());
  FreezeRun run{mutant,
                intact,
                changed,
                match_layers(model, intact.structure(), mutant.model, changed.structure()),
                pair_options_.selected(model),
                outputs,
                output_kinds(mutant.model, changed.structure()),
                open_set(console, intact, outputs),
                input_flags_.preprocess(model),
                ListDocument(head(model, mutant), "inputs"),
                PairPage(out_.page),
                {},
                {}};
  constexpr std::size_t most_lines = 20;  // inputs of which each gets a line without --lines
  run.lines = form_.lines() || (run.set.inputs.size() <= most_lines && run.set.truth.empty());
  save(console, mutant);
  form_.set_columns({"id", "before.prediction.index", "after.prediction.index", "changed", "index", "path",
                     "kind", "shape", "relative_l2", "l2", "linf", "mean_abs", "cosine", "pearson", "ssim",
                     "changed_share", "error"});
  begin_page(fmt::format("{}: intact and changed", model_title(model)));
  run.page.expect(run.set.inputs.size(), {"input", "intact", "changed"});

  InputLoop loop(console, run.set.inputs, "mutate", input_flags_.strict);
  const BatchReader reader(console, run.set.inputs, intact, {std::int64_t{1} << 25, 32, {}});
  loop.run(reader, [&](const Batch& batch, std::size_t at) {
    Trace before, after;
    if (!batch.tensors.empty()) {
      const Stage stage("passes");
      before = intact.forward(batch.tensors);
      after = changed.forward(batch.tensors);
    }
    for (std::size_t i = 0; i < batch.inputs.size(); ++i) {
      const Input& input = batch.inputs[i];
      if (batch.item[i]) {
        add_input(console, run, input, at + i, *batch.item[i], before, after);
        loop.done(at + i);
        continue;
      }
      loop.add_error(input.error, input.hint);
      add_unread(console, run, input, run.set.inputs[at + i]);
    }
  });
  input_flags_.print_notes(console, model, run.set.inputs, form_.text());
  return finish_freeze(console, run, loop);
}

}  // namespace nv
