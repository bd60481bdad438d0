#include "explain/explained.h"

#include <algorithm>
#include <numeric>

#include "explain/top_patches.h"
#include "nv/core/text.h"
#include "nv/report/json.h"

namespace nv {

namespace judge = explain::judge;

namespace {

constexpr const char* patches_summary = "the patches of the inputs that excite --channel of --layer most";
constexpr const char* patches_reference = "Zeiler & Fergus 2014, arXiv:1311.2901; Zhou 2015, arXiv:1412.6856";

}  // namespace

void ChannelRanking::add(const explain::Explanation& explanation) {
  for (const explain::ChannelRelevance& c : explanation.channels) {
    const auto channel = static_cast<std::size_t>(c.channel);
    if (channel >= sums_.size()) sums_.resize(channel + 1);
    sums_[channel] += c.relevance;
  }
}

std::string ChannelRanking::take(std::int64_t count, const std::string& layer) const {
  std::vector<std::size_t> order(sums_.size());
  std::iota(order.begin(), order.end(), 0);
  std::ranges::stable_sort(order, std::greater<>(), [&](std::size_t c) { return sums_[c]; });
  std::string list;
  for (std::size_t k = 0; k < std::min(order.size(), static_cast<std::size_t>(count)); ++k)
    list += fmt::format("{}{}", k == 0 ? layer + ":" : ",", order[k]);
  return list;
}

std::string fall_text(const explain::FilterStudy& study, const std::vector<std::string>& labels) {
  const explain::Freezing& f = *study.freezing;
  const auto name = [&](std::size_t n) {
    return f.predictions[n] ? one_line(class_label(f.predictions[n]->index, labels)) : std::string("NaN");
  };
  const std::size_t last = f.values.size() - 1;
  const std::optional<std::size_t> fall = f.predictions.empty() ? std::nullopt : f.fall();
  const std::string value = fmt::format("{:.3g} → {:.3g}", f.values.front(), f.values[fall.value_or(last)]);
  if (f.predictions.empty()) return value;
  if (fall)
    return fmt::format("{}, label {} → {} with {} frozen", value, name(0), name(*fall),
                       counted(static_cast<long long>(*fall), "channel"));
  return fmt::format("{}, label {} stays with {} frozen", value, name(0),
                     counted(static_cast<long long>(last), "channel"));
}

std::string method_list_text(const Console& console) {
  std::string text;
  for (const explain::Method& m : explain::methods()) {
    text +=
        fmt::format("{}  {}\n    {}\n", console.bold(fmt::format("{:<20}", m.name)), m.summary, m.reference);
    for (const explain::Parameter& p : m.parameters)
      text += fmt::format("    --set {}={:g}  {}\n", p.name, p.value, p.meaning);
    if (m.smooths) text += "    --set base=gradient  method that is smoothed\n";
  }
  text += fmt::format("{}  {}\n    {}\n", console.bold(fmt::format("{:<20}", TopPatches::method)),
                      patches_summary, patches_reference);
  text += "\nMeasures of --judge, as Quantus defines them where it has them:\n";
  for (const judge::Measure& m : judge::measures())
    text += fmt::format("{}  {} ({} is better)\n    {}\n", console.bold(fmt::format("{:<20}", m.name)),
                        m.summary, m.higher_is_better ? "more" : "less", m.reference);
  return text;
}

Json method_list_json() {
  Json json{{"schema", schema_id("explain-list")}, {"methods", Json::array()}, {"measures", Json::array()}};
  for (const explain::Method& m : explain::methods()) {
    Json method{{"name", m.name}, {"summary", m.summary}, {"reference", m.reference}, {"random", m.random}};
    method["parameters"] = Json::array();
    for (const explain::Parameter& p : m.parameters)
      method["parameters"].push_back({{"name", p.name},
                                      {"meaning", p.meaning},
                                      {"default", number(p.value)},
                                      {"least", number(p.least)},
                                      {"most", number(p.most)},
                                      {"whole", p.whole}});
    if (m.smooths)
      method["parameters"].push_back(
          {{"name", "base"}, {"meaning", "method that is smoothed"}, {"default", "gradient"}});
    json["methods"].push_back(std::move(method));
  }
  json["methods"].push_back({{"name", TopPatches::method},
                             {"summary", patches_summary},
                             {"reference", patches_reference},
                             {"random", false},
                             {"parameters", Json::array()}});
  for (const judge::Measure& m : judge::measures())
    json["measures"].push_back({{"name", m.name},
                                {"summary", m.summary},
                                {"reference", m.reference},
                                {"higher_is_better", m.higher_is_better},
                                {"random", m.random}});
  return json;
}

}  // namespace nv
