#include "mutation_flags.h"

#include "common_options.h"
#include "nv/core/file.h"

namespace nv {

void MutationFlags::declare(CLI::App& app, const char* group) {
  add_repeated(app, "--freeze", freeze_, "Filters to take out: LAYER:0,3,8-11 (may be repeated)")
      ->type_name("SPEC")
      ->group(group);
  app.add_option("--config", config_, "Mutations as JSON")->type_name("FILE")->group(group);
  app.add_option("--freeze-as", as_, "output, weights, block (behind norm and activation)")
      ->type_name("HOW")
      ->check(CLI::IsMember({"output", "weights", "block"}))
      ->group(group);
}

std::vector<Mutation> MutationFlags::mutations() const {
  std::vector<Mutation> list;
  for (const std::string& text : freeze_) list.push_back(parse_freeze(text, as_));
  if (!config_.empty()) {
    const std::vector<Mutation> more = parse_mutations(read_text(config_), config_, as_);
    list.insert(list.end(), more.begin(), more.end());
  }
  return list;
}

}  // namespace nv
