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
     "An INPUT is an image, an array (.npy, .npz:KEY), an IDX or CIFAR-10 file, a directory of those, or a "
     "sample list that nv wrote (DIR, DIR#ID). FILE#0-99 selects items of a file."},
    {"pictures", "Pictures",
     "Pictures are PNG, SVG or PDF, by the ending of the name or --format. Options for all of them:"},
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
  if (topic.name == "inputs") inputs.declare(options);
  if (topic.name == "pictures") pictures.declare(options);
  if (topic.name == "messages") {
    options.group("Messages").add_help("-h,--help", "Help of a command");
    declare_messages(options, console);
  }
  return options.declared();
}

/// Words on indented lines of at most `width` columns.
std::string wrapped(const std::vector<std::string>& words, std::size_t width) {
  std::string text, line = " ";
  for (const std::string& word : words) {
    if (line.size() + 1 + word.size() > width) {
      text += line + '\n';
      line = " ";
    }
    line += ' ' + word;
  }
  return text + line + '\n';
}

/// "  NAME", and the description from column 28 on; on the next line if the name is too long.
std::string help_line(const std::string& name, const std::string& description) {
  constexpr std::size_t column = 28;
  const std::string text = "  " + name;
  return fmt::format("{:<{}}{}{}\n", text, column,
                     text.size() < column ? "" : "\n" + std::string(column, ' '), description);
}

std::string option_line(const OptionInfo& option) {
  const std::string names = fmt::format("{}", fmt::join(option.names, ","));
  return help_line(option.is_flag ? names : names + ' ' + option.value_name, option.description);
}

std::string usage_of(const OptionInfo& positional) {
  const std::string name = positional.name() + (positional.takes_many ? "..." : "");
  return positional.is_required ? name : '[' + name + ']';
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
  return text + wrapped(names, 96);
}

}  // namespace

std::string command_help(const OptionSet& options) {
  const std::vector<OptionInfo> all = options.declared();
  std::string usage = "nv " + options.name() + " [OPTIONS]", positionals;
  std::vector<std::string> groups;  // in the order of their first options
  for (const OptionInfo& option : all) {
    if (option.is_positional) {
      usage += ' ' + usage_of(option);
      positionals +=
          help_line(option.takes_many ? option.name() + " ..." : option.name(), option.description);
    } else if (std::ranges::find(groups, option.group) == groups.end()) {
      groups.push_back(option.group);
    }
  }
  std::string text = fmt::format("{}\nUsage: {}\n\nPositionals:\n{}", options.summary(), usage, positionals);
  for (const std::string& group : groups) text += group_help(group, all);
  return text + '\n' + options.examples() + '\n';
}

std::optional<std::string> help_topic(std::string_view name) {
  const auto* topic = std::ranges::find(topics, name, &Topic::name);
  if (topic == std::end(topics)) return std::nullopt;
  std::string text = wrapped(split(topic->about, ' '), 96) + fmt::format("\n{}:\n", topic->group);
  for (OptionInfo& option : options_of(*topic)) {
    if (!option.check.empty()) option.value_name += ':' + option.check;
    text += option_line(option);
  }
  return text;
}

}  // namespace nv
