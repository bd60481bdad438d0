#include "shared/help.h"

#include <fmt/format.h>

#include <algorithm>

#include "nv/core/text.h"
#include "shared/common_options.h"
#include "shared/inputs.h"
#include "shared/picture_options.h"

namespace nv {

namespace {

struct Topic {
  std::string_view name, group, about;
};

constexpr Topic topics[] = {
    {"inputs", "Inputs",
     "An INPUT is an image, an array (.npy, .npz:KEY), an IDX or CIFAR-10 file, a directory of those, a "
     "sample "
     "list that nv wrote (DIR, DIR#ID), or - for standard input. FILE#0-99 selects items of a file. A model "
     "with several inputs takes NAME=FILE,NAME=FILE, or an .npz with an array per input."},
    {"pictures", "Pictures",
     "Pictures are PNG, SVG or PDF, by the extension of the name or --format. Options for all of them:"},
    {"computing", "Computing", "Results are the same bytes at any number of threads."},
    {"messages", "Messages", "Results go to standard output, everything else to standard error."},
};

const Topic* topic_of_group(std::string_view group) {
  const auto* at = std::ranges::find(topics, group, &Topic::group);
  return at == std::end(topics) ? nullptr : at;
}

std::vector<OptionInfo> options_of(const Topic& topic) {
  OptionSet options{std::string(topic.name), {}, {}};
  InputFlags inputs;
  PictureOptions pictures;
  Console console;
  EngineOptions engine;
  if (topic.name == "computing") declare_computing(options, engine);
  if (topic.name == "inputs") inputs.declare(options);
  if (topic.name == "pictures") pictures.declare(options);
  if (topic.name == "messages") {
    options.group("Messages").add_help("-h,--help", "Help of a command");
    declare_messages(options, console);
  }
  return options.declared();
}

constexpr std::size_t help_width = 100;

/// Words on lines of at most `help_width` columns, each after `indent` spaces.
std::string wrapped(const std::vector<std::string>& words, std::size_t indent) {
  std::string text, line;
  for (const std::string& word : words) {
    if (!line.empty() && indent + line.size() + 1 + word.size() > help_width) {
      text += std::string(indent, ' ') + line + '\n';
      line.clear();
    }
    line += (line.empty() ? "" : " ") + word;
  }
  return text + std::string(indent, ' ') + line + '\n';
}

/// "  NAME", and the description from column 28 on; on the next line if the name is too long.
std::string help_line(const std::string& name, const std::string& description) {
  constexpr std::size_t column = 28;
  const std::string first = "  " + name;
  std::string text = wrapped(split(description, ' '), column);
  if (first.size() < column) return first + text.substr(first.size());
  return first + '\n' + text;
}

std::string option_line(const OptionInfo& option) {
  const std::string names = fmt::format("{}", fmt::join(option.names, ","));
  return help_line(option.is_flag ? names : names + ' ' + option.value_name, option.text());
}

/// Options of the group, and the names of those that a help topic describes.
std::string group_help(const std::string& group, const std::vector<OptionInfo>& options) {
  const Topic* topic = topic_of_group(group);
  const std::vector<OptionInfo> shared = topic == nullptr ? std::vector<OptionInfo>{} : options_of(*topic);
  std::string text = fmt::format("\n{}:\n", group);
  std::vector<std::string> names;
  for (const OptionInfo& option : options) {
    if (option.is_positional || option.group != group) continue;
    if (std::ranges::find(shared, option.names, &OptionInfo::names) == shared.end())
      text += option_line(option);
    else
      names.push_back(option.name());
  }
  if (names.empty()) return text;
  names.push_back(fmt::format("(nv help {})", topic->name));
  return text + wrapped(names, 2);
}

}  // namespace

std::vector<std::string> groups_of(const std::vector<OptionInfo>& options) {
  std::vector<std::string> groups;
  for (const OptionInfo& option : options)
    if (!option.is_positional && std::ranges::find(groups, option.group) == groups.end())
      groups.push_back(option.group);
  return groups;
}

std::string command_help(const OptionSet& options) {
  const std::vector<OptionInfo> all = options.declared();
  std::string text = fmt::format("{}\nUsage: {}\n\nArguments:\n", options.summary(), options.usage());
  for (const OptionInfo& option : all)
    if (option.is_positional)
      text += help_line(option.takes_many ? option.name() + " ..." : option.name(), option.description);
  for (const std::string& group : groups_of(all)) text += group_help(group, all);
  return text + '\n' + options.examples() + '\n';
}

std::optional<std::string> help_topic(std::string_view name) {
  const auto* topic = std::ranges::find(topics, name, &Topic::name);
  if (topic == std::end(topics)) return std::nullopt;
  std::string text = wrapped(split(topic->about, ' '), 0) + fmt::format("\n{}:\n", topic->group);
  for (const OptionInfo& option : options_of(*topic)) text += option_line(option);
  return text;
}

std::vector<std::string> help_topics() {
  std::vector<std::string> names;
  for (const Topic& topic : topics) names.emplace_back(topic.name);
  return names;
}

}  // namespace nv
