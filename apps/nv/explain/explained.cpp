#include "explain/explained.h"

#include <algorithm>

#include "explain/top_patches.h"
#include "nv/analysis/explain/summary.h"
#include "nv/core/text.h"
#include "nv/report/json.h"

namespace nv {

namespace judge = explain::judge;

namespace {

constexpr const char* patches_summary = "the patches of the inputs that excite --channel of --layer most";
constexpr const char* patches_reference = "Zeiler & Fergus 2014, arXiv:1311.2901; Zhou 2015, arXiv:1412.6856";

}  // namespace

std::vector<std::vector<InputMap>> input_maps(const std::vector<explain::Answer>& answers, const Model& model,
                                              const Structure& structure) {
  std::vector<std::vector<InputMap>> all(answers.size());
  if (model.inputs.size() < 2) return all;
  for (std::size_t k = 0; k < answers.size(); ++k)
    for (std::size_t p = 0; p < model.inputs.size(); ++p) {
      const explain::Explanation& e = answers[k].explanation;
      const explain::PositionMap map = explain::position_map(e, p, model, structure);
      if (!map.values.empty())
        all[k].push_back({p, explain::in_words(map), explain::layer_text(e, p, model), ""});
    }
  return all;
}

namespace {

/// "conv2:4,0,7": the first `count` channels, of more than `most` not all.
std::string channels_text(const explain::FilterStudy& study, std::size_t count, const Model& model) {
  constexpr std::size_t most = 24;
  std::string list = one_line(model.nodes[study.node].path) + ":";
  for (std::size_t k = 0; k < std::min(count, most); ++k)
    list += fmt::format("{}{}", k == 0 ? "" : ",", study.channels[k].channel);
  return list + (count > most ? ",…" : "");
}

}  // namespace

std::string fall_text(const explain::FilterStudy& study, const Model& model,
                      const std::vector<std::string>& labels) {
  const explain::Freezing& f = *study.freezing;
  std::size_t last = f.values.size() - 1;
  if (last == 0) return fmt::format("no channel of {} speaks for it", one_line(model.nodes[study.node].path));
  const auto name = [&](std::size_t n) {
    return f.predictions[n] ? one_line(class_label(f.predictions[n]->index, labels)) : std::string("NaN");
  };
  bool falls = false;
  if (const auto fall = f.fall()) {
    falls = true;
    last = *fall;
  }
  std::string label;
  if (!f.predictions.empty())
    label = falls ? fmt::format(", label {} → {}", name(0), name(last))
                  : fmt::format(", label {} stays", name(0));
  return fmt::format("{:.3g} → {:.3g}{} with {}{}{} frozen: {}", f.values.front(), f.values[last], label,
                     f.every ? "all " : "", counted(static_cast<long long>(last), "channel"),
                     f.every ? " that speak for it" : "", channels_text(study, last, model));
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
