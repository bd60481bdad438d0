// nv explain: gradient of a class with respect to the input.
#include <algorithm>
#include <cmath>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "nv/analysis/captions.h"
#include "nv/analysis/gradient.h"
#include "nv/analysis/output_weights.h"
#include "nv/core/error.h"
#include "nv/core/text.h"
#include "nv/data/labels.h"
#include "nv/data/npy.h"
#include "nv/data/npz.h"
#include "nv/figures/pass/gradient_sheet.h"
#include "nv/figures/pass/input_sheet.h"
#include "nv/report/json.h"
#include "shared/command.h"
#include "shared/common_options.h"
#include "shared/input_loop.h"
#include "shared/open.h"
#include "shared/origin.h"
#include "shared/picture_options.h"
#include "shared/result_form.h"
#include "shared/result_output.h"
#include "shared/stage.h"

namespace nv {
namespace {

struct Explained {
  std::string id, file, preprocess, error;
  std::optional<std::int64_t> label;  ///< nullopt if the outputs are weighted
  std::optional<Prediction> prediction;
  std::vector<std::pair<std::string, std::string>> files;
  float largest = 0;   ///< |gradient|
  std::string anchor;  ///< of its section on the page
};

Json explained_json(const Explained& e, const std::vector<std::string>& labels) {
  Json json{{"id", e.id}, {"file", e.file}, {"status", e.error.empty() ? "ok" : "error"}};
  if (!e.error.empty()) {
    json["error"] = e.error;
    return json;
  }
  json["preprocess"] = e.preprocess;
  json["class"] = e.label ? Json(*e.label) : Json(nullptr);
  json["label"] = e.label ? Json(class_label(*e.label, labels)) : Json(nullptr);
  json["files"] = Json::object();
  for (const auto& [kind, path] : e.files) json["files"][kind] = path;
  return json;
}

std::string largest_text(float magnitude) {
  return std::isnan(magnitude) ? "NaN" : fmt::format("{:.6g}", magnitude);
}

class Explain final : public Command {
 public:
  void declare(OptionSet& options) override {
    options_ = &options;
    const OptionGroup general = options.group("Options");
    general.add("MODEL", model_, "MODEL", "Model file: .h5, .hdf5, .keras").required();
    declare_weights(general, weights_file_);
    general.add("INPUT", arguments_, "INPUT...", "Inputs, as for nv run").required();
    const OptionGroup result = options.group("Result");
    result.add("--method", method_, "M", "Method").one_of({"gradient"});
    class_option_ = result.add("--class", class_, "CLASS", "predicted, truth, or a class by name or number")
                        .suggests({"predicted", "truth"});
    result.add("--of", of_, "WHAT", "Of a class: logit, score, loss; or FILE.npz, weights of the outputs")
        .suggests({"logit", "score", "loss"});
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
    Preprocess preprocess;
    ListDocument document;
    std::vector<Explained> explained;  ///< for the page
  };
  /// Gradients of a batch, and the explained class per item: nullopt if the output holds NaN; empty if the
  /// outputs are weighted.
  struct Explanation {
    Trace trace;
    std::vector<Tensor> gradients;  ///< per model input, batch first
    std::vector<std::optional<std::int64_t>> classes;
  };

  void check_options(Console& console);
  bool wants(const std::string& format) const { return std::ranges::find(wanted_, format) != wanted_.end(); }
  void open_output(Console& console, const Work& work);
  Explanation explain(const Work& work, const Batch& batch, std::size_t first);
  std::vector<Seed> class_seeds(const Work& work, const Batch& batch, std::size_t first,
                                Explanation& explanation) const;
  std::vector<Seed> weighted_seeds(const Work& work, const Batch& batch, std::size_t first,
                                   const Trace& trace);
  /// Adds the results of one input to files, page, console and document.
  void add(Console& console, Work& work, const Input& input, std::size_t index, std::int64_t item,
           const Explanation& explanation, Explained e);
  /// Adds an item to the document, the page and --csv.
  void keep(Console& console, Work& work, Explained e);
  NamedSheet sheet(const SheetSource& source, const std::vector<Tensor>& gradients, const Explained& e) const;
  void draw(const Work& work, const Input& input, std::size_t index, std::int64_t item, const Trace& trace,
            const std::vector<Tensor>& gradients, Explained& e);
  void write(const SheetSource& source, const std::vector<Tensor>& gradients, Explained& e, ThreadPool& pool);
  void add_to_page(const SheetSource& source, const std::vector<Tensor>& gradients, Explained& e,
                   ThreadPool& pool);
  void finish_page(const Work& work);

  OptionSet* options_ = nullptr;
  OptionRef class_option_;
  std::string model_, weights_file_, method_ = "gradient", class_ = "predicted", of_ = "logit", formats_;
  std::vector<std::string> arguments_, wanted_;
  ResultForm form_;
  bool inputs_on_page_ = false;
  ResultOutput out_{"explain"};
  PictureOptions picture_options_;
  SheetStyle style_;
  InputFlags input_flags_;
  Fingerprints fingerprints_;
  EngineOptions engine_options_;
  Defaults defaults_;
  std::optional<NpzReader> weights_of_;  ///< file of --of FILE.npz
  std::optional<OutputWeights> weights_;
  std::optional<std::int64_t> chosen_class_;  ///< --class, if it is one class for all inputs
};

void Explain::check_options(Console& console) {
  defaults_ = input_flags_.apply_defaults(*options_, model_);
  style_ = picture_options_.style(console.command_line);
  out_.check_formats(formats_);
  for (const std::string& f : split(formats_.empty() ? "png" : formats_, ',')) wanted_.emplace_back(trim(f));
  out_.check(console, !form_.text());
  if (class_ == "truth" && input_flags_.truth.empty())
    throw Error(ErrorKind::usage, "explain: --class truth needs true classes", "add --truth");
  if (of_.ends_with(".npz") && class_option_.is_given())
    throw Error(ErrorKind::usage, fmt::format("explain: --class has no meaning with --of {}", of_),
                "remove --class: the weights choose the outputs");
  if (of_.ends_with(".npz"))
    weights_of_.emplace(read_file(of_), of_);
  else
    parse_objective(of_);
}

/// Seeds for the gradient of the sum of outputs times weights.
std::vector<Seed> Explain::weighted_seeds(const Work& work, const Batch& batch, std::size_t first,
                                          const Trace& trace) {
  if (!weights_) weights_.emplace(*weights_of_, work.engine.model(), work.set.inputs.size());
  std::vector<std::int64_t> rows;
  for (std::size_t i = 0; i < batch.inputs.size(); ++i)
    if (batch.item[i]) rows.push_back(static_cast<std::int64_t>(first + i));
  return weights_->seeds(trace, rows);
}

/// Seeds for the gradient of --of, of the class that --class selects.
std::vector<Seed> Explain::class_seeds(const Work& work, const Batch& batch, std::size_t first,
                                       Explanation& explanation) const {
  const OutputKind* const output = classifier_of(work.outputs);
  if (output == nullptr)
    throw Error(ErrorKind::usage, fmt::format("{}: no output is a vector of classes", model_),
                "--of FILE.npz sets weights for the outputs");
  explanation.classes = predicted_classes(
      explanation.trace.outputs[static_cast<std::size_t>(output->value.node)], output->activation);
  for (std::size_t i = 0; i < batch.inputs.size(); ++i) {
    if (!batch.item[i] || class_ == "predicted") continue;
    std::optional<std::int64_t>& label = explanation.classes[static_cast<std::size_t>(*batch.item[i])];
    if (label) label = chosen_class_ ? *chosen_class_ : work.set.truth[first + i];
  }
  std::vector<std::int64_t> numbers;
  for (const auto& c : explanation.classes) numbers.push_back(c.value_or(0));
  return {objective_seed(work.engine, explanation.trace, *output, parse_objective(of_), numbers)};
}

Explain::Explanation Explain::explain(const Work& work, const Batch& batch, std::size_t first) {
  Explanation e;
  if (batch.tensors.empty()) return e;
  const Stage stage("passes and gradients");
  e.trace = work.engine.forward(batch.tensors);
  const std::vector<Seed> seeds =
      weights_of_ ? weighted_seeds(work, batch, first, e.trace) : class_seeds(work, batch, first, e);
  e.gradients = work.engine.gradient(e.trace, seeds);
  return e;
}

NamedSheet Explain::sheet(const SheetSource& source, const std::vector<Tensor>& gradients,
                          const Explained& e) const {
  const std::string meaning =
      e.label ? fmt::format("{} of the {} of {}", method_, of_, class_label(*e.label, source.labels))
              : fmt::format("{} of the outputs weighted by {}", method_, of_);
  return {method_, picture_title(source.engine.model(), meaning),
          [&source, &gradients, meaning](const figures::Style& style, const render::Page& page) {
            return figures::gradient_sheet(source, gradients[0], meaning, style, page);
          }};
}

void Explain::open_output(Console& console, const Work& work) {
  const std::size_t inputs = work.set.inputs.size();
  out_.open(console, inputs, input_flags_.files_read(work.set.inputs, {model_, weights_file_, of_}),
            ResultOutput::one_input_only(inputs));
  if (out_.page.wanted())
    out_.page.begin(fmt::format("{}: {}", model_title(work.engine.model()), method_), style_,
                    {fingerprints_.of(model_)});
}

void Explain::write(const SheetSource& source, const std::vector<Tensor>& gradients, Explained& e,
                    ThreadPool& pool) {
  if (out_.folder() == nullptr) {
    if (out_.is_sheet())
      write_sheet(out_.path, sheet(source, gradients, e), source.sources, style_, out_.rules.force);
    return;
  }
  OutputFolder& folder = *out_.folder();
  const std::string place = folder.name_of(e.id), stem = place + "/" + method_;
  folder.replaces(place);
  if (wants("npy")) {
    if (gradients.size() > 1)
      throw Error(ErrorKind::usage, "explain: --format npy cannot hold the gradients of several inputs",
                  "--format npz");
    folder.write(stem + ".npy", encode_npy(gradients[0]));
    e.files.emplace_back("npy", stem + ".npy");
  }
  if (wants("npz")) {
    std::vector<std::pair<std::string, Tensor>> arrays;
    for (std::size_t i = 0; i < gradients.size(); ++i)
      arrays.emplace_back(fmt::format("{}", i), gradients[i]);
    folder.write(stem + ".npz", encode_npz(arrays));
    e.files.emplace_back("npz", stem + ".npz");
  }
  const NamedSheet drawn = sheet(source, gradients, e);
  for (const std::string& name : wanted_)
    if (const auto format = render::picture_format("." + name))
      e.files.emplace_back(
          name, write_sheets(folder, place, {&drawn, 1}, {&*format, 1}, source.sources, style_, pool)[0]);
}

void Explain::draw(const Work& work, const Input& input, std::size_t index, std::int64_t item,
                   const Trace& trace, const std::vector<Tensor>& gradients, Explained& e) {
  if (!out_.wanted()) return;
  const std::vector<bool> no_layers(work.engine.model().nodes.size(), false);
  RunResult result = summarise(work.engine, work.outputs, trace, item, no_layers, work.set.labels, 1,
                               work.set.truth_of(index));
  result.id = e.id;
  e.prediction = result.prediction;
  const SheetSource source{
      {work.engine, work.outputs, work.set.labels, trace, item, input, result, work.preprocess},
      {fingerprints_.of(model_), fingerprints_.of(work.set.inputs[index].path)}};
  write(source, gradients, e, work.engine.pool());
  add_to_page(source, gradients, e, work.engine.pool());
}

void Explain::add_to_page(const SheetSource& source, const std::vector<Tensor>& gradients, Explained& e,
                          ThreadPool& pool) {
  if (!out_.page.wanted()) return;
  std::vector<NamedSheet> sheets;
  if (figures::has_input_pictures(source))
    sheets.push_back({"input", "input " + e.id, [&](const figures::Style& style, const render::Page& page) {
                        return figures::input_sheet(source, style, page);
                      }});
  sheets.push_back(sheet(source, gradients, e));
  if (!std::exchange(inputs_on_page_, true)) out_.page.section("Inputs");
  e.anchor = out_.page.section(e.id, 3);
  if (e.prediction) out_.page.text("predicted " + prediction_text(e.prediction));
  out_.page.figures(sheets, "figures", {out_.page.room(), false}, pool);
}

void Explain::finish_page(const Work& work) {
  if (!out_.page.wanted()) return;
  out_.page.set_front(true);
  out_.page.section("Summary");
  out_.page.facts({{"inputs", fmt::format("{}", work.explained.size())},
                   {"method", method_},
                   {"of", one_line(std::filesystem::path(of_).filename().string())}});
  Table table;
  for (const char* name : {"input", "class", ""}) table.column(name, Table::Align::left);
  table.column("largest |gradient|", Table::Align::right);
  HtmlPage::TableMarks marks;
  for (const Explained& e : work.explained) {
    table.row({one_line(e.id), e.label ? one_line(class_label(*e.label, work.set.labels)) : "",
               e.error.empty() ? "" : "not used: " + one_line(e.error),
               e.error.empty() ? largest_text(e.largest) : ""});
    marks.anchors.push_back(e.anchor);
  }
  out_.page.table(table, marks);
  out_.page.finish();
}

void Explain::add(Console& console, Work& work, const Input& input, std::size_t index, std::int64_t item,
                  const Explanation& explanation, Explained e) {
  if (!explanation.classes.empty()) e.label = explanation.classes[static_cast<std::size_t>(item)];
  std::vector<Tensor> gradients;
  for (const Tensor& g : explanation.gradients) gradients.push_back(g.item(item));
  draw(work, input, index, item, explanation.trace, gradients, e);
  e.largest = largest_magnitude(gradients[0].values());
  if (form_.text())
    console.result(
        fmt::format("{:<24} {}  largest |gradient| {}\n", one_line(e.id),
                    e.label ? fmt::format("{:<12}", one_line(class_label(*e.label, work.set.labels))) : "",
                    largest_text(e.largest)));
  keep(console, work, std::move(e));
}

void Explain::keep(Console& console, Work& work, Explained e) {
  const Json item = explained_json(e, work.set.labels);
  if (form_.json() || out_.folder() != nullptr) work.document.add(item);
  form_.print_row(console, item);
  if (out_.page.wanted()) work.explained.push_back(std::move(e));
}

int Explain::run(Console& console) {
  form_.check("explain");
  check_options(console);
  Engine engine(open_untrusted(model_, weights_file_), engine_options_);
  const Model& model = engine.model();
  const std::vector<OutputKind> outputs = output_kinds(model, engine.structure());
  const InputSet set = open_inputs(input_flags_, defaults_, arguments_, engine, outputs, console);
  if (class_ != "truth" && class_ != "predicted")
    chosen_class_ = class_number(class_, set.labels, class_count(engine.structure(), outputs), "--class");
  const Json head{{"schema", schema_id("explain")},
                  {"model", {{"file", model.file}, {"name", model.name}}},
                  {"method", method_},
                  {"of", of_}};
  Work work{engine, outputs, set, input_flags_.preprocess(model), ListDocument(head, "inputs"), {}};
  open_output(console, work);
  form_.set_columns({"id", "file", "status", "class", "label", "files.npy", "files.npz", "files.png",
                     "files.svg", "files.pdf", "error"});

  InputLoop loop(console, set.inputs, "explain", input_flags_.strict);
  const BatchReader reader(console, set.inputs, engine, {std::int64_t{1} << 25, 32, {}});
  loop.run(reader, [&](const Batch& batch, std::size_t first) {
    const Explanation explanation = explain(work, batch, first);
    for (std::size_t i = 0; i < batch.inputs.size(); ++i) {
      const Input& input = batch.inputs[i];
      const InputList::Entry& entry = set.inputs[first + i];
      Explained e{entry.id, entry.file, input.preprocess, input.error, {}, {}, {}, 0, {}};
      if (batch.item[i] && !explanation.classes.empty() &&
          !explanation.classes[static_cast<std::size_t>(*batch.item[i])])
        e.error = fmt::format("{}: {}, so no class has a gradient", input.file, no_class_reason);
      if (e.error.empty()) {
        add(console, work, input, first + i, *batch.item[i], explanation, std::move(e));
        continue;
      }
      loop.add_error(e.error, input.hint);
      keep(console, work, std::move(e));
    }
  });

  for (const std::string& note : engine.notes()) console.note(fmt::format("{}: {}", model.file, note));
  input_flags_.print_notes(console, model, set.inputs, form_.text());
  const std::string json_text =
      work.document.finish({{"summary", {{"inputs", set.inputs.size()}, {"errors", loop.errors()}}}});
  if (form_.json()) console.result(json_text);
  form_.end_rows(console);
  out_.finish(json_text);
  finish_page(work);
  if (form_.text()) console.note_written({out_.path, out_.page.file()});
  return loop.exit_code(0);
}

}  // namespace

std::unique_ptr<Command> make_explain() {
  return std::make_unique<Explain>();
}

}  // namespace nv
