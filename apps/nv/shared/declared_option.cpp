#include "shared/declared_option.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <array>

#include "nv/core/text.h"
#include "shared/for_option.h"

namespace nv {

namespace {

/// "a, b or c".
std::string alternatives(const std::vector<std::string>& names) {
  if (names.size() < 2) return names.empty() ? "" : names[0];
  return fmt::format("{} or {}", fmt::join(names.begin(), names.end() - 1, ", "), names.back());
}

std::string range_text(const DeclaredOption& o) {
  if (o.above_low) return fmt::format("above {}", o.low);
  if (!std::isfinite(o.low)) return "";
  return std::isfinite(o.high) ? fmt::format("{} to {}", o.low, o.high) : fmt::format("{} or more", o.low);
}

}  // namespace

Error DeclaredOption::error(const std::string& what, const std::string& hint) const {
  return {ErrorKind::usage, fmt::format("{}: {}", info.name(), what), hint};
}

std::string DeclaredOption::expected() const {
  if (is_closed)
    return info.is_list ? fmt::format("a list of {}", fmt::join(info.values, ", "))
                        : alternatives(info.values);
  if (number.empty()) return info.value_name;
  const std::string limits = range_text(*this);
  if (limits.empty()) return number;
  return number + (above_low ? " " : std::isfinite(high) ? " from " : " of ") + limits;
}

void DeclaredOption::refuse(const std::string& value) const {
  const std::string near = is_closed ? did_you_mean(value, info.values) : "";
  throw error(fmt::format("expected {}, got '{}'", expected(), one_line(value)), near);
}

void DeclaredOption::check_value(const std::string& value) const {
  if (value.empty() && !may_be_empty) refuse(value);
  if (is_closed) {
    const std::vector<std::string> parts = info.is_list ? split(value, ',') : std::vector{value};
    for (const std::string& part : parts)
      if (std::ranges::find(info.values, trim(part)) == info.values.end()) refuse(part);
  }
  for (const auto& check : checks) for_option(info.name(), [&] { check(value); });
}

void DeclaredOption::check_values(const std::vector<std::string>& values) const {
  if (info.is_flag) {
    if (const std::string& value = values.back(); value != "true" && value != "false")
      throw error(fmt::format("expected no value, got '{}'", one_line(value)));
    return;
  }
  if (values.size() > 1 && !is_repeatable)
    throw error(fmt::format("expected once, given {} times", values.size()));
  for (const std::string& value : values) check_value(value);
}

const std::string& OptionInfo::name() const {
  const auto at = std::ranges::find_if(names, [](const std::string& name) { return name.starts_with("--"); });
  return at == names.end() ? names.front() : *at;
}

std::string OptionInfo::text() const {
  std::vector<std::string> notes;
  if (!limits.empty()) notes.push_back(limits);
  if (!default_value.empty()) notes.push_back("default: " + default_value);
  const std::string listed =
      values.empty() || !values_in_help
          ? ""
          : fmt::format(": {}{}", fmt::join(values, ", "), is_list ? "; comma-separated" : "");
  return description + listed + (notes.empty() ? "" : fmt::format(" ({})", fmt::join(notes, "; ")));
}

bool OptionInfo::names_files() const {
  if (is_positional) return true;
  return std::ranges::any_of(std::array{"FILE", "DIR", "MODEL", "SOURCE", "WHAT"},
                             [this](const char* word) { return value_name.starts_with(word); });
}

OptionRef OptionRef::required() const {
  option_->info.is_required = true;
  return *this;
}

OptionRef OptionRef::one_of(std::vector<std::string> values) const {
  option_->is_closed = true;
  return shows(std::move(values));
}

OptionRef OptionRef::list_of(std::vector<std::string> values) const {
  option_->info.is_list = true;
  return one_of(std::move(values));
}

OptionRef OptionRef::shows(std::vector<std::string> values) const {
  option_->info.values = std::move(values);
  return *this;
}

OptionRef OptionRef::suggests(std::vector<std::string> values) const {
  option_->info.values_in_help = false;
  return shows(std::move(values));
}

OptionRef OptionRef::suggests_list(std::vector<std::string> values) const {
  option_->info.is_list = true;
  return suggests(std::move(values));
}

OptionRef OptionRef::range(double low, double high) const {
  option_->low = low;
  option_->high = high;
  option_->info.limits = range_text(*option_);
  return *this;
}

OptionRef OptionRef::at_least(double low) const {
  return range(low, std::numeric_limits<double>::infinity());
}

OptionRef OptionRef::positive() const {
  option_->low = 0;
  option_->above_low = true;
  option_->info.limits = range_text(*option_);
  return *this;
}

OptionRef OptionRef::check(std::function<void(const std::string&)> check) const {
  option_->checks.push_back(std::move(check));
  return *this;
}

OptionRef OptionRef::default_value(std::string text) const {
  option_->info.default_value = std::move(text);
  return *this;
}

OptionRef OptionRef::may_be_empty() const {
  option_->may_be_empty = true;
  return *this;
}

}  // namespace nv
