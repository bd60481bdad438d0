// Filtering and sorting samples by the fields of their lines.
#pragma once

#include <map>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "nv/data/sample_list.h"

namespace nv {

/// The value of a field; monostate for null.
using SampleValue = std::variant<std::monostate, bool, double, std::string>;
/// The fields of a line by key; nested ones by keys joined by dots ("params.eps"). Lists are left out. As
/// fields, "prediction" and "original" stand for the class's number and its label.
using SampleValues = std::map<std::string, SampleValue>;

/// Parses the fields of a line.
SampleValues sample_values(const SampleLine& sample);

/// A sample and its folder.
struct ListedSample {
  std::string folder;
  SampleLine line;
  SampleValues values;
};

/// A value as text for tables: "-" for none, the label of a prediction, four significant digits of a number.
std::string value_text(const SampleValues& values, const std::string& field);

/// A condition on a field: "method=pgd", "linf<0.1", "id=7_*" (a glob), "survives_png!=true".
class SampleCondition {
 public:
  /// Throws Error(usage), beginning with `option`, for a text without field or comparison, and for <, <=, >,
  /// >= with something other than a number.
  SampleCondition(const std::string& text, const std::string& option);

  const std::string& text() const { return text_; }
  const std::string& field() const { return field_; }
  const std::string& value() const { return value_; }
  /// Whether the condition holds. A missing value is equal to nothing and neither less nor greater. Throws
  /// Error(usage) if an ordering is applied to a value that is not a number.
  bool holds(const SampleValues& values) const;

 private:
  enum class Comparison { equal, unequal, less, at_most, greater, at_least };
  bool equals(const SampleValues& values) const;
  bool equals(const SampleValue& value) const;

  std::string option_, text_, field_, value_;
  Comparison comparison_ = Comparison::equal;
  double number_ = 0;
};

/// Gives each line the name of its class as field "label.label": from `names` by number (empty for none),
/// else as other fields of the lines name that class.
void name_classes(std::span<SampleValues> samples, std::span<const std::string> names);
/// Throws Error(usage), beginning with `option`, if a condition compares a class with a name that is neither
/// in `names` nor in a line. Similar names are the hint.
void require_class(const SampleCondition& condition, std::span<const SampleValues> samples,
                   std::span<const std::string> names, const std::string& option);

/// The fields that lines of nv attack have.
std::vector<std::string> sample_fields();

/// Throws Error(usage), beginning with `option`, for a field that no line has and that is not in the format
/// of sample lists; similar fields are the hint.
void require_field(const std::string& field, std::span<const SampleValues> samples,
                   const std::string& option);

/// Whether `a` comes before `b` when sorted by a field: numbers by size, then text by its bytes, then missing
/// values.
bool stands_before(const SampleValues& a, const SampleValues& b, const std::string& field);

}  // namespace nv
