#include "shared/mutation_flags.h"

#include "nv/core/error.h"
#include "nv/core/file.h"
#include "shared/for_option.h"

namespace nv {

void MutationFlags::declare(const OptionGroup& group) {
  group
      .add_repeated("--freeze", freeze_, "LAYER:FILTERS",
                    "Filters to freeze: conv1:0,3,8-11; can be repeated")
      .check([](const std::string& text) { (void)parse_freeze(text, "output"); });
  group.add("--config", config_, "FILE", "Mutations as JSON");
  as_option_ = group.add("--freeze-as", as_, "HOW", "What becomes 0 (block: after norm and activation)")
                   .one_of({"output", "weights", "block"});
}

void MutationFlags::check(std::string_view command) const {
  if (as_option_.is_given() && !given())
    throw Error(ErrorKind::usage, fmt::format("{}: --freeze-as needs filters to freeze", command),
                "add --freeze LAYER:FILTERS or --config FILE");
}

Mutant MutationFlags::mutant(const Model& model) const {
  const std::string options = config_.empty()   ? "--freeze"
                              : freeze_.empty() ? "--config"
                                                : "--freeze, --config";
  return for_option(options, [&] { return mutate(model, mutations()); });
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
