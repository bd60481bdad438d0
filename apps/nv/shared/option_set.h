// Options of a command. Only option_set.cpp includes CLI11, whose templates are slow to compile.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "nv/core/error.h"

namespace CLI {
class App;
}  // namespace CLI

namespace nv {

/// Declared option, for help, man pages and completions.
struct OptionInfo {
  std::vector<std::string> names;  ///< "-o", "--output"; "MODEL" for a positional
  std::string value_name;          ///< "DIR"; "" for a flag
  std::string description, group;
  std::vector<std::string> values;  ///< for help and completion: all allowed ones, or suggestions
  std::string limits;               ///< "1 to 1024"; "" for none
  std::string default_value;        ///< "" for none
  bool values_in_help = true;       ///< false: for completion only
  bool is_positional = false, is_flag = false, is_required = false;
  bool takes_many = false;  ///< a positional that takes any number of values
  bool is_list = false;     ///< several values, separated by commas

  /// The first long name, else the first name.
  const std::string& name() const;
  /// Description with the allowed values and the default: "Colours: light, dark (default: light)".
  std::string text() const;
  /// Whether the values are names of files or folders, by the value name.
  bool names_files() const;
};

class DeclaredOption;

/// Refers to an option of an OptionSet, which must outlive it.
class OptionRef {
 public:
  OptionRef() = default;
  explicit OptionRef(DeclaredOption* option) : option_(option) {}

  OptionRef required() const;
  /// Allows these values only.
  OptionRef one_of(std::vector<std::string> values) const;
  /// Allows these values only, any number of them separated by commas.
  OptionRef list_of(std::vector<std::string> values) const;
  /// Values that the help lists, and completion; `check` decides which are allowed.
  OptionRef shows(std::vector<std::string> values) const;
  /// Values for completion only; others are allowed.
  OptionRef suggests(std::vector<std::string> values) const;
  /// The same for a list, separated by commas.
  OptionRef suggests_list(std::vector<std::string> values) const;
  /// Both ends included.
  OptionRef range(double low, double high) const;
  OptionRef at_least(double low) const;
  /// Above 0.
  OptionRef positive() const;
  /// Calls `check` with each value of the command line. Its Error(usage) gets the option's name in front.
  OptionRef check(std::function<void(const std::string&)> check) const;
  /// Says what is taken without the option, if it is not the variable's value; "" for nothing.
  OptionRef default_value(std::string text) const;
  /// Allows an empty value.
  OptionRef may_be_empty() const;

  /// Whether the option has a value, from the command line or from applied defaults, but not from the user's
  /// preferences.
  bool is_given() const;
  bool is_flag() const;
  /// Sets values that are not from the command line. `preference`: they give way to those of any other
  /// source. Throws Error(usage), beginning with the option's name, and exceptions of the option's function.
  void assign(const std::vector<std::string>& values, bool preference = false) const;

 private:
  DeclaredOption* option_ = nullptr;
};

class OptionSet;

/// Declares options under one heading of the help. `names` are "-o,--output", "--output", or "MODEL" for a
/// positional; `value_name` names the value in the help. Variables must outlive the OptionSet; they keep
/// their value if the option is not given.
class OptionGroup {
 public:
  OptionGroup(OptionSet& options, std::string name) : options_(&options), name_(std::move(name)) {}

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
  OptionRef add_flag(const std::string& names, bool& value, const std::string& description) const;
  /// Flag for which OptionSet::parse returns false.
  void add_help(const std::string& names, const std::string& description) const;

 private:
  template <typename T>
  OptionRef declare_number(const std::string& names, T& value, const std::string& value_name,
                           const std::string& description) const;

  OptionSet* options_;
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

  /// Parses the arguments after the command's name. Returns false if help is requested. Throws Error(usage),
  /// which names the option and what was expected.
  bool parse(std::vector<std::string> arguments);

  /// "nv run MODEL INPUT... [OPTIONS]".
  std::string usage() const;
  std::vector<OptionInfo> declared() const;
  /// Values on the command line, in order, then those of preferences, each with its option; "true" for a
  /// flag.
  std::vector<std::pair<OptionInfo, std::string>> given() const;
  /// Option by its long name without dashes.
  std::optional<OptionRef> find(const std::string& long_name) const;

  /// Adds a function that is called after the command has run; its text is printed as a note unless empty.
  void add_remark(std::function<std::string()> remark) { remarks_.push_back(std::move(remark)); }
  const std::vector<std::function<std::string()>>& remarks() const { return remarks_; }

 private:
  friend class OptionGroup;
  DeclaredOption& add(const std::string& names, const std::string& value_name, const std::string& description,
                      const std::string& group);
  const DeclaredOption* named(const std::string& name) const;
  std::vector<std::string> completed(std::vector<std::string> arguments) const;
  Error refused() const;

  std::string name_, summary_, examples_;
  std::vector<std::function<std::string()>> remarks_;
  std::unique_ptr<CLI::App> app_;
  std::vector<std::unique_ptr<DeclaredOption>> declared_;  ///< in order
};

}  // namespace nv
