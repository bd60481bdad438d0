// nv compare: two inputs through one model, or one through two models, layer by layer.
#include <algorithm>
#include <cmath>
#include <map>
#include <optional>

#include "batch.h"
#include "command.h"
#include "common_options.h"
#include "gate.h"
#include "inputs.h"
#include "mutation_flags.h"
#include "named_file.h"
#include "nv/core/error.h"
#include "nv/core/text.h"
#include "nv/model/select.h"
#include "nv/report/difference.h"
#include "nv/report/run.h"
#include "open.h"
#include "origin.h"
#include "output_folder.h"
#include "pairs.h"
#include "picture_options.h"
#include "run_files.h"

namespace nv {
namespace {

constexpr std::string_view figures[] = {"relative_l2", "l2", "linf", "mean_abs", "cosine", "pearson", "ssim"};

/// Of a layer alone: what float32 and another order of summation explain.
constexpr double own_tolerance = 1e-4;

class Compare final : public Command {
 public:
  void declare(CLI::App& app) override {
    app_ = &app;
    app.add_option("MODEL", model_, "Model file: .h5, .hdf5, .keras")->required()->type_name("MODEL");
    app.add_option("INPUT", arguments_, "A and B (or many); with a second model each is compared with itself")
        ->required()
        ->type_name("INPUT...");
    app.add_option("--weights", weights_file_, "Weights of MODEL, where it is an architecture alone")
        ->type_name("FILE.h5");
    app.add_option("--model-b", model_b_, "The model to compare with, of any format")->type_name("MODEL");
    mutation_flags_.declare(app, "Against itself with filters frozen");
    const char* result = "Result";
    app.add_option("-o,--output", output_, "Folder for the sheets, or one: NAME.png, .svg, .pdf")
        ->type_name("DIR")
        ->group(result);
    pair_options_.declare(app, result);
    gates_.declare(app, "Exit 1 above relative_l2=1e-3, in any chosen layer", result);
    page_.declare(app, result);
    app.add_flag("--json", json_, "One JSON document")->group(result);
    app.add_flag("--jsonl", jsonl_, "A line of JSON a pair, as it is done")->group(result);
    declare_force(app, rules_.force, result);
    declare_clean(app, rules_.clean, result);
    const char* pictures = "Pictures";
    app.add_option("--channel", channels_, "These channels alone, as large as fits: 0,3 or 0-7")
        ->type_name("LIST")
        ->group(pictures);
    app.add_option("--colormap", colormap_, "viridis, magma, cividis, turbo, grey")
        ->type_name("MAP")
        ->group(pictures);
    picture_options_.declare(app);
    input_flags_.declare(app);
    declare_computing(app, engine_options_);
  }

  int run(Talk& talk) override;

 private:
  /// One input that was run, and by which engine.
  struct Half {
    std::string id, file, path, preprocess;
    std::optional<Prediction> prediction;
    bool classifies = false;
  };
  void settle_options(const Talk& talk);
  Json half_json(const Half& half, const Engine& engine) const;
  void open_engines(const Talk& talk);
  Half half_of(const InputList::Entry& entry, const Input& input, const Side& side,
               const std::vector<OutputKind>& outputs) const;
  void open_outputs(Talk& talk, const InputList& inputs);
  /// One input through both models, or the first against each other.
  void compare_inputs(Talk& talk, const InputList& inputs);
  /// Each sample against the input that it was made of.
  void compare_with_origins(Talk& talk, const InputList& samples);
  void add_error(const Talk& talk, const Input& input);
  /// `id` is for people, `key` names the pair's folder.
  void add(Talk& talk, const std::string& id, const std::string& key, const Side& a, const Side& b,
           const Half& ha, const Half& hb);
  void judge(const std::vector<LayerDifference>& layers, const std::string& id);
  void keep_worst(const std::vector<LayerDifference>& layers);
  int finish(Talk& talk);
  bool two_engines() const { return b_.has_value(); }

  CLI::App* app_ = nullptr;
  std::string model_, weights_file_, model_b_, output_, channels_, colormap_ = "viridis";
  std::vector<std::string> arguments_;
  GateOption gates_{"--fail-above", figures};
  PairOptions pair_options_;
  bool json_ = false, jsonl_ = false;
  OutputRules rules_;
  PictureOptions picture_options_;
  ReportPage page_;
  SheetStyle style_;
  Fingerprints fingerprints_;
  InputFlags input_flags_;
  MutationFlags mutation_flags_;
  EngineOptions engine_options_;
  Defaults defaults_;

  std::optional<Engine> a_, b_;  ///< b_: where there are two models
  std::vector<OutputKind> outputs_a_, outputs_b_;
  bool against_origins_ = false;
  Matching matching_;
  std::vector<bool> chosen_;
  std::vector<std::string> labels_;
  std::optional<OutputFolder> folder_;
  std::vector<Json> pairs_;
  std::vector<LayerDifference> worst_;  ///< over all pairs, the largest difference of each layer
  std::string failure_;
  std::size_t count_ = 0;
  std::int64_t errors_ = 0;
};

void Compare::settle_options(const Talk& talk) {
  input_flags_.note_given();
  defaults_ = apply_defaults(*app_, input_flags_.defaults_file, model_, !input_flags_.no_defaults);
  if (!model_b_.empty() && mutation_flags_.given())
    throw Error(ErrorKind::usage,
                "compare: --model-b and --freeze are two ways to say what is compared: choose one");
  if (json_ && jsonl_)
    throw Error(ErrorKind::usage, "compare: --json and --jsonl are two forms of one result: choose one");
  pair_options_.settle("compare", output_);
  gates_.settle();
  page_.settle(rules_.force);
  style_ = picture_options_.style(talk.command_line);
  style_.map = render::colormap_named(colormap_);
  if (!channels_.empty()) style_.channels.emplace(channels_);
}

void Compare::open_engines(const Talk& talk) {
  const Model model = open_untrusted(model_, weights_file_);
  a_.emplace(model, engine_options_);
  if (!model_b_.empty()) {
    b_.emplace(open_untrusted(model_b_), engine_options_);
  } else if (mutation_flags_.given()) {
    const Mutant mutant = mutate(model, mutation_flags_.mutations());
    for (const std::string& note : mutant.notes) talk.note(note);
    b_.emplace(mutant.model, engine_options_);
    b_->freeze(mutant.frozen);
  }
  const Engine& b = b_ ? *b_ : *a_;
  outputs_a_ = output_kinds(a_->model(), a_->structure());
  outputs_b_ = output_kinds(b.model(), b.structure());
  labels_ = fitting_labels(input_flags_.labels(defaults_), *a_, outputs_a_, talk);
  matching_ = match_layers(a_->model(), a_->structure(), b.model(), b.structure());
  chosen_ = select_layers(a_->model(), pair_options_.layers());
}

Compare::Half Compare::half_of(const InputList::Entry& entry, const Input& input, const Side& side,
                               const std::vector<OutputKind>& outputs) const {
  return {entry.id,
          entry.file,
          entry.path,
          input.preprocess,
          prediction_of(side, outputs, labels_),
          classifier_of(outputs) != nullptr};
}

Json Compare::half_json(const Half& half, const Engine& engine) const {
  Json json{
      {"id", half.id}, {"file", half.file}, {"model", engine.model().file}, {"preprocess", half.preprocess}};
  json.update(said_json(half.prediction, half.classifies));
  return json;
}

void Compare::judge(const std::vector<LayerDifference>& layers, const std::string& id) {
  for (const Gate& gate : gates_.gates()) {
    for (const LayerDifference& l : layers) {
      const double value = figure(l.values, gate.figure);
      if (value <= gate.bound || !failure_.empty()) continue;
      // A layer without maps has no SSIM; any other figure that is missing fails.
      if (gate.figure == "ssim" && !l.values.ssim) continue;
      failure_ = fmt::format("{}: {} of layer {} is {}, above {:g}", id, gate.figure, l.path,
                             std::isnan(value) ? "NaN" : fmt::format("{:.4g}", value), gate.bound);
    }
  }
}

void Compare::add(Talk& talk, const std::string& id, const std::string& key, const Side& a, const Side& b,
                  const Half& ha, const Half& hb) {
  ++count_;
  std::vector<LayerDifference> layers = compare_passes(a, b, matching_, chosen_);
  if (two_engines()) blame(layers, a, b, matching_);
  Pair pair{a, b, matching_};
  if (mutation_flags_.given()) {
    pair.name_a = "intact";
    pair.name_b = "frozen";
  } else if (two_engines()) {
    const std::string of_a = model_title(a.engine.model()), of_b = model_title(b.engine.model());
    pair.name_a = of_a == of_b ? "A" : shortened(of_a, 22);
    pair.name_b = of_a == of_b ? "B" : shortened(of_b, 22);
  } else {
    pair.name_a = shortened(ha.id, 22);
    pair.name_b = shortened(hb.id, 22);
  }
  pair.caption =
      two_engines()
          ? fmt::format("input {}  ·  {} → {}", ha.id, prediction_text(ha.prediction, ha.classifies),
                        prediction_text(hb.prediction, hb.classifies))
          : fmt::format("{}: {}  ·  {}: {}", ha.id, prediction_text(ha.prediction, ha.classifies), hb.id,
                        prediction_text(hb.prediction, hb.classifies));
  pair.labels = labels_;
  if (!output_.empty() || page_.wanted()) {
    pair.sources = {fingerprints_.of(model_), fingerprints_.of(ha.path)};
    if (!model_b_.empty()) pair.sources.push_back(fingerprints_.of(model_b_));
    if (!two_engines()) pair.sources.push_back(fingerprints_.of(hb.path));
  }
  write_pair({folder_ ? &*folder_ : nullptr, page_, pair_options_, folder_ ? "" : output_, rules_.force},
             pair, layers, id, key, style_);
  judge(layers, id);
  const LayerDifference* culprit = two_engines() ? first_that_errs(layers, own_tolerance) : nullptr;
  Json json{{"a", half_json(ha, a.engine)}, {"b", half_json(hb, b.engine)}};
  json["layers"] = layer_differences_json(layers, pair_options_.top());
  if (two_engines()) json["first_that_errs"] = culprit == nullptr ? Json(nullptr) : Json(culprit->path);
  if (jsonl_) talk.result(line(json));
  if (json_ || folder_) pairs_.push_back(std::move(json));
  if (!json_ && !jsonl_) {
    std::string text =
        two_engines() ? fmt::format("{}: {} -> {}\n", talk.bold(one_line(ha.id)),
                                    prediction_text(ha.prediction, ha.classifies),
                                    prediction_text(hb.prediction, hb.classifies))
                      : fmt::format("{}: {}\n{}: {}\n", talk.bold(one_line(ha.id)),
                                    prediction_text(ha.prediction, ha.classifies), talk.bold(one_line(hb.id)),
                                    prediction_text(hb.prediction, hb.classifies));
    if (culprit != nullptr)
      text += fmt::format("first layer that itself errs: {} (relative L2 {:.3g} from the same inputs)\n",
                          one_line(culprit->path), *culprit->own_relative_l2);
    else if (two_engines() && !mutation_flags_.given())
      text += fmt::format("no layer errs by itself by more than {:g}\n", own_tolerance);
    talk.result(text);
  }
  keep_worst(layers);
}

void Compare::keep_worst(const std::vector<LayerDifference>& layers) {
  if (worst_.empty()) worst_ = layers;
  for (std::size_t i = 0; i < layers.size(); ++i)
    if (const double worst = worst_[i].values.relative_l2;
        !std::isnan(worst) && !(layers[i].values.relative_l2 <= worst))
      worst_[i] = layers[i];
}

int Compare::finish(Talk& talk) {
  Json summary{{"pairs", count_}, {"errors", errors_}, {"layers", Json::array()}};
  for (const LayerDifference& l : worst_)
    summary["layers"].push_back({{"path", l.path}, {"max", number(l.values.relative_l2)}});
  Json head{{"schema", schema_id("compare")},
            {"model", {{"file", a_->model().file}, {"name", a_->model().name}}}};
  if (!model_b_.empty()) head["model_b"] = {{"file", b_->model().file}, {"name", b_->model().name}};
  Json unmatched = Json::array();
  for (std::size_t i : matching_.only_a)
    unmatched.push_back({{"model", "a"}, {"path", a_->model().nodes[i].path}});
  for (std::size_t j : matching_.only_b)
    unmatched.push_back({{"model", "b"}, {"path", b_->model().nodes[j].path}});
  if (two_engines()) head["unmatched"] = unmatched;
  if (count_ == 1 && errors_ == 0 && !pairs_.empty())
    head.update(pairs_[0]);
  else
    head["pairs"] = pairs_;
  head["summary"] = summary;
  if (json_) talk.result(document(head));
  if (folder_) {
    folder_->write("compare.json", document(head));
    folder_->finish();
  }
  if (count_ > 1) {
    page_.heading(fmt::format("Largest of {} pairs, layer by layer", count_));
    page_.table(difference_table(worst_));
  }
  page_.finish();
  if (jsonl_) talk.result(line({{"schema", schema_id("compare")}, {"summary", summary}}));
  if (!json_ && !jsonl_) {
    if (count_ > 1) talk.result(fmt::format("\nLargest of {} pairs, layer by layer\n", count_));
    talk.result("\n" + difference_table(worst_).text(talk));
    if (!matching_.only_a.empty() || !matching_.only_b.empty())
      talk.result(fmt::format("{} layers of A and {} of B have no partner\n", matching_.only_a.size(),
                              matching_.only_b.size()));
    talk.wrote({output_, page_.file()});
  }
  if (!failure_.empty()) talk.error(failure_, "");
  return errors_ > 0 ? static_cast<int>(ErrorKind::input) : failure_.empty() ? 0 : 1;
}

void Compare::open_outputs(Talk& talk, const InputList& inputs) {
  rules_.read = input_flags_.files_read(inputs, {model_, weights_file_, model_b_, mutation_flags_.file()});
  if (render::picture_format(output_)) {
    if (inputs.size() > (two_engines() || against_origins_ ? 1U : 2U))
      throw Error(ErrorKind::usage, fmt::format("-o {}: one sheet shows one pair", output_),
                  "give a folder with -o");
    check_not_read("-o", output_, rules_.read);
    check_named_file(output_, rules_.force);
  } else if (!output_.empty()) {
    check_picture_ending(output_);
    folder_.emplace(output_, "compare", rules_, talk);
    folder_->check_free("compare.json");
  }
  talk.done.of = static_cast<std::int64_t>(inputs.size());
  if (folder_) talk.done.how = fmt::format("their files are in {}; the same command begins anew", output_);
  talk.survive_closed_pipe = !output_.empty() || page_.wanted();
  if (!page_.wanted()) return;
  check_not_read("--html", page_.file(), rules_.read);
  std::vector<std::string> sources{fingerprints_.of(model_)};
  if (!model_b_.empty()) sources.push_back(fingerprints_.of(model_b_));
  page_.begin(
      b_ ? fmt::format("{} and {}", model_title(a_->model()),
                       mutation_flags_.given() ? "itself with filters frozen" : model_title(b_->model()))
         : fmt::format("{}: inputs compared", model_title(a_->model())),
      style_, sources);
}

void Compare::add_error(const Talk& talk, const Input& input) {
  if (input_flags_.strict) throw Error(ErrorKind::input, input.error, input.hint);
  ++errors_;
  talk.error(input.error, input.hint);
  pairs_.push_back({{"id", input.id}, {"status", "error"}, {"error", input.error}});
}

void Compare::compare_inputs(Talk& talk, const InputList& inputs) {
  const BatchReader reader(talk, inputs, *a_, {std::int64_t{1} << 25, 32, {}});
  Progress progress(talk, "compare", static_cast<std::int64_t>(inputs.size()));
  Trace first;
  std::optional<Half> half_a;
  for (std::size_t at = 0; at < inputs.size();) {
    check_interrupt();
    // The first of several inputs is A, and has a pass of its own.
    const bool alone = at == 0 && !two_engines();
    const Batch read = reader.read(at, alone ? 1 : SIZE_MAX);
    Trace trace, other;
    if (!read.tensors.empty()) {
      trace = a_->forward(read.tensors);
      if (b_) other = b_->forward(read.tensors);
    }
    for (std::size_t i = 0; i < read.inputs.size(); ++i) {
      const Input& input = read.inputs[i];
      if (!read.item[i]) {
        if (alone) throw Error(ErrorKind::input, input.error, input.hint);
        add_error(talk, input);
        continue;
      }
      const Side mine{*a_, trace, *read.item[i]};
      const Half half = half_of(inputs[at + i], input, mine, outputs_a_);
      if (alone) {
        half_a = half;
        first = trace;
      } else if (b_) {
        const Side theirs{*b_, other, *read.item[i]};
        add(talk, half.id, half.id, mine, theirs, half, half_of(inputs[at + i], input, theirs, outputs_b_));
      } else {
        add(talk, fmt::format("{}-{}", half_a->id, half.id), fmt::format("{}/{}", half_a->id, half.id),
            {*a_, first, 0}, mine, *half_a, half);
      }
    }
    at += read.inputs.size();
    talk.done.inputs = static_cast<std::int64_t>(at);
    progress.advance(static_cast<std::int64_t>(read.inputs.size()));
  }
}

void Compare::compare_with_origins(Talk& talk, const InputList& samples) {
  // Each once, so that their ids stay: several samples may be of one input.
  std::vector<std::string> typed;
  std::map<std::string, std::size_t> places;
  for (std::size_t i = 0; i < samples.size(); ++i)
    if (places.try_emplace(samples[i].origin, typed.size()).second) typed.push_back(samples[i].origin);
  const InputList origins = input_flags_.expand_origins(typed, a_->model(), a_->structure());
  if (origins.size() != typed.size())
    throw_input("{}: the {} origins of its samples are {} inputs", arguments_[0], typed.size(),
                origins.size());
  const BatchReader reader_a(talk, origins, *a_, {std::int64_t{1} << 25, 1, {}});
  const BatchReader reader_b(talk, samples, *a_, {std::int64_t{1} << 25, 1, {}});
  Progress progress(talk, "compare", static_cast<std::int64_t>(samples.size()));
  for (std::size_t i = 0; i < samples.size(); ++i) {
    check_interrupt();
    progress.advance(1);
    talk.done.inputs = static_cast<std::int64_t>(i);
    const std::size_t o = places[samples[i].origin];
    const Batch was = reader_a.read(o), is = reader_b.read(i);
    if (!was.item[0] || !is.item[0]) {
      add_error(talk, is.item[0] ? was.inputs[0] : is.inputs[0]);
      continue;
    }
    const Trace before = a_->forward(was.tensors), after = a_->forward(is.tensors);
    const Side a{*a_, before, 0}, b{*a_, after, 0};
    add(talk, samples[i].id, samples[i].id, a, b, half_of(origins[o], was.inputs[0], a, outputs_a_),
        half_of(samples[i], is.inputs[0], b, outputs_a_));
  }
}

int Compare::run(Talk& talk) {
  settle_options(talk);
  open_engines(talk);
  const InputList inputs = input_flags_.expand(arguments_, a_->model(), a_->structure());
  against_origins_ = !two_engines() && !inputs.empty();
  for (std::size_t i = 0; i < inputs.size(); ++i)
    against_origins_ = against_origins_ && !inputs[i].origin.empty();
  if (inputs.size() < (two_engines() || against_origins_ ? 1U : 2U))
    throw Error(ErrorKind::usage, "compare: one input has nothing to be compared with",
                "give two inputs, or --model-b MODEL, or --freeze LAYER:FILTERS");
  open_outputs(talk, inputs);
  if (against_origins_)
    compare_with_origins(talk, inputs);
  else
    compare_inputs(talk, inputs);
  input_flags_.say_notes(talk, a_->model(), inputs, !json_ && !jsonl_);
  return finish(talk);
}

}  // namespace

std::unique_ptr<Command> make_compare() {
  return std::make_unique<Compare>();
}

}  // namespace nv
