// nv explain: which parts of the input decide. Today: the gradient.
#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "nv/analysis/gradient.h"
#include "nv/analysis/output_weights.h"
#include "nv/core/error.h"
#include "nv/core/text.h"
#include "nv/data/npy.h"
#include "nv/data/npz.h"
#include "nv/keras/reader.h"
#include "nv/report/json.h"
#include "shared/batch.h"
#include "shared/command.h"
#include "shared/common_options.h"
#include "shared/inputs.h"
#include "shared/named_file.h"
#include "shared/origin.h"
#include "shared/output_folder.h"
#include "shared/picture_options.h"
#include "shared/report_page.h"

namespace nv {
namespace {

struct Explained {
  std::string id, file, preprocess, error;
  std::optional<std::int64_t> label;  ///< nullopt where the outputs are weighted as a whole
  std::optional<Prediction> prediction;
  std::vector<std::pair<std::string, std::string>> files;
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

class Explain final : public Command {
 public:
  void declare(OptionSet& options) override {
    options_ = &options;
    const OptionGroup general = options.group("Options");
    general.add("MODEL", model_, "MODEL", "Model file: .h5, .hdf5, .keras").required();
    general.add("--weights", weights_file_, "FILE.h5", "Weights of MODEL, where it is an architecture alone");
    general.add("INPUT", arguments_, "INPUT...", "As nv run takes them").required();
    const OptionGroup result = options.group("Result");
    result.add("--method", method_, "M", "gradient").one_of({"gradient"});
    result.add("--class", class_, "C", "predicted, truth, or a number");
    result.add("--of", of_, "WHAT", "logit, score, loss, or FILE.npz: weights of the outputs");
    result.add("-o,--output", output_, "DIR", "Folder for the results, or one sheet: NAME.png, .svg, .pdf");
    result.add("--format", formats_, "LIST", "With -o: png, npy, npz (comma-separated)");
    page_.declare(result);
    result.add_flag("--json", json_, "One JSON document");
    declare_force(result, rules_.force);
    declare_clean(result, rules_.clean);
    picture_options_.declare(options);
    input_flags_.declare(options);
    declare_computing(options, engine_options_);
  }

  int run(Console& console) override;

 private:
  void settle_options(const Console& console);
  bool wants(const std::string& format) const { return std::ranges::find(wanted_, format) != wanted_.end(); }
  /// `classes`, by item of the trace: nullopt where the output says none, so that nothing is to be explained.
  std::vector<Seed> seeds(Engine& engine, const Trace& trace, const std::vector<OutputKind>& outputs,
                          const Batch& batch, std::size_t first,
                          std::vector<std::optional<std::int64_t>>& classes) const;
  std::vector<Seed> weighted_seeds(const Engine& engine, const Trace& trace, const Batch& batch,
                                   std::size_t first);
  NamedSheet sheet(const SheetSource& source, const std::vector<Tensor>& gradients, const Explained& e) const;
  void open_output(Console& console, const InputList& inputs);
  void write(const SheetSource& source, const std::vector<Tensor>& gradients, Explained& e, ThreadPool& pool);

  OptionSet* options_ = nullptr;
  std::string model_, weights_file_, method_ = "gradient", class_ = "predicted", of_ = "logit", output_,
                                     formats_;
  std::vector<std::string> arguments_, wanted_;
  bool json_ = false;
  OutputRules rules_;
  std::optional<OutputFolder> folder_;
  PictureOptions picture_options_;
  ReportPage page_;
  SheetStyle style_;
  InputFlags input_flags_;
  Fingerprints fingerprints_;
  EngineOptions engine_options_;
  Defaults defaults_;
  std::vector<std::int64_t> truth_;
  std::optional<NpzReader> weights_of_;  ///< of --of FILE.npz
  std::optional<OutputWeights> weights_;
};

void Explain::settle_options(const Console& console) {
  input_flags_.note_given();
  defaults_ = apply_defaults(*options_, input_flags_.defaults_file, model_, !input_flags_.no_defaults);
  style_ = picture_options_.style(console.command_line);
  if (output_.empty() && !formats_.empty())
    throw Error(ErrorKind::usage, "explain: --format says what to write, but not where", "add -o DIR");
  page_.settle(rules_.force);
  for (const std::string& f : split(formats_.empty() ? "png" : formats_, ',')) {
    wanted_.emplace_back(trim(f));
    if (wanted_.back() != "png" && wanted_.back() != "npy" && wanted_.back() != "npz")
      throw Error(ErrorKind::usage, fmt::format("--format: no format '{}'", one_line(wanted_.back())),
                  "png, npy, npz");
  }
  if (class_ == "truth" && input_flags_.truth.empty())
    throw Error(ErrorKind::usage, "explain: --class truth needs the true classes", "add --truth");
  if (class_ != "truth" && class_ != "predicted" &&
      (class_.empty() || !std::ranges::all_of(class_, [](char c) { return c >= '0' && c <= '9'; }) ||
       class_.size() > 9))
    throw Error(ErrorKind::usage, fmt::format("--class: '{}' is no class", one_line(class_)),
                "predicted, truth, or a number");
  if (of_.ends_with(".npz"))
    weights_of_.emplace(read_file(of_), of_);
  else
    parse_objective(of_);
}

/// Weights of all outputs: the gradient of the sum of outputs times weights.
std::vector<Seed> Explain::weighted_seeds(const Engine& engine, const Trace& trace, const Batch& batch,
                                          std::size_t first) {
  if (!weights_) weights_.emplace(*weights_of_, engine.model());
  std::vector<std::int64_t> rows;
  for (std::size_t i = 0; i < batch.inputs.size(); ++i)
    if (batch.item[i]) rows.push_back(static_cast<std::int64_t>(first + i));
  return weights_->seeds(trace, rows);
}

std::vector<Seed> Explain::seeds(Engine& engine, const Trace& trace, const std::vector<OutputKind>& outputs,
                                 const Batch& batch, std::size_t first,
                                 std::vector<std::optional<std::int64_t>>& classes) const {
  const OutputKind* const output = classifier_of(outputs);
  if (output == nullptr)
    throw Error(ErrorKind::usage, fmt::format("{}: no output is a vector of classes", model_),
                "--of FILE.npz gives every output its weights");
  classes =
      predicted_classes(trace.outputs[static_cast<std::size_t>(output->value.node)], output->activation);
  for (std::size_t i = 0; i < batch.inputs.size(); ++i) {
    if (!batch.item[i] || class_ == "predicted") continue;
    std::optional<std::int64_t>& label = classes[static_cast<std::size_t>(*batch.item[i])];
    if (label) label = class_ == "truth" ? truth_[first + i] : std::stoll(class_);
  }
  std::vector<std::int64_t> numbers;
  for (const auto& c : classes) numbers.push_back(c.value_or(0));
  return {objective_seed(engine, trace, *output, parse_objective(of_), numbers)};
}

NamedSheet Explain::sheet(const SheetSource& source, const std::vector<Tensor>& gradients,
                          const Explained& e) const {
  const std::string meaning =
      e.label ? fmt::format("{} of the {} of {}", method_, of_, class_label(*e.label, source.labels))
              : fmt::format("{} of the outputs weighted by {}", method_, of_);
  return {method_, picture_title(source.engine.model(), meaning),
          [this, &source, &gradients, meaning](const render::Page& page) {
            return gradient_sheet(source, gradients[0], meaning, style_, page);
          }};
}

void Explain::open_output(Console& console, const InputList& inputs) {
  rules_.read = input_flags_.files_read(inputs, {model_, weights_file_, of_});
  if (page_.wanted()) check_not_read("--html", page_.file(), rules_.read);
  if (render::picture_format(output_)) {
    if (inputs.size() != 1)
      throw Error(ErrorKind::usage,
                  fmt::format("-o {}: one sheet shows one input, not {}", output_, inputs.size()),
                  "give a folder with -o");
    if (!formats_.empty())
      throw Error(ErrorKind::usage, fmt::format("-o {}: its name says the format already", output_),
                  "leave out --format, or give a folder with -o");
    check_not_read("-o", output_, rules_.read);
    check_named_file(output_, rules_.force);
  } else if (!output_.empty()) {
    check_picture_ending(output_);
    folder_.emplace(output_, "explain", rules_, console);
    folder_->check_free("explain.json");
    console.done.how = fmt::format("their files are in {}; the same command begins anew", output_);
  }
  console.done.of = static_cast<std::int64_t>(inputs.size());
  console.survive_closed_pipe = !output_.empty() || page_.wanted();
}

void Explain::write(const SheetSource& source, const std::vector<Tensor>& gradients, Explained& e,
                    ThreadPool& pool) {
  if (!folder_) {
    if (!output_.empty())
      write_sheet(output_, sheet(source, gradients, e), source.sources, style_, rules_.force);
    return;
  }
  OutputFolder& folder = *folder_;
  const std::string place = folder.name_of(e.id), stem = place + "/" + method_;
  folder.replaces(place);
  if (wants("npy")) {
    if (gradients.size() > 1)
      throw Error(ErrorKind::usage, "explain: a model of several inputs has several gradients",
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
  if (wants("png")) {
    const NamedSheet drawn = sheet(source, gradients, e);
    const render::PictureFormat format[] = {render::PictureFormat::png};
    e.files.emplace_back("png",
                         write_sheets(folder, place, {&drawn, 1}, format, source.sources, style_, pool)[0]);
  }
}

int Explain::run(Console& console) {
  settle_options(console);
  Engine engine(open_model(model_, weights_file_), engine_options_);
  const Model& model = engine.model();
  const std::vector<OutputKind> outputs = output_kinds(model, engine.structure());
  const std::vector<std::string> labels =
      fitting_labels(input_flags_.labels(defaults_), engine, outputs, console);
  const InputList inputs = input_flags_.expand(arguments_, model, engine.structure());
  if (inputs.empty()) throw_input("{}: no inputs there", arguments_[0]);
  if (!input_flags_.truth.empty())
    truth_ = read_truth_of(input_flags_.truth, inputs, labels, engine, outputs);
  open_output(console, inputs);
  if (page_.wanted())
    page_.begin(fmt::format("{}: {}", model_title(model), method_), style_, {fingerprints_.of(model_)});

  Json head{{"schema", schema_id("explain")},
            {"model", {{"file", model.file}, {"name", model.name}}},
            {"method", method_},
            {"of", of_}};
  ListDocument doc(head, "inputs");
  std::int64_t errors = 0;
  const BatchReader reader(console, inputs, engine, {std::int64_t{1} << 25, 32, {}});
  Progress progress(console, "explain", static_cast<std::int64_t>(inputs.size()));
  const Preprocess preprocess = input_flags_.preprocess(model);
  for (std::size_t at = 0; at < inputs.size();) {
    check_interrupt();
    const Batch batch = reader.read(at);
    std::vector<Tensor> gradients;
    std::vector<std::optional<std::int64_t>> classes;
    Trace trace;
    if (!batch.tensors.empty()) {
      trace = engine.forward(batch.tensors);
      gradients = engine.gradient(trace, weights_of_ ? weighted_seeds(engine, trace, batch, at)
                                                     : seeds(engine, trace, outputs, batch, at, classes));
    }
    for (std::size_t i = 0; i < batch.inputs.size(); ++i) {
      const Input& input = batch.inputs[i];
      Explained e{inputs[at + i].id, inputs[at + i].file, input.preprocess, input.error, {}, {}, {}};
      if (batch.item[i] && !classes.empty() && !classes[static_cast<std::size_t>(*batch.item[i])]) {
        e.error = fmt::format("{}: {}, so no class has a gradient", input.file, no_class_reason);
      }
      if (!e.error.empty()) {
        if (input_flags_.strict) throw Error(ErrorKind::input, e.error, input.hint);
        ++errors;
        console.error(e.error, input.hint);
      } else {
        const std::int64_t item = *batch.item[i];
        if (!classes.empty()) e.label = classes[static_cast<std::size_t>(item)];
        std::vector<Tensor> mine;
        for (const Tensor& g : gradients) mine.push_back(g.item(item));
        const std::vector<bool> none(model.nodes.size(), false);
        RunResult result = summarise(engine, outputs, trace, item, none, labels, 1,
                                     truth_.empty() ? std::nullopt : std::optional(truth_[at + i]));
        result.id = e.id;
        if (!output_.empty() || page_.wanted()) {
          const SheetSource source{
              engine, outputs,    labels,
              trace,  item,       input,
              result, preprocess, {fingerprints_.of(model_), fingerprints_.of(inputs[at + i].path)}};
          write(source, mine, e, engine.pool());
          const NamedSheet drawn = sheet(source, mine, e);
          page_.heading(e.id);
          page_.sheets({&drawn, 1}, "", engine.pool());
        }
        if (!json_) {
          const float most = largest_magnitude(mine[0].values());
          console.result(
              fmt::format("{:<24} {}  largest |gradient| {}\n", one_line(e.id),
                          e.label ? fmt::format("{:<12}", one_line(class_label(*e.label, labels))) : "",
                          std::isnan(most) ? "NaN" : fmt::format("{:.6g}", most)));
        }
      }
      if (json_ || folder_) doc.add(explained_json(e, labels));
    }
    at += batch.inputs.size();
    console.done.inputs = static_cast<std::int64_t>(at);
    progress.advance(static_cast<std::int64_t>(batch.inputs.size()));
  }
  for (const std::string& note : engine.notes()) console.note(fmt::format("{}: {}", model.file, note));
  input_flags_.say_notes(console, model, inputs, !json_);
  const std::string whole = doc.finish({{"summary", {{"inputs", inputs.size()}, {"errors", errors}}}});
  if (json_) console.result(whole);
  if (folder_) {
    folder_->write("explain.json", whole);
    folder_->finish();
  }
  page_.finish();
  if (!json_) console.wrote({output_, page_.file()});
  return errors > 0 ? static_cast<int>(ErrorKind::input) : 0;
}

}  // namespace

std::unique_ptr<Command> make_explain() {
  return std::make_unique<Explain>();
}

}  // namespace nv
