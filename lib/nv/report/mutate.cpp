#include "nv/report/mutate.h"

#include <nlohmann/json.hpp>

namespace nv {

Json mutation_json(const Mutation& m) {
  Json json{{"op", m.op}, {"layer", m.layer}};
  if (!m.filters.empty()) json["filters"] = m.filters;
  if (!m.as.empty()) json["as"] = m.as;
  if (!m.activation.empty()) json["activation"] = m.activation;
  for (const auto& [name, value] : m.parameters) json[name] = number(value);
  if (m.op != "freeze") json["seed"] = m.seed;
  return json;
}

Json filter_importances_json(std::span<const FilterImportance> filters) {
  Json list = Json::array();
  for (const FilterImportance& f : filters)
    list.push_back({{"path", f.path},
                    {"channel", f.channel},
                    {"changed", f.changed},
                    {"score_change", number(f.score_change)}});
  return list;
}

Json mutation_score_json(const MutationScore& score, std::span<const std::string> ids) {
  Json json{{"mutants", Json::array()}, {"killers", Json::array()}};
  for (const MutantResult& m : score.mutants)
    json["mutants"].push_back({{"mutation", mutation_json(m.mutation)},
                               {"killed", m.killed()},
                               {"killed_classes", m.killed_classes},
                               {"error_rate", number(m.error_rate)},
                               {"changed", m.changed}});
  for (const auto& [input, kills] : score.killers)
    json["killers"].push_back({{"id", ids[input]}, {"kills", kills}});
  json["summary"] = {{"mutants", score.mutants.size()},
                     {"killed", score.killed()},
                     {"mutation_score", number(score.score)},
                     {"inputs", ids.size()}};
  return json;
}

}  // namespace nv
