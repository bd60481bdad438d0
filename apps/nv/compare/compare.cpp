// nv compare: compares two inputs in one model, or one input in two models, layer by layer.
#include "compare/compare.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "nv/core/error.h"
#include "nv/core/text.h"
#include "nv/model/select.h"
#include "nv/report/difference.h"
#include "nv/report/run.h"
#include "run/files.h"
#include "shared/common_options.h"
#include "shared/exit_code.h"
#include "shared/open.h"
#include "shared/stage.h"

namespace nv {

void Compare::declare(OptionSet& options) {
  options_ = &options;
  const OptionGroup general = options.group("Options");
  general.add("MODEL", model_, "MODEL", "Model file: .h5, .hdf5, .keras").required();
  general
      .add("INPUT", arguments_, "INPUT...",
           "A and B (or more); samples, each with its original; with a second model, each input in "
           "both models")
      .required();
  declare_weights(general, weights_file_);
  general.add("--model-b", model_b_, "MODEL", "Second model, in any format");
  mutation_flags_.declare(options.group("Comparison with frozen filters"));
  const OptionGroup result = options.group("Result");
  out_.declare_path(result);
  pair_options_.declare(result);
  gates_.declare(result, "Exit 1 above it in any chosen layer: relative_l2=1e-3");
  out_.page.declare(result);
  form_.declare_lines(result, "pair");
  form_.declare_json(result);
  form_.declare_json_lines(result, "pair");
  form_.declare_rows(result, "pair and layer");
  out_.declare_rules(result);
  const OptionGroup pictures = options.group("Pictures");
  pictures.add("--channel", channels_, "RANGES", "Only these channels, as large as possible: 0,3 or 0-7")
      .check([](const std::string& text) { ItemRanges{text}; })
      .default_value("all");
  pictures.add("--colormap", colormap_, "MAP", "Colour map")
      .shows(render::colormap_names())
      .check([](const std::string& text) { (void)render::colormap_named(text); });
  picture_options_.declare(options);
  input_flags_.declare(options);
  declare_computing(options, engine_options_);
}

void Compare::check_options(Console& console) {
  defaults_ = input_flags_.apply_defaults(*options_, model_);
  mutation_flags_.check("compare");
  if (!model_b_.empty() && mutation_flags_.given())
    throw Error(ErrorKind::usage, "compare: --model-b and --freeze exclude each other");
  form_.check("compare");
  check_arguments();
  pair_options_.check(out_);
  out_.check(console, !form_.text());
  gates_.parse();
  style_ = picture_options_.style(console.command_line());
  style_.map = render::colormap_named(colormap_);
  if (!channels_.empty()) style_.channels.emplace(channels_);
}

/// Refuses `nv compare A.h5 B.h5 INPUT`.
void Compare::check_arguments() const {
  for (const std::string& argument : arguments_)
    if (std::error_code none; is_model_file(argument) && std::filesystem::is_regular_file(argument, none))
      throw Error(ErrorKind::usage,
                  fmt::format("compare: INPUT: expected an input, got the model {}", argument),
                  fmt::format("nv compare {} {} --model-b {} compares two models", model_,
                              arguments_.size() > 1 && arguments_[0] == argument ? arguments_[1] : "INPUT",
                              argument));
}

void Compare::open_engines(const Console& console) {
  const Model model = open_untrusted(model_, weights_file_);
  a_.emplace(model, engine_options_);
  if (!model_b_.empty()) {
    b_.emplace(open_untrusted(model_b_), engine_options_);
  } else if (mutation_flags_.given()) {
    const Mutant mutant = mutation_flags_.mutant(model);
    for (const std::string& note : mutant.notes) console.note(note);
    mutations_ = mutant.mutations;
    b_.emplace(mutant.model, engine_options_);
    b_->freeze(mutant.frozen);
  }
  const Engine& b = b_ ? *b_ : *a_;
  outputs_a_ = output_kinds(a_->model(), a_->structure());
  outputs_b_ = output_kinds(b.model(), b.structure());
  preprocess_ = input_flags_.preprocess(a_->model());
  labels_ = fitting_labels(input_flags_.labels(defaults_), *a_, outputs_a_, console);
  matching_ = match_layers(a_->model(), a_->structure(), b.model(), b.structure());
  chosen_ = pair_options_.selected(a_->model());
  out_.check_channels(channels_, static_cast<std::size_t>(std::ranges::count(chosen_, true)));
}

Compare::PairInput Compare::pair_input(const InputList::Entry& entry, const Input& input, const Side& side,
                                       const std::vector<OutputKind>& outputs) const {
  return {entry.id,
          entry.file,
          entry.path,
          input.preprocess,
          prediction_of(side, outputs, labels_),
          classifier_of(outputs) != nullptr};
}

Json Compare::pair_input_json(const PairInput& input, const Engine& engine) const {
  Json json{{"id", input.id},
            {"file", input.file},
            {"model", engine.model().file},
            {"preprocess", input.preprocess}};
  json.update(output_json(input.prediction, input.classifies));
  return json;
}

void Compare::check_gates(const std::vector<LayerDifference>& layers, const std::string& id) {
  if (!failure_.empty()) return;
  const auto failed = first_above(gates_.gates(), layers);
  if (!failed) return;
  failure_ = fmt::format(
      "{}: {} of layer {} is {}, above {:g}", id, failed->gate->figure, failed->layer->path,
      std::isnan(failed->value) ? "NaN" : fmt::format("{:.4g}", failed->value), failed->gate->bound);
}

void Compare::describe(Pair& pair, const PairInput& input_a, const PairInput& input_b) {
  const std::string before = prediction_text(input_a.prediction, input_a.classifies),
                    after = prediction_text(input_b.prediction, input_b.classifies);
  if (!mutations_.empty())
    describe_mutant(pair, input_a.id, before, after, mutations_);
  else if (two_engines())
    describe_models(pair, input_a.id, before, after);
  else
    describe_inputs(pair, {input_a.id, before}, {input_b.id, after}, against_origins_);
  pair.labels = labels_;
  pair.preprocess = preprocess_;
  if (!out_.wanted()) return;
  pair.sources = {fingerprints_.of(model_), fingerprints_.of(input_a.path)};
  if (!model_b_.empty()) pair.sources.push_back(fingerprints_.of(model_b_));
  if (!two_engines()) pair.sources.push_back(fingerprints_.of(input_b.path));
}

std::string Compare::text(const Console& console, const PairInput& input_a, const PairInput& input_b,
                          const LayerDifference* divergent) const {
  const std::string before = prediction_text(input_a.prediction, input_a.classifies),
                    after = prediction_text(input_b.prediction, input_b.classifies);
  if (!two_engines())
    return fmt::format("{}: {}\n{}: {}\n", console.bold(one_line(input_a.id)), before,
                       console.bold(one_line(input_b.id)), after);
  std::string text = fmt::format("{}: {} -> {}\n", console.bold(one_line(input_a.id)), before, after);
  if (divergent != nullptr)
    text += fmt::format("first divergent layer: {} (relative L2 {:.3g} on equal inputs)\n",
                        one_line(divergent->path), *divergent->own_relative_l2);
  else if (!mutation_flags_.given())
    text += fmt::format("no divergent layer: on equal inputs all agree within {:g}\n", own_error_tolerance);
  return text;
}

void Compare::print_rows(Console& console, const Json& pair) {
  if (!form_.rows()) return;
  for (const Json& layer : pair["layers"]) {
    Json row{{"a", pair["a"]}, {"b", pair["b"]}};
    row.update(layer);
    if (cka_) row.update(cka_columns(*cka_, layer["path"].get<std::string>()));
    form_.print_row(console, row);
  }
}

std::vector<LayerDifference> Compare::differences(const Side& a, const Side& b) const {
  const Stage stage("comparing");
  std::vector<LayerDifference> layers = compare_passes(a, b, matching_, chosen_);
  if (two_engines()) measure_own_errors(layers, a, b, matching_);
  return layers;
}

void Compare::add(Console& console, const std::string& id, const std::string& key, const Side& a,
                  const Side& b, const PairInput& input_a, const PairInput& input_b) {
  std::vector<LayerDifference> layers = differences(a, b);
  Pair pair{{a, b, matching_}, {}};
  describe(pair, input_a, input_b);
  write_pair(out_, page_, pair_options_, pair, layers,
             {id, prediction_text(input_a.prediction, input_a.classifies),
              prediction_text(input_b.prediction, input_b.classifies)},
             key, style_);
  check_gates(layers, id);
  const LayerDifference* divergent = two_engines() ? first_divergent(layers, own_error_tolerance) : nullptr;
  Json json{{"a", pair_input_json(input_a, a.engine)}, {"b", pair_input_json(input_b, b.engine)}};
  json["layers"] = layer_differences_json(layers, pair_options_.top());
  if (two_engines()) json["first_that_errs"] = divergent == nullptr ? Json(nullptr) : Json(divergent->path);
  if (form_.json_lines()) console.result(line(json));
  print_rows(console, json);
  if (form_.json() || out_.folder() != nullptr) pairs_.push_back(std::move(json));
  if (form_.text() && lines_) console.result(text(console, input_a, input_b, divergent));
  summary_.add(id, layers, class_of(input_a.prediction) != class_of(input_b.prediction));
}

Json Compare::document_json(const Json& summary) const {
  const Model& a = a_->model();
  Json json{{"schema", schema_id("compare")}, {"model", {{"file", a.file}, {"name", a.name}}}};
  if (!model_b_.empty()) json["model_b"] = {{"file", b_->model().file}, {"name", b_->model().name}};
  if (two_engines()) {
    Json unmatched = Json::array();
    for (std::size_t i : matching_.only_a) unmatched.push_back({{"model", "a"}, {"path", a.nodes[i].path}});
    for (std::size_t j : matching_.only_b)
      unmatched.push_back({{"model", "b"}, {"path", b_->model().nodes[j].path}});
    json["unmatched"] = unmatched;
  }
  if (summary_.pairs() == 1 && errors_ == 0 && !pairs_.empty())
    json.update(pairs_[0]);
  else
    json["pairs"] = pairs_;
  json["summary"] = summary;
  return json;
}

int Compare::finish(Console& console) {
  Json summary = summary_.json(errors_);
  if (cka_) summary["cka"] = cka_json(*cka_);
  const std::string json_text =
      form_.json() || out_.folder() != nullptr ? document(document_json(summary)) : std::string();
  if (form_.json()) console.result(json_text);
  out_.finish(json_text);
  page_.finish({{"pairs", fmt::format("{}", summary_.pairs())}}, [&] {
    if (!failure_.empty()) out_.page.text(failure_);
    if (cka_) {
      out_.page.table(cka_table(*cka_), {cka_heading(*cka_), {}, {}});
      out_.page.text(cka_warning(*cka_));
    }
    if (!matching_.only_a.empty() || !matching_.only_b.empty()) out_.page.text(unmatched_text());
  });
  if (form_.json_lines()) console.result(line({{"schema", schema_id("compare")}, {"summary", summary}}));
  form_.end_rows(console);
  if (form_.text()) {
    console.result((lines_ ? "\n" : "") + summary_.text(console, classifier_of(outputs_a_) != nullptr));
    if (cka_) console.result(fmt::format("\n{}\n{}", cka_heading(*cka_), cka_table(*cka_).text(console)));
    if (cka_ && !cka_warning(*cka_).empty()) console.note(cka_warning(*cka_));
    if (!matching_.only_a.empty() || !matching_.only_b.empty()) console.result(unmatched_text() + "\n");
    console.note_written({out_.path, out_.page.file()});
  }
  if (!failure_.empty()) console.error(failure_, "");
  return errors_ > 0 ? exit_code(ErrorKind::input) : failure_.empty() ? 0 : 1;
}

void Compare::open_outputs(Console& console, const InputList& inputs) {
  const bool one_pair = inputs.size() <= (two_engines() || against_origins_ ? 1U : 2U);
  out_.open(console, inputs.size(),
            input_flags_.files_read(inputs, {model_, weights_file_, model_b_, mutation_flags_.file()}),
            one_pair ? "" : "one sheet shows one pair");
  if (!out_.page.wanted()) return;
  page_.expect(two_engines() || against_origins_ ? inputs.size() : inputs.size() - 1, {});
  std::vector<std::string> sources{fingerprints_.of(model_)};
  if (!model_b_.empty()) sources.push_back(fingerprints_.of(model_b_));
  out_.page.begin(
      b_ ? fmt::format("{} and {}", model_title(a_->model()),
                       mutation_flags_.given() ? "itself with filters frozen" : model_title(b_->model()))
         : fmt::format("{}: inputs compared", model_title(a_->model())),
      style_, sources);
}

int Compare::run(Console& console) {
  check_options(console);
  open_engines(console);
  const InputList inputs = input_flags_.expand(arguments_, a_->model(), a_->structure());
  against_origins_ = !two_engines() && !inputs.empty();
  for (std::size_t i = 0; i < inputs.size(); ++i)
    against_origins_ = against_origins_ && !inputs[i].origin.empty();
  if (inputs.size() == 1 && !inputs[0].usable && !two_engines()) {
    const Input input = read_inputs(inputs, 0, 1, a_->pool()).at(0);
    throw Error(ErrorKind::input, input.error, input.hint);
  }
  if (inputs.size() < (two_engines() || against_origins_ ? 1U : 2U))
    throw Error(ErrorKind::usage, "compare: a single input cannot be compared",
                "add another input, --model-b MODEL or --freeze LAYER:FILTERS");
  constexpr std::size_t most_lines = 20;  // pairs of which each gets lines without --lines
  lines_ = form_.lines() || inputs.size() <= most_lines;
  open_outputs(console, inputs);
  form_.set_columns(pair_columns());
  if (two_engines() && inputs.size() > 1) {
    cka_ = cka_of_inputs(console, inputs, *a_, *b_, matching_, chosen_);
    if (cka_->layers.empty()) cka_.reset();
  }
  if (against_origins_)
    compare_with_origins(console, inputs);
  else
    compare_inputs(console, inputs);
  input_flags_.print_notes(console, a_->model(), inputs, form_.text());
  return finish(console);
}

std::unique_ptr<Command> make_compare() {
  return std::make_unique<Compare>();
}

}  // namespace nv
