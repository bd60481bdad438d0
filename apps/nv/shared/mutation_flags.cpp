#include "shared/mutation_flags.h"

#include "nv/core/file.h"

namespace nv {

void MutationFlags::declare(const OptionGroup& group) {
  group.add_repeated("--freeze", freeze_, "SPEC", "Filters to freeze: LAYER:0,3,8-11 (can be repeated)");
  group.add("--config", config_, "FILE", "Mutations as JSON");
  group.add("--freeze-as", as_, "HOW", "output, weights, block (after norm and activation)")
      .one_of({"output", "weights", "block"});
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
