#include "nv/analysis/rank/list.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "nv/core/error.h"
#include "nv/core/text.h"

namespace nv::rank {

std::string_view group_name(Group group) {
  switch (group) {
    case Group::uncertainty:
      return "uncertainty";
    case Group::coverage:
      return "coverage";
    case Group::distance:
      return "distance";
    case Group::similarity:
      return "similarity";
  }
  return "";
}

std::span<const Metric> metrics() {
#define NV_CALL(name) name(),
  static const std::vector<Metric> all{NV_RANK_METRICS(NV_CALL)};
#undef NV_CALL
  return all;
}

std::span<const SettingName> setting_names() {
  static const std::vector<SettingName> all{
      {"nc-threshold",
       "of an activation scaled to 0..1 over its layer",
       0,
       1,
       false,
       [](Settings& s, double v) { s.nc_threshold = v; },
       [](const Settings& s) { return s.nc_threshold; },
       {"nc", "nc-cam"}},
      {"kmnc-sections",
       "sections of the range of a unit",
       1,
       65534,
       true,
       [](Settings& s, double v) { s.kmnc_sections = static_cast<std::int64_t>(v); },
       [](const Settings& s) { return static_cast<double>(s.kmnc_sections); },
       {"kmnc", "kmnc-cam"}},
      {"boundary",
       "standard deviations beyond the range of a unit",
       0,
       100,
       false,
       [](Settings& s, double v) { s.boundary = v; },
       [](const Settings& s) { return s.boundary; },
       {"nbc", "nbc-cam", "snac", "snac-cam"}},
      {"tknc-k",
       "largest activations of a layer",
       1,
       1e6,
       true,
       [](Settings& s, double v) { s.tknc_k = static_cast<std::int64_t>(v); },
       [](const Settings& s) { return static_cast<double>(s.tknc_k); },
       {"tknc", "tknc-cam"}},
      {"lsa-features",
       "most units, those of the largest variance",
       1,
       10000,
       true,
       [](Settings& s, double v) { s.lsa_features = static_cast<std::int64_t>(v); },
       [](const Settings& s) { return static_cast<double>(s.lsa_features); },
       {"lsa"}},
  };
  return all;
}

const SettingName& find_setting(std::string_view name) {
  const auto found = std::ranges::find(setting_names(), name, &SettingName::name);
  if (found != setting_names().end()) return *found;
  std::vector<std::string> known;
  for (const SettingName& s : setting_names()) known.emplace_back(s.name);
  const std::string hint = did_you_mean(name, known);
  throw Error(ErrorKind::usage, fmt::format("no number '{}'", one_line(name)),
              hint.empty() ? "nv rank --list shows them" : hint);
}

void set_number(Settings& settings, std::string_view text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string_view::npos)
    throw Error(ErrorKind::usage, fmt::format("expected NAME=VALUE, got '{}'", one_line(text)),
                "nv rank --list shows the names");
  const SettingName& setting = find_setting(text.substr(0, equals));
  const std::string_view digits = text.substr(equals + 1);
  double value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc() || end != digits.data() + digits.size() || !(value >= setting.least) ||
      !(value <= setting.most) || (setting.whole && value != std::floor(value)))
    throw_usage("{}: expected {} from {:g} to {:g}, got '{}'", setting.name,
                setting.whole ? "a whole number" : "a number", setting.least, setting.most, one_line(digits));
  setting.set(settings, value);
}

std::vector<const Metric*> parse_metrics(std::string_view names) {
  std::vector<const Metric*> chosen;
  for (const std::string& part : split(names, ',')) {
    const std::string_view name = trim(part);
    const auto found = std::ranges::find(metrics(), name, &Metric::name);
    if (found == metrics().end()) {
      std::vector<std::string> known;
      for (const Metric& m : metrics()) known.emplace_back(m.name);
      const std::string hint = did_you_mean(name, known);
      throw Error(ErrorKind::usage, fmt::format("no metric '{}'", one_line(name)),
                  hint.empty() ? "nv rank --list shows them" : hint);
    }
    if (std::ranges::find(chosen, &*found) != chosen.end())
      throw Error(ErrorKind::usage, fmt::format("the metric {} is given twice", name));
    chosen.push_back(&*found);
  }
  return chosen;
}

}  // namespace nv::rank
