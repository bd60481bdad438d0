#include "shared/option_set.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <map>
#include <type_traits>

#include "nv/core/error.h"
#include "nv/core/text.h"
#include "shared/declared_option.h"

namespace nv {

namespace {

template <typename T>
struct NumberOfOption {
  using type = T;
};
template <typename T>
struct NumberOfOption<std::optional<T>> {
  using type = T;
};
template <typename T>
using NumberOf = typename NumberOfOption<T>::type;

}  // namespace

bool OptionRef::is_given() const {
  return option_ != nullptr && option_->cli->count() > 0 && !option_->is_preference;
}

bool OptionRef::is_flag() const {
  return option_->info.is_flag;
}

void OptionRef::assign(const std::vector<std::string>& values, bool preference) const {
  option_->cli->clear();
  for (const std::string& value : values) option_->cli->add_result(value);
  option_->is_preference = preference;
  option_->cli->run_callback();
}

template <typename T>
OptionRef OptionGroup::declare_number(const std::string& names, T& value, const std::string& value_name,
                                      const std::string& description) const {
  DeclaredOption& option = options_->add(names, value_name, description, name_);
  using Number = NumberOf<T>;
  option.number = std::is_integral_v<Number> ? "a whole number" : "a number";
  if constexpr (std::is_same_v<T, Number>) option.info.default_value = fmt::format("{}", value);
  option.store = [&option, &value](const std::vector<std::string>& given) {
    value = option.parse<Number>(given.back());
  };
  return OptionRef(&option);
}

OptionRef OptionGroup::add(const std::string& names, std::string& value, const std::string& value_name,
                           const std::string& description) const {
  OptionRef option = add(
      names, [&value](const std::string& text) { value = text; }, value_name, description);
  return option.default_value(value);
}

OptionRef OptionGroup::add(const std::string& names, int& value, const std::string& value_name,
                           const std::string& description) const {
  return declare_number(names, value, value_name, description);
}

OptionRef OptionGroup::add(const std::string& names, std::int64_t& value, const std::string& value_name,
                           const std::string& description) const {
  return declare_number(names, value, value_name, description);
}

OptionRef OptionGroup::add(const std::string& names, unsigned long& value, const std::string& value_name,
                           const std::string& description) const {
  return declare_number(names, value, value_name, description);
}

OptionRef OptionGroup::add(const std::string& names, unsigned long long& value, const std::string& value_name,
                           const std::string& description) const {
  return declare_number(names, value, value_name, description);
}

OptionRef OptionGroup::add(const std::string& names, double& value, const std::string& value_name,
                           const std::string& description) const {
  return declare_number(names, value, value_name, description);
}

OptionRef OptionGroup::add(const std::string& names, std::optional<std::int64_t>& value,
                           const std::string& value_name, const std::string& description) const {
  return declare_number(names, value, value_name, description);
}

OptionRef OptionGroup::add(const std::string& names, std::optional<double>& value,
                           const std::string& value_name, const std::string& description) const {
  return declare_number(names, value, value_name, description);
}

OptionRef OptionGroup::add(const std::string& name, std::vector<std::string>& values,
                           const std::string& value_name, const std::string& description) const {
  const OptionRef option = add_repeated(name, values, value_name, description);
  DeclaredOption& declared = *options_->declared_.back();
  declared.cli->expected(CLI::detail::expected_max_vector_size);
  declared.info.takes_many = true;
  return option;
}

OptionRef OptionGroup::add(const std::string& names, std::function<void(const std::string&)> set,
                           const std::string& value_name, const std::string& description) const {
  DeclaredOption& option = options_->add(names, value_name, description, name_);
  option.store = [set = std::move(set)](const std::vector<std::string>& given) { set(given.back()); };
  return OptionRef(&option);
}

OptionRef OptionGroup::add_repeated(const std::string& names, std::vector<std::string>& values,
                                    const std::string& value_name, const std::string& description) const {
  DeclaredOption& option = options_->add(names, value_name, description, name_);
  option.is_repeatable = true;
  option.store = [&values](const std::vector<std::string>& given) { values = given; };
  return OptionRef(&option);
}

OptionRef OptionGroup::add_flag(const std::string& names, bool& value, const std::string& description) const {
  DeclaredOption& option = options_->add(names, "", description, name_);
  option.info.is_flag = true;
  option.cli->expected(0)->take_last();
  option.store = [&value](const std::vector<std::string>& given) { value = given.back() == "true"; };
  return OptionRef(&option);
}

void OptionGroup::add_help(const std::string& names, const std::string& description) const {
  DeclaredOption& option = options_->add(names, "", description, name_);
  option.info.is_flag = true;
  option.cli->expected(0)->take_last();
  option.is_help = true;
}

OptionSet::OptionSet(const std::string& name, const std::string& summary, std::string examples)
    : name_(name),
      summary_(summary),
      examples_(std::move(examples)),
      app_(std::make_unique<CLI::App>(summary, name)) {
  app_->set_help_flag();  // help is one of our flags
}

OptionSet::~OptionSet() = default;

OptionGroup OptionSet::group(const std::string& name) {
  return {*this, name};
}

DeclaredOption& OptionSet::add(const std::string& names, const std::string& value_name,
                               const std::string& description, const std::string& group) {
  DeclaredOption& option = *declared_.emplace_back(std::make_unique<DeclaredOption>());
  option.cli = app_->add_option(names, [&option](const std::vector<std::string>& values) {
    option.check_values(values);
    if (option.store) option.store(values);
    return true;
  });
  option.cli->expected(1)->take_all()->allow_extra_args(false);
  OptionInfo& info = option.info;
  for (const std::string& short_name : option.cli->get_snames()) info.names.push_back("-" + short_name);
  for (const std::string& long_name : option.cli->get_lnames()) info.names.push_back("--" + long_name);
  info.is_positional = info.names.empty();
  if (info.is_positional) info.names.push_back(names);
  info.value_name = value_name;
  info.description = description;
  info.group = group;
  return option;
}

std::string OptionSet::usage() const {
  std::string text = "nv " + name_;
  for (const auto& option : declared_) {
    if (!option->info.is_positional) continue;
    const std::string name = option->info.name() + (option->info.takes_many ? "..." : "");
    text += option->info.is_required ? " " + name : " [" + name + "]";
  }
  return text + " [OPTIONS]";
}

const DeclaredOption* OptionSet::named(const std::string& name) const {
  for (const auto& option : declared_)
    if (std::ranges::find(option->info.names, name) != option->info.names.end() &&
        !option->info.is_positional)
      return option.get();
  return nullptr;
}

/// Words for CLI11: "--name=" becomes "--name" and "". Throws Error(usage) for an option without its value.
std::vector<std::string> OptionSet::completed(std::vector<std::string> arguments) const {
  std::vector<std::string> words;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const std::string& word = arguments[i];
    if (word == "--") {
      words.insert(words.end(), arguments.begin() + static_cast<std::ptrdiff_t>(i), arguments.end());
      break;
    }
    const bool is_emptied = word.starts_with("--") && word.find('=') == word.size() - 1;
    const DeclaredOption* const option = named(is_emptied ? word.substr(0, word.size() - 1) : word);
    words.push_back(option != nullptr && is_emptied && !option->info.is_flag ? option->info.name() : word);
    if (option == nullptr || option->info.is_flag) continue;
    if (is_emptied) {
      words.emplace_back();
      continue;
    }
    if (i + 1 == arguments.size())
      throw option->error(fmt::format("expected {}, got nothing", option->expected()));
    const std::string& value = arguments[++i];
    if (const DeclaredOption* const other = named(value.substr(0, value.find('='))); other != nullptr)
      throw option->error(
          fmt::format("expected {}, got the option {}", option->expected(), other->info.name()),
          option->number.empty() ? fmt::format("a value that begins with '-': {}=VALUE", option->info.name())
                                 : "");
    words.push_back(value);
  }
  return words;
}

/// Error for a command line that CLI11 refused.
Error OptionSet::refused() const {
  const auto error = [this](const std::string& what, const std::string& hint) {
    return Error(ErrorKind::usage, fmt::format("{}: {}", name_, what), hint);
  };
  std::vector<std::string> names;
  for (const auto& option : declared_)
    for (const std::string& name : option->info.names)
      if (name.starts_with("--")) names.push_back(name);
  const std::vector<std::string> extra = app_->remaining();
  for (const std::string& word : extra) {
    if (!word.starts_with("-") || word == "-") continue;
    const std::string option = word.substr(0, word.find('='));
    const std::string near = did_you_mean(option, names);
    return error(fmt::format("no option {}", one_line(option)),
                 near.empty() ? fmt::format("nv {} --help lists the options", name_) : near);
  }
  for (const auto& option : declared_)
    if (option->info.is_required && option->cli->count() == 0)
      return error(fmt::format("{} is required", option->info.name()), "usage: " + usage());
  return error(fmt::format("unexpected argument '{}'", extra.empty() ? "" : one_line(extra.front())),
               "usage: " + usage());
}

bool OptionSet::parse(std::vector<std::string> arguments) {
  for (const std::string& word : arguments) {
    if (word == "--") break;
    if (const DeclaredOption* const option = named(word); option != nullptr && option->is_help) return false;
  }
  try {
    arguments = completed(std::move(arguments));
    std::ranges::reverse(arguments);  // CLI11 expects reverse order
    app_->parse(std::move(arguments));
  } catch (const CLI::ParseError&) {
    throw refused();
  }
  for (const auto& option : declared_)
    if (option->info.is_required && option->cli->count() == 0) throw refused();
  return true;
}

std::vector<OptionInfo> OptionSet::declared() const {
  std::vector<OptionInfo> infos;
  for (const auto& option : declared_) infos.push_back(option->info);
  return infos;
}

std::vector<std::pair<OptionInfo, std::string>> OptionSet::given() const {
  std::vector<std::pair<OptionInfo, std::string>> values;
  std::map<const CLI::Option*, std::size_t> used;
  for (const CLI::Option* cli : app_->parse_order()) {
    const auto option = std::ranges::find(declared_, cli, [](const auto& o) { return o->cli; });
    std::size_t& next = used[cli];
    if (next < cli->results().size()) values.emplace_back((*option)->info, cli->results()[next++]);
  }
  for (const auto& option : declared_)
    if (option->is_preference)
      for (const std::string& value : option->cli->results()) values.emplace_back(option->info, value);
  return values;
}

std::optional<OptionRef> OptionSet::find(const std::string& long_name) const {
  for (const auto& option : declared_)
    if (std::ranges::find(option->info.names, "--" + long_name) != option->info.names.end())
      return OptionRef(option.get());
  return std::nullopt;
}

}  // namespace nv
