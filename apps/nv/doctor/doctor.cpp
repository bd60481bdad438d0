// nv doctor: what is wrong between a model and its inputs.
#include <fmt/ranges.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "doctor/write.h"
#include "nv/analysis/doctor/doctor.h"
#include "nv/core/error.h"
#include "nv/core/text.h"
#include "nv/data/truth.h"
#include "nv/report/doctor.h"
#include "shared/command.h"
#include "shared/common_options.h"
#include "shared/input_loop.h"
#include "shared/open.h"
#include "shared/result_form.h"
#include "shared/stage.h"

namespace nv {
namespace {

class Doctor final : public Command {
 public:
  void declare(OptionSet& options) override {
    options_ = &options;
    const OptionGroup general = options.group("Options");
    general.add("MODEL", model_, "MODEL", "Model file: .h5, .hdf5, .keras").required();
    declare_weights(general, weights_file_);
    general
        .add("INPUT", arguments_, "INPUT...",
             "Images, .npy, .npz, IDX, CIFAR-10, directories, FILE#ITEMS; 30 or more find more")
        .required();
    const OptionGroup result = options.group("Result");
    result.add_flag("--write", write_,
                    "Put the better preprocessing into MODEL.nv.toml, keep its other keys");
    form_.declare_json(result);
    form_.declare_rows(result, "finding");
    input_flags_.declare(options);
    declare_computing(options, engine_options_);
  }

  int run(Console& console) override;

 private:
  doctor::Settings settings(const Model& model, const InputList& inputs) const;
  void examine(Console& console, const InputList& inputs, InputLoop& loop, Engine& engine,
               doctor::Examiner& examiner) const;
  /// Writes the preprocessing that is advised. Returns the file, "" for none.
  std::string write(Console& console, std::span<const doctor::Finding> findings) const;
  void print(Console& console, const doctor::Examination& examination,
             std::span<const doctor::Finding> findings, std::int64_t unusable, const std::string& written);

  OptionSet* options_ = nullptr;
  std::string model_, weights_file_;
  std::vector<std::string> arguments_;
  bool write_ = false;
  ResultForm form_;
  InputFlags input_flags_;
  EngineOptions engine_options_;
  Defaults defaults_;
};

/// --write changes the file beside the model, which gives way to --defaults.
void check_writable(const Defaults& defaults, const std::string& model) {
  const std::string file = defaults_file_of(model);
  for (const std::string_view key : preprocessing_keys())
    if (const auto at = defaults.sources.find(key);
        at != defaults.sources.end() && at->second != defaults.file)
      throw Error(ErrorKind::usage,
                  fmt::format("--write: {} sets {}, which goes before that in {}", at->second, key, file),
                  "remove it there, or leave out --defaults");
}

/// What so few inputs, or inputs without true classes, say little about; "" for nothing.
std::string hardly_judged_text(const doctor::Examination& examination) {
  std::vector<std::string> few, without_truth;
  for (const doctor::CheckEntry* entry : doctor::hardly_judged(examination)) {
    if (examination.inputs.size() < entry->inputs)
      few.push_back(fmt::format("{} ({} inputs)", entry->kind, entry->inputs));
    else
      without_truth.emplace_back(entry->kind);
  }
  std::string text;
  if (!few.empty()) text = fmt::format("too few inputs to judge: {}\n", fmt::join(few, ", "));
  if (!without_truth.empty())
    text += fmt::format("hardly judged without --truth: {}\n", fmt::join(without_truth, ", "));
  return text;
}

doctor::Settings Doctor::settings(const Model& model, const InputList& inputs) const {
  doctor::Settings settings;
  settings.preprocess = input_flags_.preprocess(model);
  settings.labels = input_flags_.labels(defaults_);
  if (input_flags_.truth.empty()) return settings;
  try {
    settings.truth = read_truth(input_flags_.truth, inputs, settings.labels);
  } catch (const LabelMismatch& e) {
    settings.truth_error = e.what();
    settings.truth_hint = e.hint();
  }
  return settings;
}

void Doctor::examine(Console& console, const InputList& inputs, InputLoop& loop, Engine& engine,
                     doctor::Examiner& examiner) const {
  const BatchReader reader(console, inputs, engine, {std::int64_t{1} << 25, 32, {}});
  loop.run(reader, [&](const Batch& batch, std::size_t first) {
    Trace trace;
    if (!batch.tensors.empty()) {
      const Stage stage("passes");
      trace = engine.forward(batch.tensors);
    }
    for (std::size_t i = 0; i < batch.inputs.size(); ++i)
      if (!batch.item[i]) loop.add_error(batch.inputs[i].error, batch.inputs[i].hint);
    const Stage stage("statistics");
    examiner.add(batch.inputs, batch.item, trace, first);
  });
}

std::string Doctor::write(Console& console, std::span<const doctor::Finding> findings) const {
  if (!write_) return "";
  const auto better =
      std::ranges::find_if(findings, [](const doctor::Finding& f) { return f.preprocess.has_value(); });
  if (better == findings.end()) {
    console.note("nothing is written: no other preprocessing is better");
    return "";
  }
  const std::string file = defaults_file_of(model_);
  write_preprocessing(file, *better->preprocess);
  return file;
}

std::string finding_text(const Console& console, const doctor::Finding& f) {
  const std::string severity = f.severity == doctor::Severity::error ? "error" : "warning";
  return fmt::format("{}: {}: {}. {}{}.\n", console.bold(severity), f.kind, one_line(f.what),
                     static_cast<char>(std::toupper(static_cast<unsigned char>(f.advice[0]))),
                     one_line(f.advice.substr(1)));
}

void Doctor::print(Console& console, const doctor::Examination& examination,
                   std::span<const doctor::Finding> findings, std::int64_t unusable,
                   const std::string& written) {
  if (!form_.text()) {
    const Json json = doctor_json(examination, findings, unusable, defaults_.file, written);
    if (form_.json()) console.result(document(json));
    form_.set_columns({"kind", "severity", "where", "what", "advice"});
    for (const Json& finding : json["findings"]) form_.print_row(console, finding);
    form_.end_rows(console);
    return;
  }
  std::string text;
  for (const doctor::Finding& f : findings) text += finding_text(console, f);
  const std::string examined = fmt::format("{} examined", counted(std::ssize(examination.inputs), "input"));
  text += examination.inputs.empty() ? "no input could be examined\n"
          : findings.empty()
              ? fmt::format("nothing wrong was found: {}, {} checks\n", examined, doctor::checks().size())
              : fmt::format("{}, {}\n", counted(std::ssize(findings), "finding"), examined);
  if (!examination.inputs.empty()) text += hardly_judged_text(examination);
  console.result(text);
  console.note_written({written});
}

int Doctor::run(Console& console) {
  defaults_ = input_flags_.apply_defaults(*options_, model_);
  form_.check("doctor");
  if (write_) check_writable(defaults_, model_);
  Engine engine(open_untrusted(model_, weights_file_), engine_options_);
  const std::string scale_error = input_flags_.drop_unfit_scale(engine.model(), engine.structure());
  const InputList inputs = input_flags_.expand(arguments_, engine.model(), engine.structure());
  if (inputs.empty()) throw_input("{}: no inputs there", arguments_[0]);
  doctor::Settings known = settings(engine.model(), inputs);
  known.scale_error = scale_error;
  doctor::Examiner examiner(engine, known, inputs.size());
  InputLoop loop(console, inputs, "doctor", input_flags_.strict);
  examine(console, inputs, loop, engine, examiner);
  const doctor::Examination examination = [&] {
    const Stage stage("preprocessings");
    return examiner.finish();
  }();
  const std::vector<doctor::Finding> findings = doctor::diagnose(examination);
  const std::string written = write(console, findings);
  print(console, examination, findings, loop.errors(), written);
  const bool wrong = std::ranges::any_of(
      findings, [](const doctor::Finding& f) { return f.severity == doctor::Severity::error; });
  return loop.exit_code(wrong ? 1 : 0);
}

}  // namespace

std::unique_ptr<Command> make_doctor() {
  return std::make_unique<Doctor>();
}

}  // namespace nv
