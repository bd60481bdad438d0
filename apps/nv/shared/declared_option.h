// An option and the checks of its values.
#pragma once

#include <charconv>
#include <cmath>
#include <functional>
#include <limits>
#include <string>
#include <vector>

#include "nv/core/error.h"
#include "shared/option_set.h"

namespace CLI {
class Option;
}

namespace nv {

/// An option of CLI11, which splits the command line into options and values; values are parsed here, so that
/// messages are ours.
class DeclaredOption {
 public:
  OptionInfo info;
  CLI::Option* cli = nullptr;
  std::string number;  ///< "a whole number", "a number"; "" for text
  double low = -std::numeric_limits<double>::infinity(), high = std::numeric_limits<double>::infinity();
  bool above_low = false;  ///< `low` itself is not allowed
  bool is_closed = false;  ///< only info.values are allowed
  bool may_be_empty = false, is_repeatable = false, is_preference = false, is_help = false;
  std::vector<std::function<void(const std::string&)>> checks;
  std::function<void(const std::vector<std::string>&)> store;  ///< gets the values, checked

  /// "a whole number from 1 to 1024", "light or dark", "FILE".
  std::string expected() const;
  /// A usage error that begins with the option's name.
  Error error(const std::string& what, const std::string& hint = {}) const;
  [[noreturn]] void refuse(const std::string& value) const;
  /// Throws Error(usage) for values that are not allowed. Numbers are checked by `parse`.
  void check_values(const std::vector<std::string>& values) const;
  template <typename T>
  T parse(const std::string& value) const;

 private:
  void check_value(const std::string& value) const;
};

template <typename T>
T DeclaredOption::parse(const std::string& value) const {
  T parsed = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), parsed);
  const auto as_double = static_cast<double>(parsed);
  if (error != std::errc() || end != value.data() + value.size() || !std::isfinite(as_double) ||
      as_double < low || as_double > high || (above_low && as_double == low))
    refuse(value);
  return parsed;
}

}  // namespace nv
