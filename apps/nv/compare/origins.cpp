#include "compare/origins.h"

#include <fmt/format.h>

namespace nv {

namespace {

bool from_standard_input(const std::string& origin) {
  return origin == "-" || origin.starts_with("-#");
}

}  // namespace

Origins origins_of(const InputList& samples, const InputFlags& flags, const Engine& engine) {
  const auto expanded = [&](const std::vector<std::string>& names) {
    return flags.expand_origins(names, engine.model(), engine.structure());
  };
  Origins origins;
  std::vector<std::string> names;
  for (std::size_t i = 0; i < samples.size(); ++i) {
    const std::string& name = samples[i].origin;
    if (!from_standard_input(name) && origins.indices.try_emplace(name, names.size()).second)
      names.push_back(name);
  }
  origins.inputs = expanded(names);
  if (origins.inputs.size() == names.size()) return origins;
  std::erase_if(names, [&expanded](const std::string& name) { return expanded({name}).size() != 1; });
  origins.inputs = expanded(names);
  origins.indices.clear();
  for (std::size_t i = 0; i < names.size(); ++i) origins.indices[names[i]] = i;
  return origins;
}

Error no_origin(const InputList::Entry& sample) {
  if (from_standard_input(sample.origin))
    return {ErrorKind::input, fmt::format("{}: its original was read from standard input", sample.file),
            "to compare samples with their originals, attack files instead of a pipe"};
  return {ErrorKind::input,
          fmt::format("{}: its original, {}, is several inputs", sample.file, sample.origin)};
}

}  // namespace nv
