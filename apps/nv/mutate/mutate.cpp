// nv mutate: options and common parts of its modes.
#include <nlohmann/json.hpp>

#include "mutate/mutate.h"
#include "nv/core/error.h"
#include "nv/core/text.h"
#include "nv/keras/writer.h"
#include "nv/report/mutate.h"
#include "shared/common_options.h"
#include "shared/named_file.h"
#include "shared/open.h"

namespace nv {

void Mutate::declare(OptionSet& options) {
  options_ = &options;
  const OptionGroup general = options.group("Options");
  general.add("MODEL", model_, "MODEL", "Model file: .h5, .hdf5, .keras");
  general.add("INPUT", arguments_, "INPUT...", "Inputs, as for nv run");
  declare_weights(general, weights_file_);
  const OptionGroup what = options.group("Changes (one of these is required)");
  mutation_flags_.declare(what);
  what.add_flag("--rank-filters", rank_,
                "Importance of each filter: how predictions change if it alone is frozen");
  what.add("--generate", generate_, "N", "Mutation testing with this many random mutants")
      .range(1, 100000)
      .default_value("");
  std::vector<std::string> operators;
  for (const MutationOperator& o : mutation_operators()) operators.emplace_back(o.name);
  what.add("--operators", operators_, "LIST", "With --generate, only these; --list shows them")
      .suggests_list(operators)
      .check([operators](const std::string& list) {
        for (const std::string& name : split(list, ','))
          if (std::ranges::find(operators, trim(name)) == operators.end())
            throw Error(ErrorKind::usage, fmt::format("no operator '{}'", one_line(name)),
                        "nv mutate --list shows them");
      })
      .default_value("all");
  what.add_flag("--list", list_, "List the operators of mutation testing");
  what.add("--seed", seed_, "N", "Random seed");
  const OptionGroup result = options.group("Result");
  out_.declare_path(result);
  result.add("--save", save_, "FILE", "Save the changed model as FILE.h5 or FILE.keras")
      .check([](const std::string& file) { (void)model_format(file); });
  pair_options_.declare(result);
  gates_.declare(result, "Exit 1 below it: mutation_score=0.8, accuracy_after=0.9");
  out_.page.declare(result);
  form_.declare_lines(result, "input");
  form_.declare_json(result);
  form_.declare_rows(result, "filter, mutant, or input and layer");
  out_.declare_rules(result);
  picture_options_.declare(options);
  input_flags_.declare(options);
  declare_computing(options, engine_options_);
}

void Mutate::check_options(Console& console) {
  if (model_.empty())
    throw Error(ErrorKind::usage, "mutate: MODEL is required", "usage: " + options_->usage());
  defaults_ = input_flags_.apply_defaults(*options_, model_);
  mutation_flags_.check("mutate");
  const int ways = (mutation_flags_.given() ? 1 : 0) + (rank_ ? 1 : 0) + (generate_ > 0 ? 1 : 0);
  if (ways != 1)
    throw Error(ErrorKind::usage,
                ways == 0 ? "mutate: no change is given"
                          : "mutate: --freeze or --config, --rank-filters and --generate exclude each other",
                "--freeze LAYER:FILTERS, --config FILE, --rank-filters or --generate N");
  if (arguments_.empty() && !mutation_flags_.given())
    throw Error(ErrorKind::usage,
                fmt::format("mutate: {} needs INPUT", rank_ ? "--rank-filters" : "--generate"),
                fmt::format("nv mutate MODEL INPUT... {}", rank_ ? "--rank-filters" : "--generate N"));
  if (arguments_.empty() && save_.empty())
    throw Error(ErrorKind::usage, "mutate: --freeze and --config need INPUT or --save",
                "add INPUT, or --save FILE.h5");
  if (arguments_.empty() && out_.wanted())
    throw Error(ErrorKind::usage, "mutate: -o and --html need INPUT", "usage: " + options_->usage());
  if (!save_.empty() && !mutation_flags_.given())
    throw Error(ErrorKind::usage, "mutate: --save needs one mutant", "use --freeze or --config");
  if (!save_.empty()) {
    check_not_read("--save", save_, std::vector<std::string>{model_, weights_file_, mutation_flags_.file()});
    check_named_file(save_, out_.rules.force);
  }
  if (!operators_.empty() && generate_ == 0)
    throw Error(ErrorKind::usage, "mutate: --operators needs --generate N");
  if (form_.lines() && !mutation_flags_.given()) throw_usage("mutate: --lines is for --freeze and --config");
  pair_options_.check(out_);
  out_.check(console, !form_.text(), {{"--save", save_, {".h5", ".hdf5", ".keras"}}});
  gates_.parse();
  style_ = picture_options_.style(console.command_line());
}

void Mutate::print_operators(Console& console) const {
  if (form_.rows()) throw_usage("mutate: --list has no other form than --json");
  if (form_.json()) {
    Json json{{"schema", schema_id("mutate-list")}, {"operators", Json::array()}};
    for (const MutationOperator& o : mutation_operators())
      json["operators"].push_back({{"name", o.name}, {"summary", o.summary}, {"source", o.source}});
    console.result(document(json));
    return;
  }
  Table table;
  table.column("operator", Table::Align::left);
  table.column("what it does", Table::Align::left);
  table.column("source", Table::Align::left);
  for (const MutationOperator& o : mutation_operators())
    table.row({std::string(o.name), std::string(o.summary), std::string(o.source)});
  console.result(table.text(console));
}

Json Mutate::head(const Model& model) const {
  Json json{{"schema", schema_id("mutate")}, {"model", {{"file", model.file}, {"name", model.name}}}};
  return json;
}

InputSet Mutate::open_set(Console& console, const Engine& engine, const std::vector<OutputKind>& outputs) {
  if (arguments_.empty())
    throw Error(ErrorKind::usage, "mutate: INPUT is required", "usage: " + options_->usage());
  InputSet set = open_inputs(input_flags_, defaults_, arguments_, engine, outputs, console);
  std::vector<std::string> read =
      input_flags_.files_read(set.inputs, {model_, weights_file_, mutation_flags_.file()});
  if (!save_.empty()) check_not_read("--save", save_, read);
  out_.open(console, set.inputs.size(), std::move(read),
            generate_ > 0 ? "--generate draws no sheet"
            : rank_       ? ""
                          : ResultOutput::one_input_only(set.inputs.size()));
  return set;
}

void Mutate::begin_page(const std::string& title) {
  if (!out_.page.wanted()) return;
  out_.page.begin(title, style_, {fingerprints_.of(model_)});
}

void Mutate::finish(Console& console, const std::string& text) {
  if (form_.json()) console.result(text);
  out_.finish(text);
}

int Mutate::check_gates(const Console& console, const Json& summary) const {
  int exit = 0;
  for (const Gate& gate : gates_.gates()) {
    const Json figure = summary.value(gate.figure, Json());
    if (figure.is_number() && is_at_least(figure.get<double>(), gate)) continue;
    console.error(figure.is_number()
                      ? fmt::format("{} is {:.4f}, below {:g}", gate.figure, figure.get<double>(), gate.bound)
                      : fmt::format("{} is not available", gate.figure),
                  figure.is_number() ? "" : "accuracy needs --truth, mutation_score --generate");
    exit = 1;
  }
  return exit;
}

int Mutate::run(Console& console) {
  form_.check("mutate");
  if (list_) {
    print_operators(console);
    return 0;
  }
  check_options(console);
  const Model model = open_untrusted(model_, weights_file_);
  if (rank_) return rank(console, model);
  return generate_ > 0 ? test_mutants(console, model) : freeze_and_run(console, model);
}

std::unique_ptr<Command> make_mutate() {
  return std::make_unique<Mutate>();
}

}  // namespace nv
