// nv attack: inputs changed so that the model is wrong.
#include <algorithm>
#include <charconv>

#include "attack_files.h"
#include "attack_text.h"
#include "batch.h"
#include "command.h"
#include "common_options.h"
#include "gate.h"
#include "inputs.h"
#include "nv/analysis/attack.h"
#include "nv/core/error.h"
#include "nv/core/text.h"
#include "nv/keras/reader.h"
#include "nv/report/attack.h"

namespace nv {
namespace {

/// A number out of an option's text. Throws Error(usage).
double parse_number(std::string_view text, std::string_view option) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || text.empty())
    throw_usage("{}: '{}' is no number", option, one_line(text));
  return value;
}

attacks::Bounds parse_bounds(const std::string& text) {
  const std::vector<std::string> parts = split(text, ',');
  if (parts.size() != 2)
    throw Error(ErrorKind::usage, fmt::format("--bounds: '{}' is not LO,HI", one_line(text)),
                "--bounds 0,1 or --bounds 0,255");
  return {static_cast<float>(parse_number(parts[0], "--bounds")),
          static_cast<float>(parse_number(parts[1], "--bounds"))};
}

constexpr std::string_view gate_figures[] = {"robust_accuracy"};

/// One method of the command line with everything settled.
struct Plan {
  const attacks::Method& method;
  attacks::Settings settings;
};

class Attack final : public Command {
 public:
  void declare(CLI::App& app) override {
    app_ = &app;
    app.add_option("MODEL", model_, "Model file: .h5, .hdf5, .keras")->type_name("MODEL");
    app.add_option("INPUT", arguments_, "As nv run takes them")->type_name("INPUT...");
    app.add_option("--weights", weights_file_, "Weights of MODEL, where it is an architecture alone")
        ->type_name("FILE.h5");
    declare_attack(app);
    const char* result = "Result";
    app.add_option("-o,--output", output_, "Folder for the samples")->type_name("DIR")->group(result);
    app.add_option("--keep", keep_, "Which results are written: success, all")
        ->type_name("WHICH")
        ->check(CLI::IsMember({"success", "all"}))
        ->group(result);
    app.add_flag("--json", json_, "One JSON document")->group(result);
    app.add_flag("--force", force_, "Replace files that nv did not write")->group(result);
    app.add_option("--fail-below", gate_, "Exit 1 below robust_accuracy=0.6")
        ->type_name("F=N")
        ->group(result);
    input_flags_.declare(app);
    const char* computing = "Computing";
    app.add_option("--batch", batch_, "Inputs under way at once")
        ->type_name("N")
        ->check(CLI::Range(1, 65536))
        ->group(computing);
    declare_computing(app, engine_options_);
  }

  int run(Talk& talk) override;

 private:
  void declare_attack(CLI::App& app);
  void settle_options();
  std::vector<Plan> plans(const attacks::Bounds& bounds) const;
  attacks::Request request(const attacks::Bounds& bounds) const;
  int list(Talk& talk) const;
  Json run_plan(Talk& talk, Engine& engine, const InputList& inputs, const Plan& plan, AttackWriter* writer,
                const Preprocess& how);
  int judge(const Talk& talk) const;

  CLI::App* app_ = nullptr;
  std::string model_, weights_file_, methods_, eps_, norm_, bounds_, output_, keep_ = "success", gate_;
  std::vector<std::string> arguments_, set_;
  std::optional<std::int64_t> target_, steps_;
  std::optional<double> step_size_;
  std::uint64_t seed_ = 0;
  int restarts_ = 1;
  std::size_t batch_ = 0;
  std::optional<Gate> parsed_gate_;
  bool list_ = false, json_ = false, force_ = false;
  InputFlags input_flags_;
  EngineOptions engine_options_;
  Defaults defaults_;
  std::vector<std::string> labels_;
  std::vector<std::int64_t> truth_;
  std::vector<AttackSummary> summaries_;  ///< one a method
};

void Attack::declare_attack(CLI::App& app) {
  const char* group = "Attack";
  app.add_option("--method", methods_, "Attacks (comma-separated); --list shows them")
      ->type_name("M")
      ->group(group);
  app.add_flag("--list", list_, "The attacks, their parameters and defaults")->group(group);
  app.add_option("--eps", eps_, "Size of the change: 0.1, or 8/255 of the range")
      ->type_name("E")
      ->group(group);
  app.add_option("--norm", norm_, "L0, L1, L2, Linf")->type_name("NORM")->group(group);
  app.add_option("--steps", steps_, "How many steps")->type_name("N")->group(group);
  app.add_option("--step-size", step_size_, "Length of a step, in input units")->type_name("S")->group(group);
  app.add_option("--bounds", bounds_, "What inputs may hold (0,1; raw 0,255; signed -1,1)")
      ->type_name("LO,HI")
      ->group(group);
  app.add_option("--target", target_, "Number of the class to reach")->type_name("CLASS")->group(group);
  app.add_option("--seed", seed_, "Of all randomness (0)")->type_name("N")->group(group);
  app.add_option("--restarts", restarts_, "Best of so many random starts")
      ->type_name("N")
      ->check(CLI::Range(1, 100000))
      ->group(group);
  add_repeated(app, "--set", set_, "Another parameter of the attack")->type_name("NAME=VALUE")->group(group);
}

void Attack::settle_options() {
  if (model_.empty()) throw Error(ErrorKind::usage, "attack: MODEL is required", "nv attack --help");
  if (arguments_.empty()) throw Error(ErrorKind::usage, "attack: INPUT is required", "nv attack --help");
  if (methods_.empty())
    throw Error(ErrorKind::usage, "attack: --method is required", "nv attack --list shows them");
  input_flags_.note_given();
  defaults_ = apply_defaults(*app_, input_flags_.defaults_file, model_, !input_flags_.no_defaults);
  if (output_.empty() && app_->get_option("--keep")->count() > 0)
    throw Error(ErrorKind::usage, "attack: --keep says what to write, but not where", "add -o DIR");
  if (!gate_.empty() && input_flags_.truth.empty())
    throw Error(ErrorKind::usage, "attack: --fail-below needs to know what is right", "add --truth");
  if (!gate_.empty()) parsed_gate_ = parse_gate(gate_, "--fail-below", gate_figures);
}

attacks::Request Attack::request(const attacks::Bounds& bounds) const {
  attacks::Request r;
  r.bounds = bounds;
  if (!norm_.empty()) r.norm = attacks::parse_norm(norm_);
  if (!eps_.empty()) r.eps = attacks::parse_eps(eps_, bounds);
  r.target = target_;
  r.seed = seed_;
  r.restarts = restarts_;
  if (steps_) r.set.emplace_back("steps", static_cast<double>(*steps_));
  if (step_size_) r.set.emplace_back("step-size", *step_size_);
  for (const std::string& text : set_) {
    const std::size_t equals = text.find('=');
    const std::string name(trim(text.substr(0, equals)));
    if (equals == std::string::npos)
      throw Error(ErrorKind::usage, fmt::format("--set: '{}' is not NAME=VALUE", one_line(text)),
                  "nv attack --list shows the names");
    if (name == "steps" || name == "step-size")
      throw Error(ErrorKind::usage, fmt::format("--set: {} has an option of its own", name),
                  fmt::format("--{}", name));
    r.set.emplace_back(name, parse_number(std::string_view(text).substr(equals + 1), "--set " + name));
  }
  return r;
}

std::vector<Plan> Attack::plans(const attacks::Bounds& bounds) const {
  std::vector<Plan> plans;
  for (const std::string& name : split(methods_, ',')) {
    const attacks::Method& method = attacks::find_method(trim(name));
    for (const Plan& p : plans)
      if (&p.method == &method) throw_usage("--method: {} twice", method.name);
    plans.push_back({method, attacks::settle(method, request(bounds))});
  }
  return plans;
}

int Attack::list(Talk& talk) const {
  talk.result(json_ ? document(attack_list_json()) : attack_list_text(talk));
  return 0;
}

/// Attacks all inputs in one way; the run as JSON.
Json Attack::run_plan(Talk& talk, Engine& engine, const InputList& inputs, const Plan& plan,
                      AttackWriter* writer, const Preprocess& how) {
  const InputSpec spec = InputFlags::specs(engine.model(), engine.structure()).at(0);
  Attacker attacker(engine, plan.method, plan.settings, spec, how, labels_);
  const std::string name(plan.method.name);
  const Json params = attack_params_json(plan.settings);
  Json run{{"method", name}, {"params", params}, {"inputs", Json::array()}};
  AttackSummary& summary = summaries_.emplace_back();
  Progress progress(talk, name, static_cast<std::int64_t>(inputs.size()));
  const std::size_t batch = batch_ > 0 ? batch_ : batch_size(engine, std::int64_t{1} << 25, 32);
  for (std::size_t at = 0; attacker.wants_examples() && at < inputs.size();) {
    check_interrupt();
    const Batch read = read_batch(inputs, at, 8 * batch, engine.pool());
    attacker.add_examples(read.inputs, batch);
    at += read.inputs.size();
  }
  for (std::size_t at = 0; at < inputs.size();) {
    const Batch read = read_batch(inputs, at, 8 * batch, engine.pool());
    if (input_flags_.strict)
      for (const Input& input : read.inputs)
        if (!input.error.empty()) throw Error(ErrorKind::input, input.error, input.hint);
    const std::size_t count = read.inputs.size();
    const std::span<const std::int64_t> truth =
        truth_.empty() ? std::span<const std::int64_t>() : std::span(truth_).subspan(at, count);
    std::size_t reported = 0;
    std::vector<AttackResult> results = attacker.run(read.inputs, truth, batch, [&](std::size_t done) {
      check_interrupt();
      progress.advance(static_cast<std::int64_t>(done - reported));
      reported = done;
    });
    for (AttackResult& r : results) {
      const bool kept = r.status == AttackStatus::success || (keep_ == "all" && !r.sample.empty());
      if (writer != nullptr && kept) writer->write(r, name, params);
      if (r.status == AttackStatus::error) talk.error(r.error, r.hint);
      if (input_flags_.strict && r.status == AttackStatus::error)
        throw Error(ErrorKind::input, r.error, r.hint);
      summary.add(r);
      run["inputs"].push_back(attack_item_json(r));
      if (!json_) talk.result(attack_line(r));
    }
    progress.advance(static_cast<std::int64_t>(count - reported));
    at += count;
  }
  run["summary"] = attack_summary_json(summary);
  if (!json_) talk.result(attack_closing(talk, plan.method, plan.settings, summary));
  return run;
}

/// The exit code that figures alone decide: 0, or 1 where a gate fails or nothing was found.
int Attack::judge(const Talk& talk) const {
  const bool found = std::ranges::any_of(summaries_, [](const AttackSummary& s) { return s.succeeded > 0; });
  if (!parsed_gate_) return found ? 0 : 1;
  int exit = 0;
  for (const AttackSummary& s : summaries_) {
    if (s.robust_accuracy() >= parsed_gate_->bound) continue;  // NaN fails
    talk.error(fmt::format("robust_accuracy is {:.4f}, below {}", s.robust_accuracy(), parsed_gate_->bound),
               "");
    exit = 1;
  }
  return exit;
}

int Attack::run(Talk& talk) {
  if (list_) return list(talk);
  settle_options();
  Engine engine(open_model(model_, weights_file_), engine_options_);
  const Model& model = engine.model();
  const std::vector<OutputKind> outputs = output_kinds(model, engine.structure());
  labels_ = input_flags_.labels(defaults_);
  const InputList inputs = input_flags_.expand(arguments_, model, engine.structure());
  if (inputs.empty()) throw_input("{}: no inputs there", arguments_[0]);
  const Preprocess how = input_flags_.preprocess(model);
  const std::vector<Plan> todo = plans(bounds_.empty() ? default_bounds(how) : parse_bounds(bounds_));
  if (!input_flags_.truth.empty())
    truth_ = read_truth_of(input_flags_.truth, inputs, labels_, engine, outputs);
  std::optional<AttackWriter> writer;
  if (!output_.empty()) writer.emplace(output_, force_);
  talk.survive_closed_pipe = writer.has_value();

  Json whole{{"schema", schema_id("attack")}, {"model", {{"file", model.file}, {"name", model.name}}}};
  whole["defaults"] = defaults_.file.empty() ? Json(nullptr) : Json(defaults_.file);
  whole["exact"] = engine_options_.exact;
  if (todo.size() > 1) whole["runs"] = Json::array();
  for (const Plan& plan : todo) {
    Json one = run_plan(talk, engine, inputs, plan, writer ? &*writer : nullptr, how);
    if (todo.size() > 1)
      whole["runs"].push_back(std::move(one));
    else
      for (auto& [key, value] : one.items()) whole[key] = std::move(value);
  }
  const std::string text = document(whole);
  if (json_) talk.result(text);
  if (writer) writer->finish(text);
  const bool errors = std::ranges::any_of(summaries_, [](const AttackSummary& s) { return s.errors > 0; });
  return errors ? static_cast<int>(ErrorKind::input) : judge(talk);
}

}  // namespace

std::unique_ptr<Command> make_attack() {
  return std::make_unique<Attack>();
}

}  // namespace nv
