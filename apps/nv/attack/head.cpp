// The head of an attack: what its results depend on.
#include <filesystem>
#include <nlohmann/json.hpp>

#include "attack/attack.h"
#include "nv/core/file.h"
#include "nv/core/sha256.h"
#include "nv/core/text.h"
#include "nv/report/attack.h"

namespace nv {

Json Attack::request(const Model& model, const InputList& all, const std::vector<std::int64_t>& truth) const {
  std::string ids;
  for (std::size_t i = 0; i < all.size(); ++i)
    ids += fmt::format("{}\t{}\t{}\n", all[i].id, all[i].file, truth.empty() ? -1 : truth[i]);
  const auto hash_of = [](const std::string& file) {  // a pipe cannot be read twice
    return std::filesystem::is_regular_file(file) ? sha256(read_file(file)) : "";
  };
  return {{"model", hash_of(model_)},
          {"weights", weights_file_.empty() ? "" : hash_of(weights_file_)},
          {"inputs", {{"count", all.size()}, {"names", sha256(std::as_bytes(std::span(ids)))}}},
          {"preprocess", describe_scale(input_flags_.preprocess(model))},
          {"labels", labels_.size()},
          {"models", attack_options_.models},
          {"keep", keep_}};
}

/// All that results depend on, which must be equal to resume a run or to join shards, and for a folder how
/// its pictures are drawn.
Json Attack::head(const Model& model, const std::vector<AttackPlan>& plans, const InputList& all,
                  const std::vector<std::int64_t>& truth) {
  Json json{{"schema", schema_id("attack")}, {"model", {{"file", model.file}, {"name", model.name}}}};
  json["defaults"] = defaults_.file.empty() ? Json(nullptr) : Json(defaults_.file);
  if (shard_) json["shard"] = fmt::format("{}/{}", shard_->first + 1, shard_->second);
  if (!transfer_.empty()) json["transfer"] = files_of(transfer_);
  // Without a folder there is nothing to resume or join.
  if (!output_.empty()) {
    json["request"] = request(model, all, truth);
    json["pictures"] = picture_options_.json();
    json["pictures"]["command"] = style_.command;
    json["pictures"]["source"] = fingerprints_.of(model_);
  }
  json["runs"] = Json::array();
  for (const AttackPlan& plan : plans) {
    Json run{{"method", plan.method.name}, {"params", attack_params_json(plan.settings)}};
    if (!plan.curve.empty()) run["curve"] = plan.curve;
    json["runs"].push_back(std::move(run));
  }
  return json;
}

}  // namespace nv
