// nv attack: its options.
#include "attack/attack.h"
#include "attack/shard.h"
#include "nv/core/text.h"
#include "shared/common_options.h"
#include "shared/named_file.h"

namespace nv {

void Attack::declare(OptionSet& options) {
  options_ = &options;
  const OptionGroup general = options.group("Options");
  general.add("MODEL", model_, "MODEL", "Model file: .h5, .hdf5, .keras");
  general.add("INPUT", arguments_, "INPUT...", "Inputs, as for nv run");
  declare_attack(options);
  declare_result(options);
  picture_options_.declare(options);
  input_flags_.declare(options);
  const OptionGroup computing = options.group("Computing");
  declare_weights(computing, weights_file_);
  computing.add("--batch", batch_, "N", "Number of inputs attacked at once")
      .range(1, 65536)
      .default_value("by memory");
  declare_computing(options, engine_options_);
}

void Attack::declare_attack(OptionSet& options) {
  const OptionGroup group = options.group("Attack");
  std::vector<std::string> methods;
  for (const attacks::Method& m : attacks::methods()) methods.emplace_back(m.name);
  group.add("--method", attack_options_.methods, "LIST", "Attacks, comma-separated; --list shows them")
      .suggests_list(methods)
      .check([](const std::string& list) {
        for (const std::string& name : split(list, ',')) (void)attacks::find_method(trim(name));
      });
  group.add_flag("--list", list_, "List the attacks, their parameters and defaults");
  group.add("--models", attack_options_.models, "MODELS",
            "Further models of a joint attack, comma-separated");
  group.add("--eps", attack_options_.eps, "E", "Size of the change: 0.1, or 8/255 of the range")
      .check([](const std::string& text) { (void)attacks::parse_eps(text, {}); })
      .default_value("the attack's");
  group
      .add("--curve", attack_options_.curve, "E,...",
           "Accuracy at each size; samples of the smallest that succeeds")
      .check([](const std::string& list) {
        for (const std::string& eps : split(list, ',')) (void)attacks::parse_eps(trim(eps), {});
      });
  group.add("--norm", attack_options_.norm, "NORM", "Norm of the change")
      .shows({"L0", "L1", "L2", "Linf"})
      .check([](const std::string& name) { (void)attacks::parse_norm(name); })
      .default_value("the attack's");
  group.add("--steps", attack_options_.steps, "N", "Number of steps")
      .at_least(1)
      .default_value("the attack's");
  group.add("--step-size", attack_options_.step_size, "S", "Length of a step, in input units")
      .positive()
      .default_value("the attack's");
  group.add("--bounds", bounds_, "LO,HI", "Range of inputs")
      .check([](const std::string& text) { (void)parse_bounds(text); })
      .default_value("0,1; 0,255 with raw; -1,1 with signed");
  group.add("--target", target_, "CLASS", "Target class, by name or number").default_value("untargeted");
  group.add("--seed", attack_options_.seed, "N", "Random seed");
  group.add("--restarts", attack_options_.restarts, "N", "Number of random starts; the best counts")
      .range(1, 100000);
  group.add_flag("--png-safe", attack_options_.png_safe, "Samples that are adversarial as PNG files too");
  group.add_repeated("--set", attack_options_.set, "NAME=VALUE",
                     "Another parameter of the attack, see --list; can be repeated");
}

void Attack::declare_result(OptionSet& options) {
  const OptionGroup group = options.group("Result");
  group.add("-o,--output", output_, "DIR", "Folder for samples");
  keep_option_ = group.add("--keep", keep_, "WHICH", "Results to write").one_of({"success", "all"});
  group.add_flag("--resume", resume_, "Continue an interrupted run");
  group.add("--shard", shard_text_, "I/N", "Every Nth input, from the Ith on: 1/4 to 4/4")
      .check([](const std::string& text) { (void)parse_shard(text); });
  group.add_flag("--merge", merge_, "Join the folders of shards: --merge DIR... -o DIR");
  group.add("--transfer", transfer_, "MODELS", "Test the samples on these models too, comma-separated");
  form_.declare_lines(group, "input and method");
  form_.declare_json(group);
  form_.declare_json_lines(group, "input");
  form_.declare_rows(group, "input and method");
  group.add_flag("--timings", timings_, "Add seconds to the JSON");
  page_.declare(group);
  group.add_flag("--no-sheets", no_sheets_, "Write no sheets of samples");
  declare_force(group, rules_.force);
  declare_clean(group, rules_.clean);
  gates_.declare(group, "Exit 1 below it: robust_accuracy=0.6");
}

}  // namespace nv
