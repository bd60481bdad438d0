// nv run: every layer's output of every input.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "nv/analysis/run.h"
#include "nv/core/error.h"
#include "nv/core/text.h"
#include "nv/keras/reader.h"
#include "nv/model/select.h"
#include "nv/report/run.h"
#include "run/files.h"
#include "run/text.h"
#include "shared/batch.h"
#include "shared/command.h"
#include "shared/common_options.h"
#include "shared/gate.h"
#include "shared/inputs.h"
#include "shared/mutation_flags.h"
#include "shared/named_file.h"
#include "shared/origin.h"
#include "shared/output_folder.h"
#include "shared/picture_options.h"
#include "terminal_pictures.h"

namespace nv {
namespace {

constexpr std::string_view gate_figures[] = {"accuracy", "top5_accuracy"};

class Run final : public Command {
 public:
  void declare(OptionSet& options) override {
    options_ = &options;
    const OptionGroup general = options.group("Options");
    general.add("MODEL", model_, "MODEL", "Model file: .h5, .hdf5, .keras").required();
    general.add("--weights", weights_file_, "FILE.h5", "Weights of MODEL, where it is an architecture alone");
    general
        .add("INPUT", arguments_, "INPUT...", "Images, .npy, .npz, IDX, CIFAR-10, directories, FILE#ITEMS, -")
        .required();
    const OptionGroup result = options.group("Result");
    result.add("-o,--output", output_, "DIR", "Folder for the results, or one sheet: NAME.png, .svg, .pdf");
    result.add("--format", formats_, "LIST", "With -o: png, svg, pdf, npz, npy, h5, json");
    layers_option_ = result.add("--layers", layers_, "LIST", "Names, globs, @Kind, 3, 2-5, all, none");
    result.add_flag("--predict", predict_, "Predictions alone, a line an input");
    top_option_ = result.add("--top", top_, "K", "How many classes to list (5)").range(1, 1000000);
    result.add("--only", only_, "WHICH", "With --truth: wrong or right ones alone")
        .one_of({"wrong", "right"});
    gates_.declare(result, "Exit 1 below accuracy=0.9, top5_accuracy=0.99");
    page_.declare(result);
    result.add_flag("--json", json_, "One JSON document");
    result.add_flag("--jsonl", jsonl_, "A line of JSON an input, as it is done");
    declare_force(result, rules_.force);
    declare_clean(result, rules_.clean);
    const OptionGroup pictures = options.group("Pictures");
    pictures.add("--scale", scale_, "MODE", "Colours by layer, channel, or symmetric about 0")
        .one_of({"layer", "channel", "symmetric"});
    pictures.add("--colormap", colormap_, "MAP", "viridis, magma, cividis, turbo, grey");
    pictures.add("--channel", channels_, "LIST", "With one layer: these channels alone, 0,3 or 0-7");
    pictures.add_flag("--terminal", terminal_, "Draw the maps in the terminal");
    picture_options_.declare(options);
    input_flags_.declare(options);
    mutation_flags_.declare(options.group("Freezing"));
    declare_computing(options, engine_options_);
  }

  int run(Console& console) override;

 private:
  void settle_options(const Console& console);
  std::vector<RunFormat> formats() const;
  void leave_out_unsupported(std::vector<OutputKind>& outputs, const std::vector<bool>& selected,
                             const Engine& engine, const Console& console) const;
  Trace forward(Engine& engine, const Batch& batch, const std::vector<bool>& keep) const;
  RunResult failed(const InputList::Entry& entry, const std::string& error, const std::string& hint) const;
  bool shown(const RunResult& r) const {
    return only_.empty() || (r.error.empty() && r.correct == (only_ == "right"));
  }
  int judge(const Console& console, const Confusion& confusion) const;
  /// Of the model and an input, for pictures.
  std::vector<std::string> sources(const std::string& input) {
    if (output_.empty()) return {};
    return {fingerprints_.of(model_), fingerprints_.of(input)};
  }

  OptionSet* options_ = nullptr;
  OptionRef layers_option_, top_option_;
  std::string model_, weights_file_, output_, formats_, layers_ = "all", only_, scale_ = "layer",
                                                        colormap_ = "viridis", channels_;
  std::vector<std::string> arguments_;
  GateOption gates_{"--fail-below", gate_figures};
  std::size_t top_ = 5;
  bool predict_ = false, json_ = false, jsonl_ = false, terminal_ = false;
  OutputRules rules_;
  PictureOptions picture_options_;
  ReportPage page_;
  SheetStyle style_;
  Fingerprints fingerprints_;
  InputFlags input_flags_;
  MutationFlags mutation_flags_;
  EngineOptions engine_options_;
  Defaults defaults_;
};

void Run::settle_options(const Console& console) {
  input_flags_.note_given();
  defaults_ = apply_defaults(*options_, input_flags_.defaults_file, model_, !input_flags_.no_defaults);
  if (output_.empty() && !formats_.empty())
    throw Error(ErrorKind::usage, "run: --format says what to write, but not where", "add -o DIR");
  if (json_ && jsonl_)
    throw Error(ErrorKind::usage, "run: --json and --jsonl are two forms of one result: choose one");
  if (terminal_ && (json_ || jsonl_ || predict_))
    throw Error(ErrorKind::usage,
                "run: --terminal draws beside the text: leave out --json, --jsonl, --predict");
  if (!only_.empty() && input_flags_.truth.empty())
    throw Error(ErrorKind::usage, "run: --only needs to know what is right", "add --truth");
  if (gates_.given() && input_flags_.truth.empty())
    throw Error(ErrorKind::usage, "run: --fail-below needs to know what is right", "add --truth");
  gates_.settle();
  page_.settle(rules_.force);
  if (predict_) layers_ = "none";
  style_ = picture_options_.style(console.command_line);
  style_.scale = scale_ == "layer"     ? render::ScaleMode::layer
                 : scale_ == "channel" ? render::ScaleMode::channel
                                       : render::ScaleMode::symmetric;
  style_.map = render::colormap_named(colormap_);
  if (!channels_.empty()) style_.channels = ItemRanges(channels_);
}

std::vector<RunFormat> Run::formats() const {
  std::vector<RunFormat> list;
  for (const std::string& name : split(formats_.empty() ? "png" : formats_, ','))
    list.push_back(parse_run_format(std::string(trim(name))));
  return list;
}

RunResult Run::failed(const InputList::Entry& entry, const std::string& error,
                      const std::string& hint) const {
  RunResult r;
  r.id = entry.id;
  r.file = entry.file;
  r.error = error;
  r.hint = hint;
  return r;
}

int Run::judge(const Console& console, const Confusion& confusion) const {
  int exit = 0;
  for (const Gate& gate : gates_.gates()) {
    const double value = figure(confusion, gate.figure);
    if (is_at_least(value, gate)) continue;
    console.error(fmt::format("{} is {:.4f}, below {}", gate.figure, value, gate.bound), "");
    exit = 1;
  }
  return exit;
}

/// Layers chosen by name before one that nv cannot run are run; outputs behind it have no prediction.
void Run::leave_out_unsupported(std::vector<OutputKind>& outputs, const std::vector<bool>& selected,
                                const Engine& engine, const Console& console) const {
  if (!layers_option_.is_given() || predict_ || layers_ == "all" || layers_ == "none" ||
      !input_flags_.truth.empty())
    return;
  const std::vector<int> stops = first_unsupported(engine.model(), engine.structure());
  for (std::size_t i = 0; i < selected.size(); ++i)
    if (selected[i] && stops[i] >= 0) return;
  for (const OutputKind& o : outputs)
    if (const int stop = stops[static_cast<std::size_t>(o.value.node)]; stop >= 0) {
      const Node& node = engine.model().nodes[static_cast<std::size_t>(stop)];
      console.note(fmt::format("{}: no prediction: layer {} ({}): {}", model_, one_line(node.path),
                               one_line(engine.model().layer_of(node).kind),
                               engine.structure().nodes[static_cast<std::size_t>(stop)].problem));
      break;
    }
  std::erase_if(outputs,
                [&](const OutputKind& o) { return stops[static_cast<std::size_t>(o.value.node)] >= 0; });
}

/// A pass; where a layer stops it that nv does not run, the hint says how to run what comes before.
Trace Run::forward(Engine& engine, const Batch& batch, const std::vector<bool>& keep) const {
  try {
    return engine.forward(batch.tensors, keep);
  } catch (const Error& e) {
    if (e.kind() != ErrorKind::unsupported) throw;
    const std::vector<int> stops = first_unsupported(engine.model(), engine.structure());
    const auto stop = std::ranges::find_if(stops, [](int s) { return s >= 0; });
    const Node* before = nullptr;  // the last layer that is run
    for (auto at = stops.begin(); at != stop; ++at)
      if (const Node& n = engine.model().nodes[static_cast<std::size_t>(at - stops.begin())];
          !n.inputs.empty())
        before = &n;
    if (stop == stops.end() || before == nullptr) throw;
    throw Error(e.kind(), e.what(),
                fmt::format("--layers {} runs the model up to there", one_line(before->path)));
  }
}

int Run::run(Console& console) {
  settle_options(console);
  const Mutant mutant = mutate(open_model(model_, weights_file_), mutation_flags_.mutations());
  for (const std::string& note : mutant.notes) console.note(note);
  Engine engine(mutant.model, engine_options_);
  engine.freeze(mutant.frozen);
  const Model& model = engine.model();
  const std::vector<bool> selected = select_layers(model, layers_);
  std::vector<OutputKind> outputs = output_kinds(model, engine.structure());
  leave_out_unsupported(outputs, selected, engine, console);
  const std::vector<std::string> labels =
      fitting_labels(input_flags_.labels(defaults_), engine, outputs, console);
  const InputList inputs = input_flags_.expand(arguments_, model, engine.structure());
  if (inputs.empty()) throw_input("{}: no inputs there", arguments_[0]);
  std::vector<std::int64_t> truth;
  if (!input_flags_.truth.empty()) truth = read_truth_of(input_flags_.truth, inputs, labels, engine, outputs);

  rules_.read = input_flags_.files_read(inputs, {model_, weights_file_, mutation_flags_.file()});
  if (page_.wanted()) check_not_read("--html", page_.file(), rules_.read);
  if (render::picture_format(output_) && inputs.size() != 1)
    throw Error(ErrorKind::usage,
                fmt::format("-o {}: one sheet shows one input, not {}", output_, inputs.size()),
                "give a folder with -o");
  RunWriter writer(output_, output_.empty() ? std::vector<RunFormat>{} : formats(), rules_, selected,
                   console);
  if (page_.wanted()) {
    page_.begin(fmt::format("{}: what every layer makes of it", model_title(model)), style_,
                {fingerprints_.of(model_)});
    for (const std::string& note : mutant.notes) page_.text(note);
  }
  console.survive_closed_pipe = !output_.empty() || page_.wanted();
  console.done.of = static_cast<std::int64_t>(inputs.size());
  if (writer.folder() != nullptr)
    console.done.how = fmt::format("their files are in {}; the same command begins anew", output_);
  std::vector<bool> keep = selected;
  for (const OutputKind& o : outputs) keep[static_cast<std::size_t>(o.value.node)] = true;
  // Outputs of at most 256 MB at once.
  const BatchReader reader(console, inputs, engine, {std::int64_t{1} << 26, 32, keep});

  Json head{{"schema", schema_id("run")}, {"model", {{"file", model.file}, {"name", model.name}}}};
  head["defaults"] = defaults_.file.empty() ? Json(nullptr) : Json(defaults_.file);
  ListDocument doc(head, "inputs");
  const bool document_wanted = json_ || writer.folder() != nullptr;
  // As large as the model has classes, whichever occur: so matrices of parts of a data set line up.
  Confusion confusion(class_count(engine.structure(), std::span(outputs).first(outputs.empty() ? 0 : 1)));
  std::vector<RunResult> results;  // kept for the text alone
  std::int64_t errors = 0;
  // Predictions alone are of one class, unless more are asked for.
  RunText text(console, labels, predict_ && !top_option_.is_given() ? 1 : top_, predict_, inputs.size() > 1);
  Progress progress(console, "run", static_cast<std::int64_t>(inputs.size()));
  const Preprocess preprocess = input_flags_.preprocess(model);

  const auto report = [&](RunResult r, const std::string& drawing) {
    if (!r.error.empty()) {
      ++errors;
      console.error(r.error, r.hint);
    } else if (r.truth) {
      confusion.add(*r.truth, class_of(r.prediction), r.in_top5);
    }
    if (!shown(r)) return;
    if (document_wanted) doc.add(run_item_json(r));
    if (jsonl_)
      console.result(line(run_item_json(r)));
    else if (!json_) {
      if (r.error.empty()) {
        console.result(text.prediction(r));
        console.terminal_picture(drawing);
      }
    }
    if (page_.wanted() || !(json_ || jsonl_)) results.push_back(std::move(r));
  };

  for (std::size_t at = 0; at < inputs.size();) {
    check_interrupt();
    const Batch read = reader.read(at);
    const std::size_t count = read.inputs.size();
    Trace trace;
    if (!read.tensors.empty()) trace = forward(engine, read, keep);
    std::vector<RunResult> batch_results;
    std::vector<std::string> drawings(count);
    for (std::size_t i = 0; i < count; ++i) {
      const Input& input = read.inputs[i];
      if (!read.item[i]) {
        if (input_flags_.strict) throw Error(ErrorKind::input, input.error, input.hint);
        batch_results.push_back(failed(inputs[at + i], input.error, input.hint));
        continue;
      }
      RunResult r = summarise(engine, outputs, trace, *read.item[i], selected, labels, top_,
                              truth.empty() ? std::nullopt : std::optional(truth[at + i]));
      r.id = input.id;
      r.file = input.file;
      r.preprocess = input.preprocess;
      for (const Tensor& t : input.tensors) r.shapes.push_back(t.shape());
      if (shown(r)) {
        const SheetSource source{engine, outputs,       labels,
                                 trace,  *read.item[i], input,
                                 r,      preprocess,    sources(inputs[at + i].path)};
        writer.write(source, r, style_, page_, engine.pool());
        if (terminal_)
          drawings[i] = terminal_picture(source, selected, style_, terminal_graphics(console),
                                         static_cast<int>(console.width().value_or(80)));
      }
      batch_results.push_back(std::move(r));
    }
    for (std::size_t i = 0; i < count; ++i) report(std::move(batch_results[i]), drawings[i]);
    at += count;
    console.done.inputs = static_cast<std::int64_t>(at);
    progress.advance(static_cast<std::int64_t>(count));
  }

  for (const std::string& note : engine.notes()) console.note(fmt::format("{}: {}", model.file, note));
  // JSON says it by input, and so does the text about a single one.
  input_flags_.say_notes(console, model, inputs, !json_ && !jsonl_ && (predict_ || inputs.size() > 1));
  const bool judged = !truth.empty();
  const Json summary{{"summary", run_summary_json(static_cast<std::int64_t>(inputs.size()), errors,
                                                  judged ? &confusion : nullptr, labels)}};
  if (document_wanted) {
    const std::string whole = doc.finish(summary);
    if (json_) console.result(whole);
    writer.finish(whole);
  }
  if (page_.wanted()) {
    text.add_closing(page_, results, judged ? &confusion : nullptr);
    page_.finish();
    console.wrote({page_.file()});
  }
  if (jsonl_) {
    Json last{{"schema", schema_id("run")}};
    last.update(summary);
    console.result(line(last));
  } else if (!json_) {
    console.result(text.closing(results, judged ? &confusion : nullptr, writer));
  }
  const int gate = judge(console, confusion);
  return errors > 0 ? static_cast<int>(ErrorKind::input) : gate;
}

}  // namespace

std::unique_ptr<Command> make_run() {
  return std::make_unique<Run>();
}

}  // namespace nv
