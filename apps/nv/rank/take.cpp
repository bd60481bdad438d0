#include "rank/take.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "nv/data/npy.h"
#include "nv/report/rank.h"

namespace nv {

namespace {

constexpr const char* subfolder = "taken";
constexpr std::size_t longest_extension = 4;  ///< ".npy"

}  // namespace

void TakenSamples::write(const rank::Ranking& ranking, const InputList& inputs, std::size_t count) {
  const auto taken = ranking.order().first(std::min(count, ranking.inputs().size()));
  for (const std::size_t i : taken)
    (void)folder_.name_of(ranking.inputs()[i].id, subfolder, longest_extension);
  std::string list;
  for (const std::size_t i : taken) {
    const rank::RankedInput& ranked = ranking.inputs()[i];
    const Input input = inputs.load(ranked.input);
    const std::string name = folder_.known_name(ranked.id, subfolder);
    const std::string file = name + ".npy";
    for (const char* extension : {".npy", ".png"}) folder_.replaces(name + extension);
    folder_.write(file, encode_npy(input.tensors[0]));
    Json sample{{"id", ranked.id}, {"file", file}};
    if (input.picture) {
      folder_.write(name + ".png", picture_png(*input.picture));
      sample["picture"] = name + ".png";
    }
    if (ranked.truth) sample["label"] = *ranked.truth;
    sample["origin"] = ranked.file;
    const Json item = ranked_input_json(ranking, i, true);
    for (const char* key : {"preprocess", "prediction", "rank", "scores"}) sample[key] = item[key];
    list += line(sample);
  }
  list_.write(parse_sample_list(list, sample_list_name));
}

}  // namespace nv
