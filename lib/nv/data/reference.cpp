#include "nv/data/reference.h"

#include <filesystem>

#include "nv/core/error.h"
#include "nv/core/text.h"

namespace nv {

namespace {

bool exists(const std::string& path) {
  std::error_code error;
  return path == "-" || std::filesystem::exists(path, error);
}

/// The items that `argument` chooses; errors begin with it.
ItemRanges items_of(const std::string& argument, std::string_view items) {
  try {
    return ItemRanges(items);
  } catch (const Error& e) {
    throw Error(e.kind(), fmt::format("{}: {}", argument, e.what()), e.hint());
  }
}

/// FILE:KEY, split at the first ':' after the name of an existing file. A '#' belongs to the key if the
/// archive has an array of that name.
std::optional<Reference> parse_key(const std::string& text, const HoldsArray& holds_array) {
  for (std::size_t colon = text.find(':'); colon != std::string::npos; colon = text.find(':', colon + 1)) {
    const std::string path = text.substr(0, colon);
    const std::string key = text.substr(colon + 1);
    if (!exists(path) || key.empty()) continue;
    const std::size_t hash = key.rfind('#');
    if (hash == std::string::npos || holds_array(path, key)) return Reference{text, path, key, std::nullopt};
    return Reference{text.substr(0, colon + 1 + hash), path, key.substr(0, hash),
                     items_of(text, key.substr(hash + 1))};
  }
  return std::nullopt;
}

std::vector<std::string> names_of(std::span<const InputSpec> specs) {
  std::vector<std::string> names;
  for (const InputSpec& spec : specs) names.push_back(spec.name);
  return names;
}

/// Index of the longest of `names` for which the text begins with NAME=.
std::optional<std::size_t> leading_name(std::string_view text, std::span<const std::string> names) {
  std::optional<std::size_t> found;
  for (std::size_t i = 0; i < names.size(); ++i)
    if (text.starts_with(names[i] + "=") && (!found || names[i].size() > names[*found].size())) found = i;
  return found;
}

}  // namespace

Reference parse_reference(const std::string& argument, const HoldsArray& holds_array) {
  if (exists(argument)) return {argument, argument, "", std::nullopt};
  const std::size_t hash = argument.rfind('#');
  if (hash != std::string::npos && exists(argument.substr(0, hash))) {
    const std::string path = argument.substr(0, hash);
    return {path, path, "", items_of(argument, argument.substr(hash + 1))};
  }
  if (auto reference = parse_key(argument, holds_array)) return *reference;
  return {argument, argument, "", std::nullopt};
}

std::vector<std::string> parse_named(const std::string& argument, std::span<const InputSpec> specs) {
  if (exists(argument)) return {};
  const std::vector<std::string> names = names_of(specs);
  std::vector<std::string> files(specs.size());
  std::string* current = nullptr;
  for (std::size_t at = 0; at < argument.size();) {
    const bool begins = at == 0 || argument[at - 1] == ',';
    const auto name = begins ? leading_name(std::string_view(argument).substr(at), names) : std::nullopt;
    if (name) {
      if (current != nullptr) current->pop_back();  // the comma
      current = &files[*name];
      if (!current->empty()) throw_usage("{}: input '{}' is there twice", argument, names[*name]);
      at += names[*name].size() + 1;
    } else if (current != nullptr) {
      *current += argument[at++];
    } else {
      const std::size_t equals = argument.find('=');
      if (specs.size() < 2 || equals == std::string::npos) return {};
      const std::string word = argument.substr(0, equals);
      const std::string near = did_you_mean(word, names);
      throw Error(ErrorKind::usage, fmt::format("{}: the model has no input '{}'", argument, word),
                  near.empty() ? fmt::format("its inputs are {}", fmt::join(names, ", ")) : near);
    }
  }
  for (std::size_t i = 0; i < files.size(); ++i)
    if (files[i].empty()) throw_usage("{}: names no file for input '{}'", argument, names[i]);
  return files;
}

}  // namespace nv
