#include "shared/option_set.h"

#include <CLI/CLI.hpp>
#include <algorithm>

#include "nv/core/error.h"
#include "nv/core/text.h"

namespace nv {

namespace {

OptionInfo info_of(const CLI::Option& option) {
  OptionInfo info;
  for (const std::string& name : option.get_snames()) info.names.push_back("-" + name);
  for (const std::string& name : option.get_lnames()) info.names.push_back("--" + name);
  if (info.names.empty()) info.names.push_back(option.get_name());
  info.description = option.get_description();
  info.group = option.get_group();
  info.is_positional = option.get_positional();
  info.is_flag = option.get_expected_max() == 0;
  info.is_required = option.get_required();
  info.takes_many = option.get_expected_max() > 1;
  if (info.is_flag) return info;
  const std::string type = option.get_type_name();  // "NAME", or "NAME:CHECK"
  const std::size_t colon = type.find(':');
  info.value_name = type.substr(0, colon);
  // For a choice (its text is set) the check would only list numbers.
  if (colon != std::string::npos && option.get_option_text().empty()) info.check = type.substr(colon + 1);
  return info;
}

/// Error for a command line that `app` refused.
Error parse_error(const CLI::App& app, const CLI::ParseError& refused) {
  std::string what = one_line(refused.what()), hint = fmt::format("nv {} --help", app.get_name());
  std::vector<std::string> names;
  for (const CLI::Option* o : app.get_options())
    for (const std::string& name : o->get_lnames()) names.push_back("--" + name);
  for (const std::string& extra : app.remaining()) {
    if (!extra.starts_with("-")) continue;
    const std::string option = extra.substr(0, extra.find('='));
    what = fmt::format("no option {}", one_line(option));
    if (const std::string near = did_you_mean(option, names); !near.empty()) hint = near;
    break;
  }
  return {ErrorKind::usage, fmt::format("{}: {}", app.get_name(), what), hint};
}

}  // namespace

const std::string& OptionInfo::name() const {
  const auto at = std::ranges::find_if(names, [](const std::string& name) { return name.starts_with("--"); });
  return at == names.end() ? names.front() : *at;
}

OptionRef OptionRef::required() const {
  option_->required();
  return *this;
}

OptionRef OptionRef::one_of(const std::vector<std::string>& values) const {
  option_->check(CLI::IsMember(values));
  return *this;
}

OptionRef OptionRef::range(int low, int high) const {
  option_->check(CLI::Range(low, high));
  return *this;
}

OptionRef OptionRef::range(double low, double high) const {
  option_->check(CLI::Range(low, high));
  return *this;
}

OptionRef OptionRef::positive() const {
  option_->check(CLI::PositiveNumber);
  return *this;
}

bool OptionRef::is_given() const {
  return option_->count() > 0;
}

bool OptionRef::is_flag() const {
  return option_->get_expected_max() == 0;
}

std::optional<std::string> OptionRef::assign(const std::vector<std::string>& values) const {
  try {
    for (const std::string& value : values) option_->add_result(value);
    option_->run_callback();
  } catch (const CLI::Error& e) {
    return e.what();
  }
  return std::nullopt;
}

template <typename T>
OptionRef OptionGroup::declare(const std::string& names, T& value, const std::string& value_name,
                               const std::string& description) const {
  return OptionRef(app_->add_option(names, value, description)->type_name(value_name)->group(name_));
}

OptionRef OptionGroup::add(const std::string& names, std::string& value, const std::string& value_name,
                           const std::string& description) const {
  return declare(names, value, value_name, description);
}

OptionRef OptionGroup::add(const std::string& names, int& value, const std::string& value_name,
                           const std::string& description) const {
  return declare(names, value, value_name, description);
}

OptionRef OptionGroup::add(const std::string& names, std::int64_t& value, const std::string& value_name,
                           const std::string& description) const {
  return declare(names, value, value_name, description);
}

OptionRef OptionGroup::add(const std::string& names, unsigned long& value, const std::string& value_name,
                           const std::string& description) const {
  return declare(names, value, value_name, description);
}

OptionRef OptionGroup::add(const std::string& names, unsigned long long& value, const std::string& value_name,
                           const std::string& description) const {
  return declare(names, value, value_name, description);
}

OptionRef OptionGroup::add(const std::string& names, double& value, const std::string& value_name,
                           const std::string& description) const {
  return declare(names, value, value_name, description);
}

OptionRef OptionGroup::add(const std::string& names, std::optional<std::int64_t>& value,
                           const std::string& value_name, const std::string& description) const {
  return declare(names, value, value_name, description);
}

OptionRef OptionGroup::add(const std::string& names, std::optional<double>& value,
                           const std::string& value_name, const std::string& description) const {
  return declare(names, value, value_name, description);
}

OptionRef OptionGroup::add(const std::string& name, std::vector<std::string>& values,
                           const std::string& value_name, const std::string& description) const {
  return declare(name, values, value_name, description);
}

OptionRef OptionGroup::add(const std::string& names, std::function<void(const std::string&)> set,
                           const std::string& value_name, const std::string& description) const {
  return OptionRef(app_->add_option_function<std::string>(names, std::move(set), description)
                       ->type_name(value_name)
                       ->group(name_));
}

OptionRef OptionGroup::add_repeated(const std::string& names, std::vector<std::string>& values,
                                    const std::string& value_name, const std::string& description) const {
  return OptionRef(app_->add_option(names, values, description)
                       ->expected(1)
                       ->take_all()
                       ->allow_extra_args(false)
                       ->type_name(value_name)
                       ->group(name_));
}

OptionRef OptionGroup::add_choice(const std::string& names, const std::map<std::string, int>& choices,
                                  std::function<void(int)> set, const std::string& value_name,
                                  const std::string& description) const {
  return OptionRef(app_->add_option_function<int>(
                           names, [set = std::move(set)](const int& number) { set(number); }, description)
                       ->transform(CLI::CheckedTransformer(choices))
                       ->type_name(value_name)
                       ->option_text(value_name)
                       ->group(name_));
}

OptionRef OptionGroup::add_flag(const std::string& names, bool& value, const std::string& description) const {
  return OptionRef(app_->add_flag(names, value, description)->group(name_));
}

OptionRef OptionGroup::add_flag(const std::string& names, const std::string& description) const {
  return OptionRef(app_->add_flag_callback(
                           names, [] {}, description)
                       ->group(name_));
}

void OptionGroup::add_help(const std::string& names, const std::string& description) const {
  app_->set_help_flag(names, description)->group(name_);
}

OptionSet::OptionSet(const std::string& name, const std::string& summary, std::string examples)
    : name_(name),
      summary_(summary),
      examples_(std::move(examples)),
      app_(std::make_unique<CLI::App>(summary, name)) {
  app_->set_help_flag();  // none until add_help
}

OptionSet::~OptionSet() = default;

OptionGroup OptionSet::group(const std::string& name) {
  return {*app_, name};
}

bool OptionSet::parse(std::vector<std::string> arguments) {
  std::ranges::reverse(arguments);  // CLI11 expects reverse order
  try {
    app_->parse(std::move(arguments));
  } catch (const CLI::CallForHelp&) {
    return false;
  } catch (const CLI::ParseError& e) {
    throw parse_error(*app_, e);
  }
  return true;
}

std::vector<OptionInfo> OptionSet::declared() const {
  std::vector<OptionInfo> infos;
  for (const CLI::Option* o : std::as_const(*app_).get_options()) infos.push_back(info_of(*o));
  return infos;
}

std::vector<std::pair<OptionInfo, std::string>> OptionSet::given() const {
  std::vector<std::pair<OptionInfo, std::string>> values;
  std::map<const CLI::Option*, std::size_t> used;
  for (const CLI::Option* option : app_->parse_order()) {
    std::size_t& next = used[option];
    if (next < option->results().size()) values.emplace_back(info_of(*option), option->results()[next++]);
  }
  return values;
}

std::optional<OptionRef> OptionSet::find(const std::string& long_name) const {
  CLI::Option* option = app_->get_option_no_throw("--" + long_name);
  if (option == nullptr) return std::nullopt;
  return OptionRef(option);
}

}  // namespace nv
