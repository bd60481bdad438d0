// nv compare: two inputs through one model, or one through two models, layer by layer.
#include <algorithm>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>

#include "nv/core/error.h"
#include "nv/core/text.h"
#include "nv/keras/reader.h"
#include "nv/model/select.h"
#include "nv/report/difference.h"
#include "nv/report/run.h"
#include "run/files.h"
#include "shared/batch.h"
#include "shared/command.h"
#include "shared/common_options.h"
#include "shared/gate.h"
#include "shared/inputs.h"
#include "shared/mutation_flags.h"
#include "shared/named_file.h"
#include "shared/origin.h"
#include "shared/output_folder.h"
#include "shared/pairs.h"
#include "shared/picture_options.h"

namespace nv {
namespace {

constexpr std::string_view figures[] = {"relative_l2", "l2", "linf", "mean_abs", "cosine", "pearson", "ssim"};

class Compare final : public Command {
 public:
  void declare(OptionSet& options) override {
    options_ = &options;
    const OptionGroup general = options.group("Options");
    general.add("MODEL", model_, "MODEL", "Model file: .h5, .hdf5, .keras").required();
    general
        .add("INPUT", arguments_, "INPUT...",
             "A and B (or many); with a second model each is compared with itself")
        .required();
    general.add("--weights", weights_file_, "FILE.h5", "Weights of MODEL, where it is an architecture alone");
    general.add("--model-b", model_b_, "MODEL", "The model to compare with, of any format");
    mutation_flags_.declare(options.group("Against itself with filters frozen"));
    const OptionGroup result = options.group("Result");
    result.add("-o,--output", output_, "DIR", "Folder for the sheets, or one: NAME.png, .svg, .pdf");
    pair_options_.declare(result);
    gates_.declare(result, "Exit 1 above relative_l2=1e-3, in any chosen layer");
    page_.declare(result);
    result.add_flag("--json", json_, "One JSON document");
    result.add_flag("--jsonl", jsonl_, "A line of JSON a pair, as it is done");
    declare_force(result, rules_.force);
    declare_clean(result, rules_.clean);
    const OptionGroup pictures = options.group("Pictures");
    pictures.add("--channel", channels_, "LIST", "These channels alone, as large as fits: 0,3 or 0-7");
    pictures.add("--colormap", colormap_, "MAP", "viridis, magma, cividis, turbo, grey");
    picture_options_.declare(options);
    input_flags_.declare(options);
    declare_computing(options, engine_options_);
  }

  int run(Console& console) override;

 private:
  /// One input that was run, and by which engine.
  struct Half {
    std::string id, file, path, preprocess;
    std::optional<Prediction> prediction;
    bool classifies = false;
  };
  void settle_options(const Console& console);
  Json half_json(const Half& half, const Engine& engine) const;
  void open_engines(const Console& console);
  Half half_of(const InputList::Entry& entry, const Input& input, const Side& side,
               const std::vector<OutputKind>& outputs) const;
  void open_outputs(Console& console, const InputList& inputs);
  /// One input through both models, or the first against each other.
  void compare_inputs(Console& console, const InputList& inputs);
  /// Each sample against the input that it was made of.
  void compare_with_origins(Console& console, const InputList& samples);
  void add_error(const Console& console, const Input& input);
  /// `id` is for people, `key` names the pair's folder.
  void add(Console& console, const std::string& id, const std::string& key, const Side& a, const Side& b,
           const Half& ha, const Half& hb);
  void judge(const std::vector<LayerDifference>& layers, const std::string& id);
  int finish(Console& console);
  bool two_engines() const { return b_.has_value(); }

  OptionSet* options_ = nullptr;
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

void Compare::settle_options(const Console& console) {
  input_flags_.note_given();
  defaults_ = apply_defaults(*options_, input_flags_.defaults_file, model_, !input_flags_.no_defaults);
  if (!model_b_.empty() && mutation_flags_.given())
    throw Error(ErrorKind::usage,
                "compare: --model-b and --freeze are two ways to say what is compared: choose one");
  if (json_ && jsonl_)
    throw Error(ErrorKind::usage, "compare: --json and --jsonl are two forms of one result: choose one");
  pair_options_.settle("compare", output_);
  gates_.settle();
  page_.settle(rules_.force);
  style_ = picture_options_.style(console.command_line);
  style_.map = render::colormap_named(colormap_);
  if (!channels_.empty()) style_.channels.emplace(channels_);
}

void Compare::open_engines(const Console& console) {
  const Model model = open_model(model_, weights_file_);
  a_.emplace(model, engine_options_);
  if (!model_b_.empty()) {
    b_.emplace(open_model(model_b_, ""), engine_options_);
  } else if (mutation_flags_.given()) {
    const Mutant mutant = mutate(model, mutation_flags_.mutations());
    for (const std::string& note : mutant.notes) console.note(note);
    b_.emplace(mutant.model, engine_options_);
    b_->freeze(mutant.frozen);
  }
  const Engine& b = b_ ? *b_ : *a_;
  outputs_a_ = output_kinds(a_->model(), a_->structure());
  outputs_b_ = output_kinds(b.model(), b.structure());
  labels_ = fitting_labels(input_flags_.labels(defaults_), *a_, outputs_a_, console);
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
  json.update(output_json(half.prediction, half.classifies));
  return json;
}

void Compare::judge(const std::vector<LayerDifference>& layers, const std::string& id) {
  if (!failure_.empty()) return;
  const auto failed = first_above(gates_.gates(), layers);
  if (!failed) return;
  failure_ = fmt::format(
      "{}: {} of layer {} is {}, above {:g}", id, failed->gate->figure, failed->layer->path,
      std::isnan(failed->value) ? "NaN" : fmt::format("{:.4g}", failed->value), failed->gate->bound);
}

void Compare::add(Console& console, const std::string& id, const std::string& key, const Side& a,
                  const Side& b, const Half& ha, const Half& hb) {
  ++count_;
  std::vector<LayerDifference> layers = compare_passes(a, b, matching_, chosen_);
  if (two_engines()) measure_own_errors(layers, a, b, matching_);
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
  const LayerDifference* culprit = two_engines() ? first_divergent(layers, own_error_tolerance) : nullptr;
  Json json{{"a", half_json(ha, a.engine)}, {"b", half_json(hb, b.engine)}};
  json["layers"] = layer_differences_json(layers, pair_options_.top());
  if (two_engines()) json["first_that_errs"] = culprit == nullptr ? Json(nullptr) : Json(culprit->path);
  if (jsonl_) console.result(line(json));
  if (json_ || folder_) pairs_.push_back(std::move(json));
  if (!json_ && !jsonl_) {
    std::string text = two_engines() ? fmt::format("{}: {} -> {}\n", console.bold(one_line(ha.id)),
                                                   prediction_text(ha.prediction, ha.classifies),
                                                   prediction_text(hb.prediction, hb.classifies))
                                     : fmt::format("{}: {}\n{}: {}\n", console.bold(one_line(ha.id)),
                                                   prediction_text(ha.prediction, ha.classifies),
                                                   console.bold(one_line(hb.id)),
                                                   prediction_text(hb.prediction, hb.classifies));
    if (culprit != nullptr)
      text += fmt::format("first layer that itself errs: {} (relative L2 {:.3g} from the same inputs)\n",
                          one_line(culprit->path), *culprit->own_relative_l2);
    else if (two_engines() && !mutation_flags_.given())
      text += fmt::format("no layer errs by itself by more than {:g}\n", own_error_tolerance);
    console.result(text);
  }
  keep_largest(worst_, layers);
}

int Compare::finish(Console& console) {
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
  if (json_) console.result(document(head));
  if (folder_) {
    folder_->write("compare.json", document(head));
    folder_->finish();
  }
  if (count_ > 1) {
    page_.heading(fmt::format("Largest of {} pairs, layer by layer", count_));
    page_.table(difference_table(worst_));
  }
  page_.finish();
  if (jsonl_) console.result(line({{"schema", schema_id("compare")}, {"summary", summary}}));
  if (!json_ && !jsonl_) {
    if (count_ > 1) console.result(fmt::format("\nLargest of {} pairs, layer by layer\n", count_));
    console.result("\n" + difference_table(worst_).text(console));
    if (!matching_.only_a.empty() || !matching_.only_b.empty())
      console.result(fmt::format("{} layers of A and {} of B have no partner\n", matching_.only_a.size(),
                                 matching_.only_b.size()));
    console.wrote({output_, page_.file()});
  }
  if (!failure_.empty()) console.error(failure_, "");
  return errors_ > 0 ? static_cast<int>(ErrorKind::input) : failure_.empty() ? 0 : 1;
}

void Compare::open_outputs(Console& console, const InputList& inputs) {
  rules_.read = input_flags_.files_read(inputs, {model_, weights_file_, model_b_, mutation_flags_.file()});
  if (render::picture_format(output_)) {
    if (inputs.size() > (two_engines() || against_origins_ ? 1U : 2U))
      throw Error(ErrorKind::usage, fmt::format("-o {}: one sheet shows one pair", output_),
                  "give a folder with -o");
    check_not_read("-o", output_, rules_.read);
    check_named_file(output_, rules_.force);
  } else if (!output_.empty()) {
    check_picture_ending(output_);
    folder_.emplace(output_, "compare", rules_, console);
    folder_->check_free("compare.json");
  }
  console.done.of = static_cast<std::int64_t>(inputs.size());
  if (folder_) console.done.how = fmt::format("their files are in {}; the same command begins anew", output_);
  console.survive_closed_pipe = !output_.empty() || page_.wanted();
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

void Compare::add_error(const Console& console, const Input& input) {
  if (input_flags_.strict) throw Error(ErrorKind::input, input.error, input.hint);
  ++errors_;
  console.error(input.error, input.hint);
  pairs_.push_back({{"id", input.id}, {"status", "error"}, {"error", input.error}});
}

void Compare::compare_inputs(Console& console, const InputList& inputs) {
  const BatchReader reader(console, inputs, *a_, {std::int64_t{1} << 25, 32, {}});
  Progress progress(console, "compare", static_cast<std::int64_t>(inputs.size()));
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
        add_error(console, input);
        continue;
      }
      const Side mine{*a_, trace, *read.item[i]};
      const Half half = half_of(inputs[at + i], input, mine, outputs_a_);
      if (alone) {
        half_a = half;
        first = trace;
      } else if (b_) {
        const Side theirs{*b_, other, *read.item[i]};
        add(console, half.id, half.id, mine, theirs, half,
            half_of(inputs[at + i], input, theirs, outputs_b_));
      } else {
        add(console, fmt::format("{}-{}", half_a->id, half.id), fmt::format("{}/{}", half_a->id, half.id),
            {*a_, first, 0}, mine, *half_a, half);
      }
    }
    at += read.inputs.size();
    console.done.inputs = static_cast<std::int64_t>(at);
    progress.advance(static_cast<std::int64_t>(read.inputs.size()));
  }
}

void Compare::compare_with_origins(Console& console, const InputList& samples) {
  // Each once, so that their ids stay: several samples may be of one input.
  std::vector<std::string> typed;
  std::map<std::string, std::size_t> places;
  for (std::size_t i = 0; i < samples.size(); ++i)
    if (places.try_emplace(samples[i].origin, typed.size()).second) typed.push_back(samples[i].origin);
  const InputList origins = input_flags_.expand_origins(typed, a_->model(), a_->structure());
  if (origins.size() != typed.size())
    throw_input("{}: the {} origins of its samples are {} inputs", arguments_[0], typed.size(),
                origins.size());
  const BatchReader reader_a(console, origins, *a_, {std::int64_t{1} << 25, 1, {}});
  const BatchReader reader_b(console, samples, *a_, {std::int64_t{1} << 25, 1, {}});
  Progress progress(console, "compare", static_cast<std::int64_t>(samples.size()));
  for (std::size_t i = 0; i < samples.size(); ++i) {
    check_interrupt();
    progress.advance(1);
    console.done.inputs = static_cast<std::int64_t>(i);
    const std::size_t o = places[samples[i].origin];
    const Batch was = reader_a.read(o), is = reader_b.read(i);
    if (!was.item[0] || !is.item[0]) {
      add_error(console, is.item[0] ? was.inputs[0] : is.inputs[0]);
      continue;
    }
    const Trace before = a_->forward(was.tensors), after = a_->forward(is.tensors);
    const Side a{*a_, before, 0}, b{*a_, after, 0};
    add(console, samples[i].id, samples[i].id, a, b, half_of(origins[o], was.inputs[0], a, outputs_a_),
        half_of(samples[i], is.inputs[0], b, outputs_a_));
  }
}

int Compare::run(Console& console) {
  settle_options(console);
  open_engines(console);
  const InputList inputs = input_flags_.expand(arguments_, a_->model(), a_->structure());
  against_origins_ = !two_engines() && !inputs.empty();
  for (std::size_t i = 0; i < inputs.size(); ++i)
    against_origins_ = against_origins_ && !inputs[i].origin.empty();
  if (inputs.size() < (two_engines() || against_origins_ ? 1U : 2U))
    throw Error(ErrorKind::usage, "compare: one input has nothing to be compared with",
                "give two inputs, or --model-b MODEL, or --freeze LAYER:FILTERS");
  open_outputs(console, inputs);
  if (against_origins_)
    compare_with_origins(console, inputs);
  else
    compare_inputs(console, inputs);
  input_flags_.say_notes(console, a_->model(), inputs, !json_ && !jsonl_);
  return finish(console);
}

}  // namespace

std::unique_ptr<Command> make_compare() {
  return std::make_unique<Compare>();
}

}  // namespace nv
