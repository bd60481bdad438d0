// nv explain: which parts of an input decide.
#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "explain/explain_document.h"
#include "explain/explain_files.h"
#include "explain/judging.h"
#include "explain/pooled.h"
#include "explain/question.h"
#include "explain/top_patches.h"
#include "nv/analysis/captions.h"
#include "nv/analysis/explain/layer_maps.h"
#include "nv/core/error.h"
#include "nv/core/text.h"
#include "nv/figures/pass/input_sheet.h"
#include "nv/model/select.h"
#include "shared/command.h"
#include "shared/common_options.h"
#include "shared/for_option.h"
#include "shared/input_loop.h"
#include "shared/open.h"
#include "shared/origin.h"
#include "shared/picture_options.h"
#include "shared/result_form.h"
#include "shared/result_output.h"
#include "shared/stage.h"

namespace nv {
namespace {

constexpr std::int64_t channels_in_figure = 6;

class Explain final : public Command {
 public:
  void declare(OptionSet& options) override {
    options_ = &options;
    const OptionGroup general = options.group("Options");
    general.add("MODEL", model_, "MODEL", "Model file: .h5, .hdf5, .keras");
    declare_weights(general, weights_file_);
    general.add("INPUT", arguments_, "INPUT...", "Inputs, as for nv run");
    const OptionGroup question = options.group("Question");
    question_.declare(question);
    top_patches_.declare(question);
    judging_.declare(question);
    const OptionGroup result = options.group("Result");
    result.add_flag("--list", list_, "List the methods and the measures of --judge");
    out_.declare_path(result);
    result.add("--format", formats_, "LIST", "With -o, files to write")
        .list_of({"png", "svg", "pdf", "npy", "npz"})
        .default_value("png");
    out_.page.declare(result);
    form_.declare_json(result);
    form_.declare_rows(result, "input");
    out_.declare_rules(result);
    picture_options_.declare(options);
    input_flags_.declare(options);
    declare_computing(options, engine_options_);
  }

  int run(Console& console) override;

 private:
  /// Data of a pass over the inputs.
  struct Work {
    Engine& engine;
    const std::vector<OutputKind>& outputs;
    const InputSet& set;
    const explain::Request& request;
    ExplainFigures figures;
    ExplainDocument document;
    Pooled pooled;
    std::vector<Explained> explained = {};  ///< for the page
  };

  void check_options(Console& console);
  /// `classifies`: an output is a vector of classes.
  void set_study(explain::Request& request, bool classifies) const;
  Pooled pooled(const explain::Request& request, const Engine& engine) const;
  /// How titles call the number that is explained.
  std::string of_text(const explain::Request& request) const;
  void open_output(Console& console, const Work& work);
  /// The answers for the usable inputs of a batch, whose first has the number `first`.
  std::vector<std::vector<explain::Answer>> explain(const Work& work, const Batch& batch, std::size_t first,
                                                    const Trace& trace);
  /// Explains the inputs of a batch, and adds their results and errors.
  void process(Console& console, Work& work, InputLoop& loop, const Batch& batch, std::size_t first);
  /// Adds the results of one input to files, page, console and document.
  void add(Console& console, Work& work, const Input& input, std::size_t index, std::int64_t item,
           const Trace& trace, Explained e);
  void print(Console& console, const Work& work, const Explained& e) const;
  /// Adds an input to the document, the page and --csv.
  void keep(Console& console, Work& work, Explained e);
  void draw(const Work& work, const Input& input, std::size_t index, std::int64_t item, const Trace& trace,
            Explained& e);
  void add_to_page(const Work& work, const SheetSource& source, Explained& e);
  void finish_page(const Work& work);
  std::vector<render::PictureFormat> picture_formats() const;
  /// The work of --method top-patches.
  int find_top_patches(Console& console, Engine& engine, const InputSet& set);

  OptionSet* options_ = nullptr;
  std::string model_, weights_file_, formats_;
  std::vector<std::string> arguments_, wanted_;
  bool list_ = false, inputs_on_page_ = false;
  Question question_;
  TopPatches top_patches_;
  Judging judging_;
  ResultForm form_;
  ResultOutput out_{"explain"};
  PictureOptions picture_options_;
  SheetStyle style_;
  InputFlags input_flags_;
  Fingerprints fingerprints_;
  EngineOptions engine_options_{.exact = true};  // gradients jump where a ReLU switches
  Defaults defaults_;
};

void Explain::check_options(Console& console) {
  form_.check("explain");
  defaults_ = input_flags_.apply_defaults(*options_, model_);
  style_ = picture_options_.style(console.command_line());
  out_.check_formats(formats_);
  for (const std::string& f : split(formats_.empty() ? "png" : formats_, ',')) wanted_.emplace_back(trim(f));
  out_.check(console, !form_.text());
  question_.check(input_flags_);
  top_patches_.check(question_.top_patches(), question_.layer());
  judging_.check(question_.top_patches());
}

std::vector<render::PictureFormat> Explain::picture_formats() const {
  std::vector<render::PictureFormat> formats;
  for (const std::string& name : wanted_)
    if (const auto format = render::picture_format("." + name)) formats.push_back(*format);
  return formats;
}

int Explain::find_top_patches(Console& console, Engine& engine, const InputSet& set) {
  out_.open(console, set.inputs.size(), input_flags_.files_read(set.inputs, {model_, weights_file_}), "");
  const std::size_t node =
      for_option("--layer", [&] { return select_layer(engine.model(), question_.layer()); });
  const int code = top_patches_.run({console,
                                     engine,
                                     set,
                                     input_flags_.preprocess(engine.model()),
                                     style_,
                                     out_,
                                     form_,
                                     picture_formats(),
                                     {fingerprints_.of(model_)},
                                     node,
                                     question_.taken() > 0 ? static_cast<std::size_t>(question_.taken()) : 9,
                                     input_flags_.strict});
  for (const std::string& note : engine.notes())
    console.note(fmt::format("{}: {}", engine.model().file, note));
  input_flags_.print_notes(console, engine.model(), set.inputs, form_.text());
  return code;
}

void Explain::set_study(explain::Request& request, bool classifies) const {
  if (!question_.filters_alone() || !(out_.wanted() || question_.freezes())) return;
  if (request.classes.size() > 1)
    throw Error(ErrorKind::usage, "--class: filters draws and freezes for one class at a time",
                "one class, or several without -o and --freeze");
  const bool until_fall = question_.freezes() && question_.taken() == 0;
  if (until_fall && !classifies)
    throw Error(ErrorKind::usage,
                "explain: --freeze: no output is a vector of classes, so no label can change",
                "--take N freezes N channels");
  const std::int64_t channels = question_.taken() > 0 ? question_.taken()
                                : until_fall          ? 0
                                                      : channels_in_figure;
  request.study = {channels, question_.freezes()};
}

Pooled Explain::pooled(const explain::Request& request, const Engine& engine) const {
  std::string layer;
  if (question_.taken() > 0)
    layer = engine.model()
                .nodes[explain::layer_of_maps(request.runs[0].settings, engine.model(), engine.structure())]
                .path;
  return {question_.taken(), layer, question_.freezes()};
}

std::string Explain::of_text(const explain::Request& request) const {
  const std::string file = one_line(std::filesystem::path(question_.of()).filename().string());
  if (request.weights != nullptr) return "outputs weighted by " + file;
  return request.has_classes() ? "the " + question_.of() : "output " + question_.of();
}

std::vector<std::vector<explain::Answer>> Explain::explain(const Work& work, const Batch& batch,
                                                           std::size_t first, const Trace& trace) {
  std::vector<explain::Item> items;
  for (std::size_t i = 0; i < batch.inputs.size(); ++i) {
    if (!batch.item[i]) continue;
    const std::string& id = work.set.inputs[first + i].id;
    items.push_back({static_cast<std::int64_t>(first + i), hash_bytes(std::as_bytes(std::span(id))),
                     work.set.truth_of(first + i)});
  }
  return explain::explain_batch(work.engine, work.outputs, work.request, batch.tensors, trace, items,
                                judging_.observer());
}

void Explain::open_output(Console& console, const Work& work) {
  const std::size_t inputs = work.set.inputs.size();
  std::vector<std::string> read{model_, weights_file_};
  for (const std::string& file : question_.files()) read.push_back(file);
  out_.open(console, inputs, input_flags_.files_read(work.set.inputs, read),
            ResultOutput::one_input_only(inputs));
  if (out_.page.wanted())
    out_.page.begin(fmt::format("{}: explanations", model_title(work.engine.model())), style_,
                    {fingerprints_.of(model_)});
}

void Explain::draw(const Work& work, const Input& input, std::size_t index, std::int64_t item,
                   const Trace& trace, Explained& e) {
  if (!out_.wanted()) return;
  if (out_.is_sheet()) e.judged = judging_.so_far();  // of this input, the only one
  const std::vector<bool> no_layers(work.engine.model().nodes.size(), false);
  RunResult result = summarise(work.engine, work.outputs, trace, item, no_layers, work.set.labels, 1,
                               work.set.truth_of(index));
  result.id = e.id;
  e.prediction = result.prediction;
  const SheetSource source{
      {work.engine, work.outputs, work.set.labels, trace, item, input, result, work.request.preprocess},
      {fingerprints_.of(model_), fingerprints_.of(work.set.inputs[index].path)}};
  write_explained(work.figures, source, e, out_, wanted_, style_, work.engine.pool());
  add_to_page(work, source, e);
}

void Explain::add_to_page(const Work& work, const SheetSource& source, Explained& e) {
  if (!out_.page.wanted()) return;
  std::vector<NamedSheet> sheets;
  if (figures::has_input_pictures(source))
    sheets.push_back({"input", "input " + e.id, [&](const figures::Style& style, const render::Page& page) {
                        return figures::input_sheet(source, style, page);
                      }});
  if (is_drawn(e)) sheets.push_back(explain_sheet(work.figures, source, e));
  if (!std::exchange(inputs_on_page_, true)) out_.page.section("Inputs");
  e.anchor = out_.page.section(e.id, 3);
  if (e.prediction) out_.page.text("predicted " + prediction_text(e.prediction));
  out_.page.figures(sheets, "figures", {out_.page.room(), false}, work.engine.pool());
}

void Explain::finish_page(const Work& work) {
  if (!out_.page.wanted()) return;
  out_.page.set_front(true);
  out_.page.section("Summary");
  out_.page.facts({{"inputs", fmt::format("{}", work.explained.size())},
                   {"of", one_line(std::filesystem::path(question_.of()).filename().string())}});
  Table table;
  for (const char* name : {"input", "method", "class", "explanation"}) table.column(name, Table::Align::left);
  HtmlPage::TableMarks marks;
  for (const Explained& e : work.explained) {
    if (!e.error.empty()) table.row({one_line(e.id), "", "", "not used: " + one_line(e.error)});
    for (const explain::Answer& a : e.answers)
      table.row({one_line(e.id), std::string(work.request.runs[a.run].method->name),
                 a.label ? one_line(class_label(*a.label, work.set.labels)) : "", a.words});
    marks.anchors.insert(marks.anchors.end(), std::max<std::size_t>(e.answers.size(), 1), e.anchor);
  }
  out_.page.table(table, marks);
  out_.page.finish();
}

void Explain::print(Console& console, const Work& work, const Explained& e) const {
  if (!form_.text() || judging_.wanted()) return;
  const bool only_take = question_.taken() > 0 && !question_.freezes();
  if (only_take) return;  // the line of --take is the whole result, for a shell's $(...)
  for (const explain::Answer& a : e.answers) {
    std::string line = fmt::format("{:<24} ", one_line(e.id));
    if (work.request.runs.size() > 1) line += fmt::format("{:<20} ", work.request.runs[a.run].method->name);
    if (a.label) line += fmt::format("{:<12} ", one_line(class_label(*a.label, work.set.labels)));
    line += " " + (a.study && a.study->freezing ? fall_text(*a.study, work.engine.model(), work.set.labels)
                                                : a.words);
    console.result(line + "\n");
  }
}

void Explain::add(Console& console, Work& work, const Input& input, std::size_t index, std::int64_t item,
                  const Trace& trace, Explained e) {
  e.maps = input_maps(e.answers, work.engine.model(), work.engine.structure());
  draw(work, input, index, item, trace, e);
  print(console, work, e);
  for (explain::Answer& a : e.answers) {
    work.pooled.add(a);
    a.explanation.maps.clear();  // the page keeps all results
    if (a.study) a.study->drop_maps();
  }
  keep(console, work, std::move(e));
}

void Explain::keep(Console& console, Work& work, Explained e) {
  if (form_.json() || out_.folder() != nullptr) work.document.add(e);
  for (std::size_t k = 0;
       form_.rows() && !judging_.wanted() && k < std::max<std::size_t>(e.answers.size(), 1); ++k)
    form_.print_row(console, explained_json(e, k, work.request, work.engine.model(), work.set.labels));
  if (out_.page.wanted()) work.explained.push_back(std::move(e));
}

void Explain::process(Console& console, Work& work, InputLoop& loop, const Batch& batch, std::size_t first) {
  Trace trace;
  std::vector<std::vector<explain::Answer>> answers;
  if (!batch.tensors.empty()) {
    const Stage stage("passes and gradients");
    trace = work.engine.forward(batch.tensors);
    answers = explain(work, batch, first, trace);
  }
  std::vector<std::vector<explain::judge::Scores>> scores = judging_.take_scores();
  for (std::size_t i = 0; i < batch.inputs.size(); ++i) {
    const Input& input = batch.inputs[i];
    const InputList::Entry& entry = work.set.inputs[first + i];
    Explained e{entry.id, entry.file, input.preprocess, input.error};
    if (batch.item[i]) e.answers = std::move(answers[static_cast<std::size_t>(*batch.item[i])]);
    if (batch.item[i] && judging_.wanted())
      e.scores = std::move(scores[static_cast<std::size_t>(*batch.item[i])]);
    if (batch.item[i] && e.answers.empty())
      e.error = fmt::format("{}: {}, so no class can be explained", input.file, no_class_reason);
    if (e.error.empty()) {
      add(console, work, input, first + i, *batch.item[i], trace, std::move(e));
      loop.done(first + i);
      continue;
    }
    loop.add_error(e.error, input.hint);
    keep(console, work, std::move(e));
  }
}

int Explain::run(Console& console) {
  if (list_) {
    if (!form_.text() && !form_.json()) throw_usage("explain: --list has no other form than --json");
    console.result(form_.json() ? document(method_list_json()) : method_list_text(console));
    return 0;
  }
  if (model_.empty() || arguments_.empty())
    throw Error(ErrorKind::usage, "explain: expected a model and inputs",
                "nv explain MODEL INPUT... --method METHOD");
  check_options(console);
  Engine engine(open_untrusted(model_, weights_file_), engine_options_);
  const Model& model = engine.model();
  const std::vector<OutputKind> outputs = output_kinds(model, engine.structure());
  const InputSet set = open_inputs(input_flags_, defaults_, arguments_, engine, outputs, console);
  if (question_.top_patches()) return find_top_patches(console, engine, set);
  explain::Request request =
      question_.request(engine, outputs, set, input_flags_, judging_.wanted(), console);
  set_study(request, classifier_of(outputs) != nullptr);
  Work work{engine,
            outputs,
            set,
            request,
            {request, of_text(request), set.labels},
            ExplainDocument(request, engine, set.labels, question_.of()),
            pooled(request, engine)};
  open_output(console, work);
  judging_.begin(engine, outputs, request);
  form_.set_columns({"id", "file", "status", "method", "class", "label", "files.npy", "files.npz",
                     "files.png", "files.svg", "files.pdf", "files.overlay", "summary", "error"});

  InputLoop loop(console, set.inputs, "explain", input_flags_.strict);
  const BatchReader reader(console, set.inputs, engine, {std::int64_t{1} << 25, 32, {}});
  loop.run(reader,
           [&](const Batch& batch, std::size_t first) { process(console, work, loop, batch, first); });

  for (const std::string& note : engine.notes()) console.note(fmt::format("{}: {}", model.file, note));
  input_flags_.print_notes(console, model, set.inputs, form_.text());
  judging_.finish();
  if (judging_.wanted()) work.document.set_judgement(judging_.json());
  if (out_.folder() != nullptr)
    write_sheets(*out_.folder(), "", judging_.sheets(model), picture_formats(), {fingerprints_.of(model_)},
                 style_, engine.pool());
  Json summary{{"inputs", set.inputs.size()}, {"errors", loop.errors()}};
  work.pooled.add_to(summary);
  const std::string json_text = work.document.text(summary);
  if (form_.json()) console.result(json_text);
  if (form_.text()) work.pooled.print(console, set.inputs.size());
  judging_.print(console, form_);
  form_.end_rows(console);
  out_.finish(json_text);
  judging_.add_to(out_.page, model, engine.pool());
  finish_page(work);
  if (form_.text()) console.note_written({out_.path, out_.page.file()});
  return loop.exit_code(0);
}

}  // namespace

std::unique_ptr<Command> make_explain() {
  return std::make_unique<Explain>();
}

}  // namespace nv
