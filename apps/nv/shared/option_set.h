// The options of a command. Only option_set.cpp knows CLI11, whose templates are slow to compile.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace nv {

/// A declared option, for help, man pages and completions.
struct OptionInfo {
  std::vector<std::string> names;  ///< "-o", "--output"; of a positional its name alone, "MODEL"
  std::string value_name;          ///< "DIR"; "" for a flag
  std::string check;               ///< of values that are checked: "INT in [1 - 1024]"
  std::string description, group;
  bool is_positional = false, is_flag = false, is_required = false;
  bool takes_many = false;  ///< a positional that takes any number of values

  /// The first long name, else the first name.
  const std::string& name() const;
};

/// Refers to an option of an OptionSet, which must outlive it.
class OptionRef {
 public:
  OptionRef() = default;
  explicit OptionRef(CLI::Option* option) : option_(option) {}

  OptionRef required() const;
  OptionRef one_of(const std::vector<std::string>& values) const;
  /// Both ends are allowed.
  OptionRef range(int low, int high) const;
  OptionRef range(double low, double high) const;
  OptionRef positive() const;

  /// Whether the option has a value from the command line or, once they are applied, from the defaults.
  bool is_given() const;
  bool is_flag() const;
  /// Gives the option values that are not from the command line. Returns why they are refused, nullopt if
  /// they are not. Throws what the option's function throws.
  std::optional<std::string> assign(const std::vector<std::string>& values) const;

 private:
  CLI::Option* option_ = nullptr;
};

/// Declares options under one heading of the help. `names` are "-o,--output", "--output", or "MODEL" for a
/// positional; `value_name` is what help calls the value. Variables must outlive the OptionSet; they keep
/// what they hold if the option is not given.
class OptionGroup {
 public:
  OptionGroup(CLI::App& app, std::string name) : app_(&app), name_(std::move(name)) {}

  OptionRef add(const std::string& names, std::string& value, const std::string& value_name,
                const std::string& description) const;
  OptionRef add(const std::string& names, int& value, const std::string& value_name,
                const std::string& description) const;
  OptionRef add(const std::string& names, std::int64_t& value, const std::string& value_name,
                const std::string& description) const;
  // std::size_t and std::uint64_t are the first on some systems and one of each on others.
  OptionRef add(const std::string& names, unsigned long& value, const std::string& value_name,
                const std::string& description) const;
  OptionRef add(const std::string& names, unsigned long long& value, const std::string& value_name,
                const std::string& description) const;
  OptionRef add(const std::string& names, double& value, const std::string& value_name,
                const std::string& description) const;
  OptionRef add(const std::string& names, std::optional<std::int64_t>& value, const std::string& value_name,
                const std::string& description) const;
  OptionRef add(const std::string& names, std::optional<double>& value, const std::string& value_name,
                const std::string& description) const;
  /// A positional that takes all values not taken by options.
  OptionRef add(const std::string& name, std::vector<std::string>& values, const std::string& value_name,
                const std::string& description) const;
  /// Calls `set` with the value. An Error that it throws leaves OptionSet::parse as it is.
  OptionRef add(const std::string& names, std::function<void(const std::string&)> set,
                const std::string& value_name, const std::string& description) const;
  /// An option that may be repeated and takes one value each time, so that inputs may follow it.
  OptionRef add_repeated(const std::string& names, std::vector<std::string>& values,
                         const std::string& value_name, const std::string& description) const;
  /// Calls `set` with the number of the value that is given by its name.
  OptionRef add_choice(const std::string& names, const std::map<std::string, int>& choices,
                       std::function<void(int)> set, const std::string& value_name,
                       const std::string& description) const;
  OptionRef add_flag(const std::string& names, bool& value, const std::string& description) const;
  /// A flag that is accepted and changes nothing.
  OptionRef add_flag(const std::string& names, const std::string& description) const;
  /// The flag for which OptionSet::parse returns false.
  void add_help(const std::string& names, const std::string& description) const;

 private:
  template <typename T>
  OptionRef declare(const std::string& names, T& value, const std::string& value_name,
                    const std::string& description) const;

  CLI::App* app_;
  std::string name_;
};

/// All options of a command, in the order in which they are declared.
class OptionSet {
 public:
  OptionSet(const std::string& name, const std::string& summary, std::string examples);
  ~OptionSet();
  OptionSet(const OptionSet&) = delete;
  OptionSet& operator=(const OptionSet&) = delete;

  const std::string& name() const { return name_; }  ///< of the command
  const std::string& summary() const { return summary_; }
  const std::string& examples() const { return examples_; }

  OptionGroup group(const std::string& name);

  /// Parses what follows the command's name; false if its help is asked for. Throws Error(usage).
  bool parse(std::vector<std::string> arguments);

  std::vector<OptionInfo> declared() const;
  /// The values on the command line, in their order, each with its option; "true" for a flag.
  std::vector<std::pair<OptionInfo, std::string>> given() const;
  /// By its long name without dashes.
  std::optional<OptionRef> find(const std::string& long_name) const;

 private:
  std::string name_, summary_, examples_;
  std::unique_ptr<CLI::App> app_;
};

}  // namespace nv
