// Choosing among samples: conditions on what their lines say, and an order.
#pragma once

#include <map>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "nv/data/sample_list.h"

namespace nv {

/// A value of a line; nothing where it says null.
using SampleValue = std::variant<std::monostate, bool, double, std::string>;
/// What a line says, by key; what stands deeper by keys joined by a dot ("params.eps"). Lists are left out.
/// "prediction" and "original" mean the class's number and its label, either of them.
using SampleValues = std::map<std::string, SampleValue>;

SampleValues sample_values(const SampleLine& sample);

/// A sample and where it is.
struct ListedSample {
  std::string folder;
  SampleLine line;
  SampleValues values;
};

/// The value as tables show it: "-" for none, the label of a prediction, four digits of a number.
std::string value_text(const SampleValues& values, const std::string& field);

/// FIELD and what it is to be: "method=pgd", "linf<0.1", "id=7_*" (a glob), "survives_png!=true".
class SampleCondition {
 public:
  /// Throws Error(usage), beginning with `option`, for a text without field or comparison, and for one of
  /// <, <=, >, >= with what is no number.
  SampleCondition(const std::string& text, const std::string& option);

  const std::string& field() const { return field_; }
  /// = and != take any field; a value that is not there is equal to nothing and in no order. Throws
  /// Error(usage) where an order is asked of what is no number.
  bool holds(const SampleValues& values) const;

 private:
  enum class Comparison { equal, unequal, less, at_most, greater, at_least };
  bool equals(const SampleValues& values) const;
  bool equals(const SampleValue& value) const;

  std::string option_, text_, field_, value_;
  Comparison comparison_ = Comparison::equal;
  double number_ = 0;
};

/// Throws Error(usage), beginning with `option`, where no line has the field and none may have it by the
/// format of sample lists; the nearest is the hint.
void require_field(const std::string& field, std::span<const SampleValues> samples,
                   const std::string& option);

/// Whether `a` stands before `b` in the order of a field: numbers by size, then text by its bytes, then those
/// that have no such value.
bool stands_before(const SampleValues& a, const SampleValues& b, const std::string& field);

}  // namespace nv
