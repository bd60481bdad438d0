// Options of a command. Only option_set.cpp includes CLI11, whose templates are slow to compile.
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

/// Declared option, for help, man pages and completions.
struct OptionInfo {
  std::vector<std::string> names;  ///< "-o", "--output"; "MODEL" for a positional
  std::string value_name;          ///< "DIR"; "" for a flag
  std::string check;               ///< check of the value: "INT in [1 - 1024]"; "" for none
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
  /// Both ends included.
  OptionRef range(int low, int high) const;
  OptionRef range(double low, double high) const;
  OptionRef positive() const;

  /// Whether the option has a value, from the command line or from applied defaults.
  bool is_given() const;
  bool is_flag() const;
  /// Sets values that are not from the command line. Returns the error text if they are refused, else
  /// nullopt. Passes on exceptions of the option's function.
  std::optional<std::string> assign(const std::vector<std::string>& values) const;

 private:
  CLI::Option* option_ = nullptr;
};

/// Declares options under one heading of the help. `names` are "-o,--output", "--output", or "MODEL" for a
/// positional; `value_name` names the value in the help. Variables must outlive the OptionSet; they keep
/// their value if the option is not given.
class OptionGroup {
 public:
  OptionGroup(CLI::App& app, std::string name) : app_(&app), name_(std::move(name)) {}

  OptionRef add(const std::string& names, std::string& value, const std::string& value_name,
                const std::string& description) const;
  OptionRef add(const std::string& names, int& value, const std::string& value_name,
                const std::string& description) const;
  OptionRef add(const std::string& names, std::int64_t& value, const std::string& value_name,
                const std::string& description) const;
  // std::size_t and std::uint64_t are both unsigned long on some systems, and differ on others.
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
  /// Positional that takes all values not taken by options.
  OptionRef add(const std::string& name, std::vector<std::string>& values, const std::string& value_name,
                const std::string& description) const;
  /// Calls `set` with the value. OptionSet::parse passes on an Error that it throws.
  OptionRef add(const std::string& names, std::function<void(const std::string&)> set,
                const std::string& value_name, const std::string& description) const;
  /// Option that can be repeated; takes one value each time, so that inputs can follow it.
  OptionRef add_repeated(const std::string& names, std::vector<std::string>& values,
                         const std::string& value_name, const std::string& description) const;
  /// Calls `set` with the number of the chosen name.
  OptionRef add_choice(const std::string& names, const std::map<std::string, int>& choices,
                       std::function<void(int)> set, const std::string& value_name,
                       const std::string& description) const;
  OptionRef add_flag(const std::string& names, bool& value, const std::string& description) const;
  /// Flag that is accepted without effect.
  OptionRef add_flag(const std::string& names, const std::string& description) const;
  /// Flag for which OptionSet::parse returns false.
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

  /// Parses the arguments after the command's name. Returns false if help is requested. Throws Error(usage).
  bool parse(std::vector<std::string> arguments);

  std::vector<OptionInfo> declared() const;
  /// Values on the command line, in order, each with its option; "true" for a flag.
  std::vector<std::pair<OptionInfo, std::string>> given() const;
  /// Option by its long name without dashes.
  std::optional<OptionRef> find(const std::string& long_name) const;

  /// Adds a function that is called after the command has run; its text is printed as a note unless empty.
  void add_remark(std::function<std::string()> remark) { remarks_.push_back(std::move(remark)); }
  const std::vector<std::function<std::string()>>& remarks() const { return remarks_; }

 private:
  std::string name_, summary_, examples_;
  std::vector<std::function<std::string()>> remarks_;
  std::unique_ptr<CLI::App> app_;
};

}  // namespace nv
