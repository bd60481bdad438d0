// nv view: one page with a model, its inputs and the engine inside.
#include <cmath>
#include <filesystem>
#include <map>

#include "nv/analysis/computable.h"
#include "nv/analysis/input_specs.h"
#include "nv/core/error.h"
#include "nv/core/interrupt.h"
#include "nv/core/memory.h"
#include "nv/core/text.h"
#include "nv/model/packed.h"
#include "nv/view/about.h"
#include "nv/view/page.h"
#include "shared/command.h"
#include "shared/common_options.h"
#include "shared/input_loop.h"
#include "shared/named_file.h"
#include "shared/open.h"
#include "shared/stage.h"
#include "view/template.h"

namespace nv {
namespace {

constexpr double megabyte = 1e6;

/// What a page with `bytes` bytes of weights and inputs has at most: they are written in base64.
std::uint64_t page_size(std::uint64_t bytes) {
  return bytes / 3 * 4 + page_template().size();
}

class View final : public Command {
 public:
  void declare(OptionSet& options) override {
    options_ = &options;
    const OptionGroup general = options.group("Options");
    general.add("MODEL", model_, "MODEL", "Model file: .h5, .hdf5, .keras").required();
    general.add("INPUT", arguments_, "INPUT...", "Inputs that the page shows from the start");
    declare_weights(general, weights_file_);
    const OptionGroup result = options.group("Result");
    result.add("-o,--output", output_, "FILE", "The page: FILE.html").required();
    result.add("--title", title_, "TEXT", "Title of the page").default_value("the model's file name");
    result.add("--max-mb", max_mb_, "N", "Largest size of the page in MB").positive();
    result.add_flag("--half", half_, "Store the weights as float16: half the size, three digits");
    declare_force(result, force_);
    input_flags_.declare(options);
  }

  int run(Console& console) override;

 private:
  void check_output() const;
  /// Throws Error(input) if a page of at least `bytes` bytes is too large; `most`: what it may have, for the
  /// hint.
  void check_size(std::uint64_t bytes, std::uint64_t most) const;
  WeightPrecision precision() const { return half_ ? WeightPrecision::half : WeightPrecision::single; }
  /// Reads the inputs; the original of an adversarial sample comes before it.
  std::vector<view::PageInput> read_inputs(Console& console, Engine& engine, const InputSet& set);

  OptionSet* options_ = nullptr;
  std::vector<std::string> arguments_;
  std::string model_, weights_file_, output_, title_;
  double max_mb_ = 64;
  bool half_ = false, force_ = false;
  int exit_code_ = 0;
  InputFlags input_flags_;
};

void View::check_output() const {
  if (output_ != "-" && !output_.ends_with(".html") && !output_.ends_with(".htm") &&
      (!std::filesystem::exists(output_) || std::filesystem::is_regular_file(output_)))
    throw Error(ErrorKind::usage, fmt::format("-o {}: a page is an HTML file", output_), "-o page.html");
  check_named_file(output_, force_);
}

void View::check_size(std::uint64_t bytes, std::uint64_t most) const {
  if (static_cast<double>(bytes) <= max_mb_ * megabyte) return;
  const double tenths = std::ceil(static_cast<double>(bytes) / megabyte * 10) / 10;
  const double mb = static_cast<double>(most) / megabyte;
  throw Error(
      ErrorKind::input,
      fmt::format("{}: its page would have {:.1f} MB or more, --max-mb is {:g}", model_, tenths, max_mb_),
      half_
          ? fmt::format("--max-mb {:.0f} allows it", std::ceil(mb))
          : fmt::format("--max-mb {:.0f} allows it; --half stores weights in half the size", std::ceil(mb)));
}

std::vector<view::PageInput> View::read_inputs(Console& console, Engine& engine, const InputSet& set) {
  std::vector<view::PageInput> inputs;
  std::map<std::string, std::size_t> originals;  // index in `inputs`, by the text that names them
  std::uint64_t bytes = 0;
  const auto add = [&](const Input& input, const std::string& name) {
    for (const Tensor& t : input.tensors) bytes += static_cast<std::uint64_t>(t.size()) * sizeof(float);
    check_size(bytes, page_size(bytes));
    inputs.push_back({name, input.tensors, {}, {}, std::filesystem::path(input.file).filename().string()});
    return inputs.size() - 1;
  };
  InputLoop loop(console, set.inputs, "reading", input_flags_.strict);
  for (std::size_t i = 0; i < set.inputs.size(); ++i) {
    loop.advance(1);
    const Input input = set.inputs.try_load(i);
    if (!input.error.empty()) {
      loop.add_error(input.error, input.hint);
      continue;
    }
    std::optional<std::size_t> origin;
    if (const std::string& from = set.inputs[i].origin; !from.empty()) {
      const auto known = originals.find(from);
      if (known != originals.end()) origin = known->second;
      if (!origin) {
        const InputList list = input_flags_.expand_origins({from}, engine.model(), engine.structure());
        const Input original = list.empty() ? Input() : list.try_load(0);
        if (list.empty() || !original.error.empty())
          console.note(fmt::format("{}: its original {} cannot be read", input.id, one_line(from)));
        else
          origin = originals[from] = add(original, original.id);
      }
    }
    const std::size_t at = add(input, input.id);
    inputs[at].truth = set.truth_of(i);
    inputs[at].origin = origin;
    inputs[at].method = set.inputs[i].method;
    inputs[at].l2 = set.inputs[i].l2;
    inputs[at].linf = set.inputs[i].linf;
  }
  exit_code_ = loop.exit_code(0);
  return inputs;
}

int View::run(Console& console) {
  check_output();
  check_not_read("-o", output_, std::vector<std::string>{model_, weights_file_});
  const Defaults defaults = input_flags_.apply_defaults(*options_, model_);
  Engine engine(open_untrusted(model_, weights_file_));
  const Model& model = engine.model();
  check_computable(model, engine.structure());
  const std::uint64_t weights = packed_size(model, precision());
  check_size(weights, page_size(weights));
  const std::vector<OutputKind> outputs = output_kinds(model, engine.structure());
  view::About about;
  about.preprocess = input_flags_.preprocess(model);
  std::vector<view::PageInput> inputs;
  if (arguments_.empty()) {
    about.labels = fitting_labels(input_flags_.labels(defaults), engine, outputs, console);
  } else {
    const InputSet set = open_inputs(input_flags_, defaults, arguments_, engine, outputs, console);
    about.labels = set.labels;
    inputs = read_inputs(console, engine, set);
    if (inputs.empty()) return exit_code_;  // each was reported; a page without inputs was not asked for
    input_flags_.print_notes(console, model, set.inputs, true);
    check_not_read("-o", output_, input_flags_.files_read(set.inputs, {}));
  }
  for (const std::string& note : model.notes) console.note(fmt::format("{}: {}", model.file, note));
  const Stage stage("writing files");
  const std::string name = std::filesystem::path(model_).filename().string();
  const std::string html = view::page(
      page_template(), {pack_model(model, view::to_config(about), precision()), name, title_}, inputs);
  check_size(html.size(), html.size());
  write_named_file(output_, html, force_);
  console.note(fmt::format("wrote {}: {:.1f} MB", output_, static_cast<double>(html.size()) / megabyte));
  return exit_code_;
}

}  // namespace

std::unique_ptr<Command> make_view() {
  return std::make_unique<View>();
}

}  // namespace nv
