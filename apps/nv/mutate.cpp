// nv mutate: run with filters frozen or weights changed, and show what changes (Algorithm 1 of NeuralVis).
#include <algorithm>

#include "batch.h"
#include "common_options.h"
#include "mutate.h"
#include "named_file.h"
#include "nv/core/error.h"
#include "nv/core/text.h"
#include "nv/keras/writer.h"
#include "nv/model/select.h"
#include "nv/report/difference.h"
#include "nv/report/mutate.h"
#include "nv/report/run.h"
#include "open.h"
#include "pairs.h"
#include "run_files.h"

namespace nv {

void Mutate::declare(CLI::App& app) {
  app_ = &app;
  app.add_option("MODEL", model_, "Model file: .h5, .hdf5, .keras")->type_name("MODEL");
  app.add_option("INPUT", arguments_, "As nv run takes them")->type_name("INPUT...");
  app.add_option("--weights", weights_file_, "Weights of MODEL, where it is an architecture alone")
      ->type_name("FILE.h5");
  const char* what = "What to change (one of these is needed)";
  mutation_flags_.declare(app, what);
  app.add_flag("--rank-filters", rank_, "Take out each filter alone: what is it worth?")->group(what);
  app.add_option("--generate", generate_, "Mutation testing: so many random mutants")
      ->type_name("N")
      ->check(CLI::Range(1, 100000))
      ->group(what);
  app.add_option("--operators", operators_, "With --generate: these alone (--list shows them)")
      ->type_name("LIST")
      ->group(what);
  app.add_flag("--list", list_, "The operators of mutation testing")->group(what);
  app.add_option("--seed", seed_, "Of all randomness (0)")->type_name("N")->group(what);
  const char* result = "Result";
  app.add_option("-o,--output", output_, "Folder for sheets and JSON, or one sheet: NAME.png, .svg, .pdf")
      ->type_name("DIR")
      ->group(result);
  app.add_option("--save", save_, "The changed model: FILE.h5, FILE.keras")->type_name("FILE")->group(result);
  pair_options_.declare(app, result);
  gates_.declare(app, "Exit 1 below mutation_score=0.8, accuracy_after=0.9", result);
  page_.declare(app, result);
  app.add_flag("--json", json_, "One JSON document")->group(result);
  declare_force(app, rules_.force, result);
  declare_clean(app, rules_.clean, result);
  picture_options_.declare(app);
  input_flags_.declare(app);
  declare_computing(app, engine_options_);
}

void Mutate::settle_options(const Talk& talk) {
  if (model_.empty()) throw Error(ErrorKind::usage, "mutate: MODEL is required", "nv mutate --help");
  input_flags_.note_given();
  defaults_ = apply_defaults(*app_, input_flags_.defaults_file, model_, !input_flags_.no_defaults);
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
  style_ = picture_options_.style(talk.command_line);
}

void Mutate::say_list(Talk& talk) const {
  if (json_) {
    Json json{{"schema", schema_id("mutate-list")}, {"operators", Json::array()}};
    for (const MutationOperator& o : mutation_operators())
      json["operators"].push_back({{"name", o.name}, {"summary", o.summary}, {"source", o.source}});
    talk.result(document(json));
    return;
  }
  Table table;
  table.column("operator", Table::Align::left);
  table.column("what it does", Table::Align::left);
  table.column("source", Table::Align::left);
  for (const MutationOperator& o : mutation_operators())
    table.row({std::string(o.name), std::string(o.summary), std::string(o.source)});
  talk.result(table.text(talk));
}

Json Mutate::head(const Model& model) const {
  Json json{{"schema", schema_id("mutate")}, {"model", {{"file", model.file}, {"name", model.name}}}};
  return json;
}

InputList Mutate::inputs_for(Talk& talk, const Engine& engine) {
  if (arguments_.empty()) throw Error(ErrorKind::usage, "mutate: INPUT is required here", "nv mutate --help");
  InputList inputs = input_flags_.expand(arguments_, engine.model(), engine.structure());
  if (inputs.empty()) throw_input("{}: no inputs there", arguments_[0]);
  rules_.read = input_flags_.files_read(inputs, {model_, weights_file_, mutation_flags_.file()});
  for (const auto& [option, file] :
       {std::pair("--html", page_.file()), std::pair("--save", save_), std::pair("-o", output_)})
    if (!file.empty()) check_not_read(option, file, rules_.read);
  if (page_.wanted()) check_named_file(page_.file(), rules_.force);
  open_output(talk, inputs.size());
  return inputs;
}

void Mutate::open_output(Talk& talk, std::size_t inputs) {
  talk.done.of = static_cast<std::int64_t>(inputs);
  talk.survive_closed_pipe = !output_.empty();
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
  folder_.emplace(output_, "mutate", rules_, talk);
  folder_->check_free("mutate.json");
  talk.done.how = fmt::format("their files are in {}; the same command begins anew", output_);
}

void Mutate::begin_page(const std::string& title) {
  if (!page_.wanted()) return;
  page_.begin(title, style_, {fingerprints_.of(model_)});
}

void Mutate::finish(Talk& talk, const Json& json) {
  page_.finish();
  if (json_) talk.result(document(json));
  if (!folder_) return;
  folder_->write("mutate.json", document(json));
  folder_->finish();
}

int Mutate::judge(const Talk& talk, const Json& summary) const {
  int exit = 0;
  for (const Gate& gate : gates_.gates()) {
    const Json figure = summary.value(gate.figure, Json());
    if (figure.is_number() && figure.get<double>() >= gate.bound) continue;
    talk.error(figure.is_number()
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

int Mutate::freeze_and_run(Talk& talk, const Model& model) {
  const Mutant mutant = mutate(model, mutation_flags_.mutations());
  for (const std::string& note : mutant.notes) talk.note(note);
  const auto save = [&] {
    if (save_.empty()) return;
    write_named_file(save_, encode_model(plain_model(mutant), model_format(save_)), rules_.force);
    talk.note(fmt::format("wrote {}", save_));
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
      fitting_labels(input_flags_.labels(defaults_), intact, outputs, talk);
  const InputList inputs = inputs_for(talk, intact);
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
  std::int64_t errors = 0, flipped = 0, done = 0, right_before = 0, right_after = 0;
  const BatchReader reader(talk, inputs, intact, {std::int64_t{1} << 25, 32, {}});
  Progress progress(talk, "mutate", static_cast<std::int64_t>(inputs.size()));
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
        talk.error(input.error, input.hint);
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
      const bool flips = was.has_value() != is.has_value() || (was && was->index != is->index);
      flipped += flips ? 1 : 0;
      ++done;
      if (!truth.empty()) {
        right_before += was && was->index == truth[at + i] ? 1 : 0;
        right_after += is && is->index == truth[at + i] ? 1 : 0;
      }
      if (json_ || folder_) {
        Json json{{"id", entry.id}, {"file", entry.file}, {"status", "ok"}, {"preprocess", input.preprocess}};
        json["before"] = said_json(was, classifies);
        json["after"] = said_json(is, classifies);
        json["changed"] = flips;
        json["layers"] = layer_differences_json(layers, pair_options_.top());
        doc.add(json);
      }
      if (!json_) {
        talk.result(fmt::format("{}: {} -> {}{}\n", talk.bold(one_line(entry.id)),
                                prediction_text(was, classifies), prediction_text(is, classifies),
                                flips ? "  changed" : ""));
        if (inputs.size() == 1) talk.result("\n" + difference_table(layers).text(talk));
      }
    }
    at += read.inputs.size();
    talk.done.inputs = static_cast<std::int64_t>(at);
    progress.advance(static_cast<std::int64_t>(read.inputs.size()));
  }
  input_flags_.say_notes(talk, model, inputs, !json_);
  Json summary{{"inputs", done}, {"errors", errors}, {"changed", flipped}};
  if (!truth.empty() && done > 0) {
    summary["accuracy_before"] = number(static_cast<double>(right_before) / static_cast<double>(done));
    summary["accuracy_after"] = number(static_cast<double>(right_after) / static_cast<double>(done));
  }
  const std::string whole = doc.finish({{"summary", summary}});
  if (json_) talk.result(whole);
  if (folder_) {
    folder_->write("mutate.json", whole);
    folder_->finish();
  }
  std::vector<std::string> closing;
  if (inputs.size() > 1) closing.push_back(fmt::format("{} of {} predictions changed", flipped, done));
  if (!truth.empty() && done > 0)
    closing.push_back(fmt::format("accuracy {:.4f} -> {:.4f}", summary["accuracy_before"].get<double>(),
                                  summary["accuracy_after"].get<double>()));
  if (!closing.empty()) page_.heading("All inputs");
  for (const std::string& sentence : closing) {
    page_.text(sentence);
    if (!json_) talk.result(sentence + "\n");
  }
  page_.finish();
  if (!json_) talk.wrote({output_, page_.file()});
  const int gate = judge(talk, summary);
  return errors > 0 ? static_cast<int>(ErrorKind::input) : gate;
}

int Mutate::run(Talk& talk) {
  if (list_) {
    say_list(talk);
    return 0;
  }
  settle_options(talk);
  const Model model = open_untrusted(model_, weights_file_);
  if (rank_) return rank(talk, model);
  return generate_ > 0 ? test_mutants(talk, model) : freeze_and_run(talk, model);
}

std::unique_ptr<Command> make_mutate() {
  return std::make_unique<Mutate>();
}

}  // namespace nv
