#include "shared/complete.h"

#include <algorithm>
#include <filesystem>
#include <optional>
#include <set>
#include <span>
#include <string_view>
#include <utility>

#include "nv/core/error.h"
#include "nv/core/text.h"
#include "nv/data/labels.h"
#include "shared/command.h"
#include "shared/defaults.h"
#include "shared/help.h"
#include "shared/open.h"

namespace nv {

namespace {

/// Collects the candidates that begin with `word`.
class Candidates {
 public:
  explicit Candidates(std::string word) : word_(std::move(word)) {}

  const std::string& word() const { return word_; }
  void add(const std::string& text, std::string_view description = {}) {
    if (!text.starts_with(word_) || text != one_line(text)) return;
    list_.emplace_back(text, shortened(one_line(description), 80));
  }
  void allow_files() { files_ = true; }

  std::string text() const {
    const auto unfinished = [](const auto& c) { return c.first.ends_with('=') || c.first.ends_with(':'); };
    std::string text = files_ ? "files" : "values";
    if (is_list || std::ranges::any_of(list_, unfinished)) text += " nospace";
    for (const auto& [candidate, description] : list_)
      text += fmt::format("\n{}\t{}", candidate, description);
    return text + '\n';
  }

  bool is_list = false;  ///< a comma may follow

 private:
  std::string word_;
  bool files_ = false;
  std::vector<std::pair<std::string, std::string>> list_;
};

/// The words of a command line before the one that is completed.
struct ParsedWords {
  std::vector<std::string> positionals;
  std::vector<std::pair<std::string, std::string>> values;  ///< of options by name
  std::optional<OptionInfo> open;                           ///< the option whose value comes next
};

const OptionInfo* option_named(const std::vector<OptionInfo>& options, std::string_view name) {
  const auto at = std::ranges::find_if(options, [&](const OptionInfo& o) {
    return !o.is_positional && std::ranges::find(o.names, name) != o.names.end();
  });
  return at == options.end() ? nullptr : &*at;
}

ParsedWords typed_words(const std::vector<OptionInfo>& options, std::span<const std::string> words) {
  ParsedWords typed;
  for (const std::string& word : words) {
    if (typed.open) {
      typed.values.emplace_back(typed.open->name(), word);
      typed.open.reset();
      continue;
    }
    if (word.size() < 2 || word[0] != '-') {
      typed.positionals.push_back(word);
      continue;
    }
    const std::size_t equals = word.find('=');
    const OptionInfo* const option = option_named(options, word.substr(0, equals));
    if (option == nullptr || option->is_flag) continue;
    if (equals == std::string::npos)
      typed.open = *option;
    else
      typed.values.emplace_back(option->name(), word.substr(equals + 1));
  }
  return typed;
}

std::string value_typed(const ParsedWords& typed, std::string_view option) {
  for (const auto& [name, value] : typed.values)
    if (name == option) return value;
  return "";
}

/// Names of the layers of the model on the command line, and with `kinds` the kinds, as for --layers.
std::vector<std::pair<std::string, std::string>> layers_of(const ParsedWords& typed, bool kinds) {
  std::vector<std::pair<std::string, std::string>> names;
  if (typed.positionals.empty()) return names;
  const Model model =
      open_untrusted(typed.positionals[0], value_typed(typed, "--weights"), WeightUse::described);
  std::set<std::string> seen;
  for (const Node& node : model.nodes) {
    const std::string& kind = model.layer_of(node).kind;
    names.emplace_back(node.path, kind);
    if (kinds && seen.insert(kind).second) names.emplace_back("@" + kind, "all layers of this kind");
  }
  return names;
}

std::vector<std::string> labels_on(const ParsedWords& typed, const OptionSet& options) {
  if (const std::string source = value_typed(typed, "--labels"); !source.empty()) return read_labels(source);
  const std::string model = typed.positionals.empty() ? "" : typed.positionals[0];
  return apply_defaults(options, "", model, true).labels;
}

/// Adds candidates for the value of an option; `before` is the text in front of it: "--format=".
void add_values(Candidates& found, const OptionSet& options, const OptionInfo& option,
                const ParsedWords& typed, const std::string& before) {
  const bool layers = option.value_name.starts_with("LAYER");
  found.is_list = option.is_list || option.value_name == "LAYERS";
  std::string prefix = before;  // with the finished elements of a list
  std::set<std::string> taken;
  if (found.is_list)
    if (const std::size_t comma = found.word().rfind(',');
        comma != std::string::npos && comma >= before.size()) {
      prefix = found.word().substr(0, comma + 1);
      for (const std::string& part : split(prefix.substr(before.size()), ',')) taken.insert(part);
    }
  const auto add = [&](const std::string& value, std::string_view description) {
    if (!taken.contains(value)) found.add(prefix + value, description);
  };
  for (const std::string& value : option.values) add(value, "");
  if (layers) {
    const std::string end = option.value_name == "LAYER:FILTERS" ? ":" : "";
    for (const auto& [name, kind] : layers_of(typed, option.value_name == "LAYERS")) add(name + end, kind);
  }
  if (option.value_name == "CLASS" || option.value_name == "CLASSES")
    for (const std::string& label : labels_on(typed, options)) add(label, "class");
  if (option.names_files()) found.allow_files();
}

void complete_command(Candidates& found, const CommandEntry& entry, std::span<const std::string> words) {
  Console console;
  const auto command = entry.make();
  OptionSet options(std::string(entry.name), std::string(entry.summary), "");
  declare_options(options, *command, console);
  const std::vector<OptionInfo> all = options.declared();
  const ParsedWords typed = typed_words(all, words);
  const std::string& word = found.word();
  if (typed.open) {
    add_values(found, options, *typed.open, typed, "");
    return;
  }
  if (!word.starts_with('-') || word == "-") found.allow_files();
  if (!word.starts_with('-')) return;
  if (const std::size_t equals = word.find('='); equals != std::string::npos) {
    if (const OptionInfo* const option = option_named(all, word.substr(0, equals)))
      add_values(found, options, *option, typed, word.substr(0, equals + 1));
    return;
  }
  for (const OptionInfo& option : all)
    if (!option.is_positional) found.add(option.name(), option.text());
}

void complete_first(Candidates& found) {
  for (const CommandEntry& entry : commands()) found.add(std::string(entry.name), entry.summary);
  found.add("version", "versions of nv and its libraries");
  found.add("help", "help of a command or a topic");
  if (found.word().starts_with('-'))
    for (const char* option : {"--help", "--version"}) found.add(option);
  found.allow_files();  // nv MODEL
}

void complete_word(Candidates& found, std::vector<std::string> words) {
  const std::string program = std::filesystem::path(words[0]).filename().string();
  words.erase(words.begin());
  if (program.starts_with("nv-")) words.insert(words.begin(), program.substr(3));
  if (words.empty()) return complete_first(found);
  const std::string name = words[0];
  const std::span<const std::string> rest = std::span(words).subspan(1);
  if (name == "help" && rest.empty()) {
    for (const CommandEntry& entry : commands()) found.add(std::string(entry.name), entry.summary);
    for (const std::string& topic : help_topics()) found.add(topic, "topic");
  }
  if (name == "version") found.add("--json", "one JSON document");
  for (const CommandEntry& entry : commands())
    if (entry.name == name) return complete_command(found, entry, rest);
  if (is_model_file(name)) complete_command(found, commands()[0], words);
}

}  // namespace

std::string complete(const std::vector<std::string>& words) {
  Candidates found(words.size() < 2 ? "" : words.back());
  try {
    if (words.size() >= 2) complete_word(found, {words.begin(), words.end() - 1});
  } catch (const Error&) {  // a model that cannot be read has no names to complete
  }
  return found.text();
}

}  // namespace nv
