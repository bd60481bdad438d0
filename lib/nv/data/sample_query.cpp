#include "nv/data/sample_query.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>

#include "nv/core/error.h"
#include "nv/core/text.h"

namespace nv {

namespace {

using Json = nlohmann::json;

constexpr const char* usual_fields[] = {"id",     "file",   "picture",     "sheet",    "label",
                                        "origin", "method", "preprocess",  "original", "prediction",
                                        "l2",     "linf",   "survives_png"};

void flatten(const Json& json, const std::string& path, SampleValues& values) {
  if (json.is_object()) {
    for (const auto& [key, part] : json.items())
      flatten(part, path.empty() ? key : fmt::format("{}.{}", path, key), values);
    return;
  }
  if (json.is_array()) return;
  SampleValue& value = values[path];
  if (json.is_boolean()) value = json.get<bool>();
  if (json.is_number()) value = json.get<double>();
  if (json.is_string()) value = json.get<std::string>();
}

/// NaN and infinities, which are strings in JSON.
std::optional<double> named_number(std::string_view text) {
  if (text == "NaN") return std::numeric_limits<double>::quiet_NaN();
  if (text == "Infinity") return std::numeric_limits<double>::infinity();
  if (text == "-Infinity") return -std::numeric_limits<double>::infinity();
  return std::nullopt;
}

/// The whole text as a number.
std::optional<double> parsed_number(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc() && end == text.data() + text.size() && std::isfinite(value)) return value;
  return named_number(text);
}

std::optional<double> number_of(const SampleValue& value) {
  if (const auto* number = std::get_if<double>(&value)) return *number;
  if (const auto* text = std::get_if<std::string>(&value)) return named_number(*text);
  return std::nullopt;
}

/// Values of a field: its own, and the label and number of a prediction.
std::vector<const SampleValue*> found(const SampleValues& values, const std::string& field) {
  std::vector<const SampleValue*> list;
  for (const char* part : {"", ".label", ".index"})
    if (const auto at = values.find(field + part); at != values.end()) list.push_back(&at->second);
  return list;
}

}  // namespace

SampleValues sample_values(const SampleLine& sample) {
  SampleValues values;
  const Json json = Json::parse(sample.text, nullptr, false);
  if (!json.is_discarded()) flatten(json, "", values);
  return values;
}

std::string value_text(const SampleValues& values, const std::string& field) {
  const std::vector<const SampleValue*> list = found(values, field);
  if (list.empty()) return "-";
  struct Writer {
    std::string operator()(std::monostate) const { return "-"; }
    std::string operator()(bool value) const { return value ? "yes" : "no"; }
    std::string operator()(double value) const {
      const bool whole = value == std::floor(value) && std::abs(value) < 1e15;
      return whole ? fmt::format("{:.0f}", value) : fmt::format("{:.4g}", value);
    }
    std::string operator()(const std::string& value) const { return one_line(value); }
  };
  return std::visit(Writer{}, *list[0]);
}

SampleCondition::SampleCondition(const std::string& text, const std::string& option)
    : option_(option), text_(one_line(text)) {
  const std::size_t at = text.find_first_of("=!<>");
  const std::size_t end = at == std::string::npos ? at : text.find_first_not_of("=!<>", at);
  const std::string sign = at == std::string::npos ? "" : text.substr(at, end - at);
  constexpr std::pair<std::string_view, Comparison> signs[] = {
      {"=", Comparison::equal},    {"==", Comparison::equal},   {"!=", Comparison::unequal},
      {"<", Comparison::less},     {"<=", Comparison::at_most}, {">", Comparison::greater},
      {">=", Comparison::at_least}};
  const auto* known = std::ranges::find(signs, sign, &std::pair<std::string_view, Comparison>::first);
  field_ = trim(text.substr(0, at));
  if (known == std::end(signs) || field_.empty())
    throw Error(ErrorKind::usage, fmt::format("{}: expected a condition, got '{}'", option, text_),
                "method=pgd, 'linf<0.1', label!=7, 'id=7_*'");
  comparison_ = known->second;
  value_ = end == std::string::npos ? "" : trim(text.substr(end));
  if (comparison_ == Comparison::equal || comparison_ == Comparison::unequal) return;
  const std::optional<double> number = parsed_number(value_);
  if (!number) throw_usage("{}: {}: expected a number, got '{}'", option, text_, one_line(value_));
  number_ = *number;
}

bool SampleCondition::equals(const SampleValue& value) const {
  if (const auto number = number_of(value)) {
    const auto wanted = parsed_number(value_);
    return wanted && (*number == *wanted || (std::isnan(*number) && std::isnan(*wanted)));
  }
  if (const auto* flag = std::get_if<bool>(&value)) return value_ == (*flag ? "true" : "false");
  if (const auto* text = std::get_if<std::string>(&value))
    return *text == value_ || glob_match(value_, *text);
  return value_ == "null";
}

bool SampleCondition::equals(const SampleValues& values) const {
  return std::ranges::any_of(found(values, field_), [this](const SampleValue* v) { return equals(*v); });
}

bool SampleCondition::holds(const SampleValues& values) const {
  if (comparison_ == Comparison::equal) return equals(values);
  if (comparison_ == Comparison::unequal) return !equals(values);
  const auto at = values.find(field_);
  if (at == values.end() && values.contains(field_ + ".index"))
    throw Error(ErrorKind::usage,
                fmt::format("{}: {}: {} is a class, which has no order", option_, text_, field_),
                fmt::format("= and != compare it; {0}.index and {0}.score are numbers", field_));
  if (at == values.end() || std::holds_alternative<std::monostate>(at->second)) return false;
  const std::optional<double> number = number_of(at->second);
  if (!number)
    throw Error(ErrorKind::usage, fmt::format("{}: {}: {} is not a number", option_, text_, field_),
                "= and != compare it");
  switch (comparison_) {
    case Comparison::less:
      return *number < number_;
    case Comparison::at_most:
      return *number <= number_;
    case Comparison::greater:
      return *number > number_;
    default:
      return *number >= number_;
  }
}

namespace {

/// Fields whose value is a class.
constexpr const char* class_fields[] = {"label", "original", "prediction"};

/// Names of classes by number, from the predictions in the lines. A class without a name has its number as
/// label.
std::map<double, std::string> names_in(std::span<const SampleValues> samples) {
  std::map<double, std::string> names;
  for (const SampleValues& values : samples)
    for (const std::string field : {"original", "prediction"}) {
      const auto index = values.find(field + ".index"), label = values.find(field + ".label");
      if (index == values.end() || label == values.end()) continue;
      const auto* const number = std::get_if<double>(&index->second);
      const auto* const name = std::get_if<std::string>(&label->second);
      if (number != nullptr && name != nullptr && *name != fmt::format("{}", *number)) names[*number] = *name;
    }
  return names;
}

}  // namespace

void name_classes(std::span<SampleValues> samples, std::span<const std::string> names) {
  std::map<double, std::string> known;
  if (names.empty()) known = names_in(samples);
  for (std::size_t i = 0; i < names.size(); ++i) known[static_cast<double>(i)] = names[i];
  for (SampleValues& values : samples) {
    const auto label = values.find("label");
    if (label == values.end()) continue;
    const auto* const number = std::get_if<double>(&label->second);
    const auto name = number == nullptr ? known.end() : known.find(*number);
    if (name == known.end()) continue;
    values["label.index"] = *number;  // sorted by number
    values["label.label"] = name->second;
  }
}

void require_class(const SampleCondition& condition, std::span<const SampleValues> samples,
                   std::span<const std::string> names, const std::string& option) {
  const std::string& value = condition.value();
  if (std::ranges::find(class_fields, condition.field()) == std::end(class_fields) || is_glob(value) ||
      parsed_number(value) || value == "null")
    return;
  std::set<std::string> known(names.begin(), names.end());
  for (const auto& named : names_in(samples)) known.insert(named.second);
  if (known.contains(value)) return;
  const std::vector<std::string> all(known.begin(), known.end());
  std::string hint = did_you_mean(value, all);
  if (all.empty())
    hint = "the samples have no names of classes: give them by --labels, or the class by number";
  if (hint.empty())
    hint = fmt::format("{}: {}",
                       names.empty() ? "in the lists (--labels FILE gives all names)" : "the classes are",
                       shortened(fmt::format("{}", fmt::join(all, ", ")), 200));
  throw Error(ErrorKind::usage,
              fmt::format("{}: {}: no class '{}'", option, condition.text(), one_line(value)), hint);
}

std::vector<std::string> sample_fields() {
  return {std::begin(usual_fields), std::end(usual_fields)};
}

void require_field(const std::string& field, std::span<const SampleValues> samples,
                   const std::string& option) {
  std::set<std::string> known(std::begin(usual_fields), std::end(usual_fields));
  for (const SampleValues& values : samples)
    for (const auto& value : values) known.insert(value.first);
  if (known.contains(field)) return;
  const std::vector<std::string> names(known.begin(), known.end());
  const std::string near = did_you_mean(field, names);
  throw Error(ErrorKind::usage, fmt::format("{}: samples have no field '{}'", option, one_line(field)),
              near.empty() ? fmt::format("{}", fmt::join(usual_fields, ", ")) : near);
}

bool stands_before(const SampleValues& a, const SampleValues& b, const std::string& field) {
  struct Key {
    int kind = 2;  // 0 number, 1 text, 2 nothing
    double number = 0;
    std::string text;
  };
  const auto key_of = [&field](const SampleValues& values) {
    Key key;
    const std::vector<const SampleValue*> list = found(values, field);
    if (list.empty()) return key;
    const SampleValue& value = *list.back();  // for a prediction, the number of its class
    const auto number = number_of(value);
    if (number && !std::isnan(*number)) return Key{0, *number, ""};
    if (const auto* flag = std::get_if<bool>(&value)) return Key{0, *flag ? 1.0 : 0.0, ""};
    if (const auto* text = std::get_if<std::string>(&value); text != nullptr && !number)
      return Key{1, 0, *text};
    return key;
  };
  const Key x = key_of(a), y = key_of(b);
  if (x.kind != y.kind) return x.kind < y.kind;
  return x.kind == 0 ? x.number < y.number : x.text < y.text;
}

}  // namespace nv
