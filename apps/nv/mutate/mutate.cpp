// nv mutate: run with filters frozen or weights changed, and show what changes (Algorithm 1 of NeuralVis).
#include <algorithm>
#include <nlohmann/json.hpp>

#include "mutate/mutate.h"
#include "nv/analysis/accuracy.h"
#include "nv/core/error.h"
#include "nv/core/text.h"
#include "nv/keras/reader.h"
#include "nv/keras/writer.h"
#include "nv/model/select.h"
#include "nv/report/difference.h"
#include "nv/report/mutate.h"
#include "nv/report/run.h"
#include "run/files.h"
#include "shared/batch.h"
#include "shared/common_options.h"
#include "shared/named_file.h"
#include "shared/pairs.h"

namespace nv {

void Mutate::declare(OptionSet& options) {
  options_ = &options;
  const OptionGroup general = options.group("Options");
  general.add("MODEL", model_, "MODEL", "Model file: .h5, .hdf5, .keras");
  general.add("INPUT", arguments_, "INPUT...", "As nv run takes them");
  general.add("--weights", weights_file_, "FILE.h5", "Weights of MODEL, where it is an architecture alone");
  const OptionGroup what = options.group("What to change (one of these is needed)");
  mutation_flags_.declare(what);
  what.add_flag("--rank-filters", rank_, "Take out each filter alone: what is it worth?");
  what.add("--generate", generate_, "N", "Mutation testing: so many random mutants").range(1, 100000);
  what.add("--operators", operators_, "LIST", "With --generate: these alone (--list shows them)");
  what.add_flag("--list", list_, "The operators of mutation testing");
  what.add("--seed", seed_, "N", "Of all randomness (0)");
  const OptionGroup result = options.group("Result");
  result.add("-o,--output", output_, "DIR", "Folder for sheets and JSON, or one sheet: NAME.png, .svg, .pdf");
  result.add("--save", save_, "FILE", "The changed model: FILE.h5, FILE.keras");
  pair_options_.declare(result);
  gates_.declare(result, "Exit 1 below mutation_score=0.8, accuracy_after=0.9");
  page_.declare(result);
  result.add_flag("--json", json_, "One JSON document");
  declare_force(result, rules_.force);
  declare_clean(result, rules_.clean);
  picture_options_.declare(options);
  input_flags_.declare(options);
  declare_computing(options, engine_options_);
}

void Mutate::settle_options(const Console& console) {
  if (model_.empty()) throw Error(ErrorKind::usage, "mutate: MODEL is required", "nv mutate --help");
  input_flags_.note_given();
  defaults_ = apply_defaults(*options_, input_flags_.defaults_file, model_, !input_flags_.no_defaults);
  const int ways = (mutation_flags_.given() ? 1 : 0) + (rank_ ? 1 : 0) + (generate_ > 0 ? 1 : 0);
  if (ways != 1)
    throw Error(ErrorKind::usage,
                ways == 0 ? "mutate: nothing says what to change"
                          : "mutate: --freeze or --config, --rank-filters and --generate exclude each other",
                "--freeze LAYER:FILTERS, --config FILE, --rank-filters or --generate N");
  if (arguments_.empty() && save_.empty())
    throw Error(ErrorKind::usage, "mutate: no inputs, and nowhere to save the model",
                "add INPUT or --save FILE.h5");
  if (!save_.empty() && !mutation_flags_.given())
    throw Error(ErrorKind::usage, "mutate: --save needs one mutant", "--freeze or --config says which");
  if (!save_.empty()) {
    (void)model_format(save_);
    check_not_read("--save", save_, std::vector<std::string>{model_, weights_file_, mutation_flags_.file()});
    check_named_file(save_, rules_.force);
  }
  if (!operators_.empty() && generate_ == 0)
    throw Error(ErrorKind::usage, "mutate: --operators goes with --generate N");
  pair_options_.settle("mutate", output_);
  gates_.settle();
  page_.settle(rules_.force);
  style_ = picture_options_.style(console.command_line);
}

void Mutate::say_list(Console& console) const {
  if (json_) {
    Json json{{"schema", schema_id("mutate-list")}, {"operators", Json::array()}};
    for (const MutationOperator& o : mutation_operators())
      json["operators"].push_back({{"name", o.name}, {"summary", o.summary}, {"source", o.source}});
    console.result(document(json));
    return;
  }
  Table table;
  table.column("operator", Table::Align::left);
  table.column("what it does", Table::Align::left);
  table.column("source", Table::Align::left);
  for (const MutationOperator& o : mutation_operators())
    table.row({std::string(o.name), std::string(o.summary), std::string(o.source)});
  console.result(table.text(console));
}

Json Mutate::head(const Model& model) const {
  Json json{{"schema", schema_id("mutate")}, {"model", {{"file", model.file}, {"name", model.name}}}};
  return json;
}

InputList Mutate::inputs_for(Console& console, const Engine& engine) {
  if (arguments_.empty()) throw Error(ErrorKind::usage, "mutate: INPUT is required here", "nv mutate --help");
  InputList inputs = input_flags_.expand(arguments_, engine.model(), engine.structure());
  if (inputs.empty()) throw_input("{}: no inputs there", arguments_[0]);
  rules_.read = input_flags_.files_read(inputs, {model_, weights_file_, mutation_flags_.file()});
  for (const auto& [option, file] :
       {std::pair("--html", page_.file()), std::pair("--save", save_), std::pair("-o", output_)})
    if (!file.empty()) check_not_read(option, file, rules_.read);
  if (page_.wanted()) check_named_file(page_.file(), rules_.force);
  open_output(console, inputs.size());
  return inputs;
}

void Mutate::open_output(Console& console, std::size_t inputs) {
  console.done.of = static_cast<std::int64_t>(inputs);
  console.survive_closed_pipe = !output_.empty();
  if (output_.empty()) return;
  if (render::picture_format(output_)) {
    if (generate_ > 0 || (!rank_ && inputs != 1))
      throw Error(ErrorKind::usage,
                  generate_ > 0 ? fmt::format("-o {}: mutants have no sheet", output_)
                                : fmt::format("-o {}: one sheet shows one input, not {}", output_, inputs),
                  "give a folder with -o");
    check_named_file(output_, rules_.force);
    return;
  }
  check_picture_ending(output_);
  folder_.emplace(output_, "mutate", rules_, console);
  folder_->check_free("mutate.json");
  console.done.how = fmt::format("their files are in {}; the same command begins anew", output_);
}

void Mutate::begin_page(const std::string& title) {
  if (!page_.wanted()) return;
  page_.begin(title, style_, {fingerprints_.of(model_)});
}

void Mutate::finish(Console& console, const Json& json) {
  page_.finish();
  if (json_) console.result(document(json));
  if (!folder_) return;
  folder_->write("mutate.json", document(json));
  folder_->finish();
}

int Mutate::judge(const Console& console, const Json& summary) const {
  int exit = 0;
  for (const Gate& gate : gates_.gates()) {
    const Json figure = summary.value(gate.figure, Json());
    if (figure.is_number() && is_at_least(figure.get<double>(), gate)) continue;
    console.error(figure.is_number()
                      ? fmt::format("{} is {:.4f}, below {:g}", gate.figure, figure.get<double>(), gate.bound)
                      : fmt::format("there is no {}", gate.figure),
                  figure.is_number() ? "" : "accuracy needs --truth, mutation_score --generate");
    exit = 1;
  }
  return exit;
}

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

int Mutate::freeze_and_run(Console& console, const Model& model) {
  const Mutant mutant = mutate(model, mutation_flags_.mutations());
  for (const std::string& note : mutant.notes) console.note(note);
  const auto save = [&] {
    if (save_.empty()) return;
    write_named_file(save_, encode_model(plain_model(mutant), model_format(save_)), rules_.force);
    console.note(fmt::format("wrote {}", save_));
  };
  if (arguments_.empty()) {
    save();
    return 0;
  }
  Engine intact(model, engine_options_), changed(mutant.model, engine_options_);
  changed.freeze(mutant.frozen);
  const Matching matching = match_layers(model, intact.structure(), mutant.model, changed.structure());
  const std::vector<bool> chosen = select_layers(model, pair_options_.layers());
  const std::vector<OutputKind> outputs = output_kinds(model, intact.structure());
  const bool classifies = classifier_of(outputs) != nullptr;
  const std::vector<OutputKind> outputs_after = output_kinds(mutant.model, changed.structure());
  const std::vector<std::string> labels =
      fitting_labels(input_flags_.labels(defaults_), intact, outputs, console);
  const InputList inputs = inputs_for(console, intact);
  save();
  std::vector<std::int64_t> truth;
  if (!input_flags_.truth.empty()) truth = read_truth_of(input_flags_.truth, inputs, labels, intact, outputs);

  Json first = head(model);
  first["mutations"] = Json::array();
  for (const Mutation& m : mutant.mutations) first["mutations"].push_back(mutation_json(m));
  first["notes"] = mutant.notes;
  begin_page(fmt::format("{}: what changes", model_title(model)));
  page_.table(mutation_table(mutant.mutations));
  for (const std::string& note : mutant.notes) page_.text(note);
  ListDocument doc(first, "inputs");
  std::int64_t errors = 0;
  PredictionChanges changes;
  const BatchReader reader(console, inputs, intact, {std::int64_t{1} << 25, 32, {}});
  Progress progress(console, "mutate", static_cast<std::int64_t>(inputs.size()));
  for (std::size_t at = 0; at < inputs.size();) {
    check_interrupt();
    const Batch read = reader.read(at);
    Trace before, after;
    if (!read.tensors.empty()) {
      before = intact.forward(read.tensors);
      after = changed.forward(read.tensors);
    }
    for (std::size_t i = 0; i < read.inputs.size(); ++i) {
      const Input& input = read.inputs[i];
      const InputList::Entry& entry = inputs[at + i];
      if (!read.item[i]) {
        if (input_flags_.strict) throw Error(ErrorKind::input, input.error, input.hint);
        ++errors;
        console.error(input.error, input.hint);
        doc.add({{"id", entry.id}, {"file", entry.file}, {"status", "error"}, {"error", input.error}});
        continue;
      }
      Pair pair{{intact, before, *read.item[i]}, {changed, after, *read.item[i]}, matching};
      pair.name_a = "intact";
      pair.name_b = "mutated";
      const std::optional<Prediction> was = prediction_of(pair.a, outputs, labels);
      const std::optional<Prediction> is = prediction_of(pair.b, outputs_after, labels);
      pair.caption = fmt::format("input {}  ·  {} → {}", entry.id, prediction_text(was, classifies),
                                 prediction_text(is, classifies));
      pair.labels = labels;
      if (!output_.empty() || page_.wanted())
        pair.sources = {fingerprints_.of(model_), fingerprints_.of(entry.path)};
      std::vector<LayerDifference> layers = compare_passes(pair.a, pair.b, matching, chosen);
      write_pair({folder_ ? &*folder_ : nullptr, page_, pair_options_, folder_ ? "" : output_, rules_.force},
                 pair, layers, entry.id, entry.id, style_);
      const bool flips = changes.add(class_of(was), class_of(is),
                                     truth.empty() ? std::nullopt : std::optional(truth[at + i]));
      if (json_ || folder_) {
        Json json{{"id", entry.id}, {"file", entry.file}, {"status", "ok"}, {"preprocess", input.preprocess}};
        json["before"] = output_json(was, classifies);
        json["after"] = output_json(is, classifies);
        json["changed"] = flips;
        json["layers"] = layer_differences_json(layers, pair_options_.top());
        doc.add(json);
      }
      if (!json_) {
        console.result(fmt::format("{}: {} -> {}{}\n", console.bold(one_line(entry.id)),
                                   prediction_text(was, classifies), prediction_text(is, classifies),
                                   flips ? "  changed" : ""));
        if (inputs.size() == 1) console.result("\n" + difference_table(layers).text(console));
      }
    }
    at += read.inputs.size();
    console.done.inputs = static_cast<std::int64_t>(at);
    progress.advance(static_cast<std::int64_t>(read.inputs.size()));
  }
  input_flags_.say_notes(console, model, inputs, !json_);
  Json summary{{"inputs", changes.inputs}, {"errors", errors}, {"changed", changes.changed}};
  if (!truth.empty() && changes.inputs > 0) {
    summary["accuracy_before"] = number(changes.accuracy_before());
    summary["accuracy_after"] = number(changes.accuracy_after());
  }
  const std::string whole = doc.finish({{"summary", summary}});
  if (json_) console.result(whole);
  if (folder_) {
    folder_->write("mutate.json", whole);
    folder_->finish();
  }
  std::vector<std::string> closing;
  if (inputs.size() > 1)
    closing.push_back(fmt::format("{} of {} predictions changed", changes.changed, changes.inputs));
  if (!truth.empty() && changes.inputs > 0)
    closing.push_back(
        fmt::format("accuracy {:.4f} -> {:.4f}", changes.accuracy_before(), changes.accuracy_after()));
  if (!closing.empty()) page_.heading("All inputs");
  for (const std::string& sentence : closing) {
    page_.text(sentence);
    if (!json_) console.result(sentence + "\n");
  }
  page_.finish();
  if (!json_) console.wrote({output_, page_.file()});
  const int gate = judge(console, summary);
  return errors > 0 ? static_cast<int>(ErrorKind::input) : gate;
}

int Mutate::run(Console& console) {
  if (list_) {
    say_list(console);
    return 0;
  }
  settle_options(console);
  const Model model = open_model(model_, weights_file_);
  if (rank_) return rank(console, model);
  return generate_ > 0 ? test_mutants(console, model) : freeze_and_run(console, model);
}

std::unique_ptr<Command> make_mutate() {
  return std::make_unique<Mutate>();
}

}  // namespace nv
