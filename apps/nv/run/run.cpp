// nv run: activations of every layer and the prediction, for each input.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "nv/analysis/run.h"
#include "nv/core/error.h"
#include "nv/core/text.h"
#include "nv/model/select.h"
#include "nv/report/run.h"
#include "run/files.h"
#include "run/page.h"
#include "run/rows.h"
#include "run/terminal.h"
#include "run/text.h"
#include "run/unsupported.h"
#include "shared/command.h"
#include "shared/common_options.h"
#include "shared/for_option.h"
#include "shared/gate.h"
#include "shared/input_loop.h"
#include "shared/mutation_flags.h"
#include "shared/open.h"
#include "shared/origin.h"
#include "shared/picture_options.h"
#include "shared/result_form.h"
#include "shared/result_output.h"
#include "shared/stage.h"

namespace nv {
namespace {

constexpr std::string_view gate_figures[] = {"accuracy", "top5_accuracy"};

class Run final : public Command {
 public:
  void declare(OptionSet& options) override {
    options_ = &options;
    const OptionGroup general = options.group("Options");
    general.add("MODEL", model_, "MODEL", "Model file: .h5, .hdf5, .keras").required();
    declare_weights(general, weights_file_);
    general
        .add("INPUT", arguments_, "INPUT...",
             "Images, .npy, .npz, IDX, CIFAR-10, directories, FILE#ITEMS, -; NAME=FILE,NAME=FILE for several "
             "inputs")
        .required();
    const OptionGroup result = options.group("Result");
    out_.declare_path(result);
    result.add("--format", formats_, "LIST", "With -o, files to write")
        .list_of({"png", "svg", "pdf", "npz", "npy", "h5", "json"})
        .default_value("png");
    layers_option_ = result.add("--layers", layers_, "LAYERS",
                                "Names, globs, @Kind, numbers 3 or 2-5, all, none; comma-separated");
    result.add_flag("--predict", predict_, "Predictions only, one line per input");
    top_option_ = result.add("--top", top_, "K", "Number of classes to list").range(1, 1000000);
    result.add("--only", only_, "WHICH", "With --truth, only these inputs").one_of({"wrong", "right"});
    gates_.declare(result, "Exit 1 below it: accuracy=0.9, top5_accuracy=0.99");
    out_.page.declare(result);
    form_.declare_lines(result, "input");
    form_.declare_json(result);
    form_.declare_json_lines(result, "input");
    form_.declare_rows(result, "input; with --layers per input and layer");
    out_.declare_rules(result);
    const OptionGroup pictures = options.group("Pictures");
    pictures.add("--scale", scale_, "MODE", "Range of the colours; symmetric is about 0")
        .one_of({"layer", "channel", "symmetric"});
    pictures.add("--colormap", colormap_, "MAP", "Colour map")
        .shows(render::colormap_names())
        .check([](const std::string& text) { (void)render::colormap_named(text); });
    pictures.add("--channel", channels_, "RANGES", "Only these channels in sheets of layers: 0,3 or 0-7")
        .check([](const std::string& text) { ItemRanges{text}; })
        .default_value("all");
    pictures.add_flag("--terminal", terminal_, "Draw the maps in the terminal");
    picture_options_.declare(options);
    input_flags_.declare(options);
    mutation_flags_.declare(options.group("Freezing"));
    declare_computing(options, engine_options_);
  }

  int run(Console& console) override;

 private:
  /// Data and results of a pass over the inputs.
  struct Work;

  void check_options(Console& console);
  std::vector<RunFormat> formats() const;
  /// Whether layers are chosen that may all come before one that is not supported.
  bool some_layers() const {
    return layers_option_.is_given() && !predict_ && layers_ != "all" && layers_ != "none" &&
           input_flags_.truth.empty();
  }
  void begin_page(const Engine& engine, const std::vector<std::string>& notes);
  void run_batch(Console& console, Work& work, InputLoop& loop, const Batch& batch, std::size_t first);
  RunResult run_item(const Console& console, Work& work, const Trace& trace, const Input& input,
                     std::int64_t item, std::size_t index, std::string& drawing);
  /// Counts and prints a result; `drawing`: picture for the terminal.
  void report(Console& console, Work& work, RunResult r, const std::string& drawing);
  int finish(Console& console, Work& work, const InputLoop& loop);
  bool document_wanted() { return form_.json() || out_.folder() != nullptr; }
  /// Whether --csv and --tsv have a row per input and layer.
  bool layer_rows() const { return layers_option_.is_given() && layers_ != "none"; }
  InputText input_text(const InputSet& set) const;
  /// `classes`: of the output that classifies.
  void set_columns(std::int64_t classes);
  void print_rows(Console& console, const Json& item);
  bool shown(const RunResult& r) const {
    return only_.empty() || (r.error.empty() && r.correct == (only_ == "right"));
  }
  int check_gates(const Console& console, const Confusion& confusion) const;
  /// Names and hashes of the model and an input, for pictures.
  std::vector<std::string> sources(const std::string& input) {
    if (out_.path.empty()) return {};
    return {fingerprints_.of(model_), fingerprints_.of(input)};
  }

  std::vector<std::string> model_source() {
    if (out_.path.empty()) return {};
    return {fingerprints_.of(model_)};
  }

  OptionSet* options_ = nullptr;
  OptionRef layers_option_, top_option_;
  std::string model_, weights_file_, formats_, layers_ = "all", only_, scale_ = "layer",
                                               colormap_ = "viridis", channels_;
  std::vector<std::string> arguments_;
  GateOption gates_{"--fail-below", gate_figures};
  std::size_t top_ = 5;
  bool predict_ = false, terminal_ = false;
  ResultForm form_;
  ResultOutput out_{"run"};
  PictureOptions picture_options_;
  SheetStyle style_;
  Fingerprints fingerprints_;
  InputFlags input_flags_;
  MutationFlags mutation_flags_;
  EngineOptions engine_options_;
  Defaults defaults_;
};

struct Run::Work {
  Engine& engine;
  const std::vector<bool>& selected;  ///< layers to report, per node
  std::vector<bool> keep;             ///< activations to keep: selected layers and outputs
  const std::vector<OutputKind>& outputs;
  const InputSet& set;
  Preprocess preprocess;
  RunWriter writer;
  RunPage page;
  RunText text;
  ListDocument document;
  TruthSummary truth;
  std::vector<RunResult> results;  ///< kept for text and page

  const TruthSummary* truth_if_given() const { return set.truth.empty() ? nullptr : &truth; }
};

void Run::check_options(Console& console) {
  defaults_ = input_flags_.apply_defaults(*options_, model_);
  mutation_flags_.check("run");
  out_.check_formats(formats_);
  form_.check("run");
  if (terminal_ && (!form_.text() || predict_))
    throw Error(ErrorKind::usage, "run: --terminal excludes --json, --jsonl, --csv, --tsv and --predict");
  if (predict_ && (form_.rows() || form_.lines()))
    throw Error(ErrorKind::usage, "run: --predict excludes --csv, --tsv and --lines");
  if (!only_.empty() && input_flags_.truth.empty())
    throw Error(ErrorKind::usage, "run: --only needs true classes", "add --truth");
  if (gates_.given() && input_flags_.truth.empty())
    throw Error(ErrorKind::usage, "run: --fail-below needs true classes", "add --truth");
  gates_.parse();
  out_.check(console, !form_.text());
  if (predict_ || (form_.rows() && !layer_rows() && !out_.wanted())) layers_ = "none";
  style_ = picture_options_.style(console.command_line());
  style_.scale = scale_ == "layer"     ? render::ScaleMode::shared
                 : scale_ == "channel" ? render::ScaleMode::separate
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

int Run::check_gates(const Console& console, const Confusion& confusion) const {
  int exit = 0;
  for (const Gate& gate : gates_.gates()) {
    const double value = figure(confusion, gate.figure);
    if (is_at_least(value, gate)) continue;
    console.error(fmt::format("{} is {:.4f}, below {}", gate.figure, value, gate.bound), "");
    exit = 1;
  }
  return exit;
}

/// Sized by the classes of the model, so that matrices of parts of a data set have the same size.
Confusion confusion_of(const Engine& engine, const std::vector<OutputKind>& outputs) {
  if (outputs.empty() || !outputs[0].classifies) return Confusion(0);
  const auto& scores = engine.structure().nodes[static_cast<std::size_t>(outputs[0].value.node)].output;
  const bool known = scores && scores->known();
  return Confusion(known ? std::max<std::int64_t>(scores->elements(), 2) : 0);
}

void Run::begin_page(const Engine& engine, const std::vector<std::string>& notes) {
  if (!out_.page.wanted()) return;
  out_.page.begin(fmt::format("{}: activations", model_title(engine.model())), style_,
                  {fingerprints_.of(model_)});
  for (const std::string& note : notes) out_.page.text(note);
}

RunResult Run::run_item(const Console& console, Work& work, const Trace& trace, const Input& input,
                        std::int64_t item, std::size_t index, std::string& drawing) {
  const Stage stage("statistics");
  RunResult r = summarise(work.engine, work.outputs, trace, item, work.selected, work.set.labels, top_,
                          work.set.truth_of(index));
  r.id = input.id;
  r.file = input.file;
  r.preprocess = input.preprocess;
  for (const Tensor& t : input.tensors) r.shapes.push_back(t.shape());
  if (!shown(r)) return r;
  const SheetSource source{
      {work.engine, work.outputs, work.set.labels, trace, item, input, r, work.preprocess},
      sources(work.set.inputs[index].path)};
  work.writer.write(source, r, style_, work.engine.pool());
  work.page.add(source, r, work.writer.sheets(source, r), work.engine.pool());
  if (terminal_)
    drawing = terminal_picture(source, work.selected, style_, terminal_graphics(console),
                               static_cast<int>(console.width().value_or(80)));
  return r;
}

InputText Run::input_text(const InputSet& set) const {
  if (predict_) return InputText::fields;
  if (set.inputs.size() == 1) return InputText::details;
  const bool few = set.inputs.size() <= RunText::most_lines && set.truth.empty();
  return form_.lines() || !only_.empty() || terminal_ || few ? InputText::lines : InputText::none;
}

void Run::set_columns(std::int64_t classes) {
  const std::size_t top = top_option_.is_given() ? std::min(top_, static_cast<std::size_t>(classes)) : 0;
  form_.set_columns(layer_rows() ? layer_columns() : input_columns(top, !input_flags_.truth.empty()));
}

void Run::print_rows(Console& console, const Json& item) {
  if (!layer_rows() || item.contains("error")) return form_.print_row(console, item);
  for (const Json& layer : item["layers"]) {
    Json row{{"id", item["id"]}};
    row.update(layer);
    form_.print_row(console, row);
  }
}

void Run::report(Console& console, Work& work, RunResult r, const std::string& drawing) {
  work.truth.add(r);
  if (!shown(r)) return;
  if (!form_.text() || document_wanted()) {
    const Json item = run_item_json(r);
    if (document_wanted()) work.document.add(item);
    if (form_.json_lines()) console.result(line(item));
    print_rows(console, item);
  }
  if (form_.text() && r.error.empty()) {
    console.result(work.text.prediction(r));
    console.terminal_picture(drawing);
  }
  if (out_.page.wanted() || form_.text()) work.results.push_back(std::move(r));
}

void Run::run_batch(Console& console, Work& work, InputLoop& loop, const Batch& batch, std::size_t first) {
  Trace trace;
  if (!batch.tensors.empty()) {
    const Stage stage("passes");
    trace = forward_or_hint(work.engine, batch, work.keep);
  }
  // The files of a batch are written before its results are printed.
  std::vector<RunResult> results(batch.inputs.size());
  std::vector<std::string> drawings(batch.inputs.size());
  for (std::size_t i = 0; i < results.size(); ++i) {
    const Input& input = batch.inputs[i];
    if (batch.item[i]) {
      results[i] = run_item(console, work, trace, input, *batch.item[i], first + i, drawings[i]);
      loop.done(first + i);
      continue;
    }
    if (input_flags_.strict) throw Error(ErrorKind::input, input.error, input.hint);
    const InputList::Entry& entry = work.set.inputs[first + i];
    results[i].id = entry.id;
    results[i].file = entry.file;
    results[i].error = input.error;
    results[i].hint = input.hint;
  }
  for (std::size_t i = 0; i < results.size(); ++i) {
    if (!results[i].error.empty()) loop.add_error(results[i].error, results[i].hint);
    report(console, work, std::move(results[i]), drawings[i]);
  }
}

int Run::finish(Console& console, Work& work, const InputLoop& loop) {
  const Model& model = work.engine.model();
  const InputList& inputs = work.set.inputs;
  for (const std::string& note : work.engine.notes()) console.note(fmt::format("{}: {}", model.file, note));
  // JSON and the text for a single input contain the preprocessing already.
  input_flags_.print_notes(console, model, inputs, form_.text() && (predict_ || inputs.size() > 1));
  const std::vector<NamedSheet> diagrams = truth_sheets(model, work.truth);
  const std::string diagram = work.writer.write_of_set(diagrams, model_source(), style_, work.engine.pool());
  work.writer.write_tables(work.truth_if_given(), work.set.labels);
  const Json summary{{"summary", run_summary_json(static_cast<std::int64_t>(inputs.size()), loop.errors(),
                                                  work.truth_if_given(), work.set.labels, diagram)}};
  if (document_wanted()) {
    const std::string json_text = work.document.finish(summary);
    if (form_.json()) console.result(json_text);
    out_.finish(json_text);
  }
  if (out_.page.wanted()) {
    work.page.finish(work.text, work.results, work.truth_if_given(), work.set.labels, diagrams,
                     work.engine.pool());
    console.note_written({out_.page.file()});
  }
  if (form_.json_lines()) {
    Json last{{"schema", schema_id("run")}};
    last.update(summary);
    console.result(line(last));
  } else if (form_.rows()) {
    form_.end_rows(console);
  } else if (form_.text()) {
    console.result(work.text.closing(work.results, work.truth_if_given(), work.writer));
  }
  return loop.exit_code(check_gates(console, work.truth.confusion));
}

int Run::run(Console& console) {
  check_options(console);
  const Mutant mutant = mutation_flags_.mutant(open_untrusted(model_, weights_file_));
  for (const std::string& note : mutant.notes) console.note(note);
  Engine engine(mutant.model, engine_options_);
  engine.freeze(mutant.frozen);
  const Model& model = engine.model();
  const std::vector<bool> selected = for_option("--layers", [&] { return select_layers(model, layers_); });
  if (!terminal_)
    out_.check_channels(channels_, static_cast<std::size_t>(std::ranges::count(selected, true)));
  std::vector<OutputKind> outputs = output_kinds(model, engine.structure());
  if (some_layers()) leave_out_unsupported(outputs, selected, engine, console);
  const InputSet set = open_inputs(input_flags_, defaults_, arguments_, engine, outputs, console);
  const std::vector<RunFormat> file_formats = out_.path.empty() ? std::vector<RunFormat>{} : formats();
  out_.open(console, set.inputs.size(),
            input_flags_.files_read(set.inputs, {model_, weights_file_, mutation_flags_.file()}),
            ResultOutput::one_input_only(set.inputs.size()));
  begin_page(engine, mutant.notes);

  Json head{{"schema", schema_id("run")}, {"model", {{"file", model.file}, {"name", model.name}}}};
  head["defaults"] = defaults_.file.empty() ? Json(nullptr) : Json(defaults_.file);
  // With --predict one class per input, unless --top is given.
  const std::size_t listed = predict_ && !top_option_.is_given() ? 1 : top_;
  Work work{engine,
            selected,
            selected,
            outputs,
            set,
            input_flags_.preprocess(model),
            RunWriter(out_, file_formats, selected),
            RunPage(out_.page, set.inputs.size()),
            RunText(console, set, input_text(set), listed),
            ListDocument(head, "inputs"),
            {confusion_of(engine, outputs), {}},
            {}};
  for (const OutputKind& o : outputs) work.keep[static_cast<std::size_t>(o.value.node)] = true;
  set_columns(class_count(engine.structure(), outputs));
  InputLoop loop(console, set.inputs, "run", input_flags_.strict);
  // At most 256 MB of activations at once.
  const BatchReader reader(console, set.inputs, engine, {std::int64_t{1} << 26, 32, work.keep});
  loop.run(reader,
           [&](const Batch& batch, std::size_t first) { run_batch(console, work, loop, batch, first); });
  return finish(console, work, loop);
}

}  // namespace

std::unique_ptr<Command> make_run() {
  return std::make_unique<Run>();
}

}  // namespace nv
