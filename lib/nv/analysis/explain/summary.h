// What a map says, in numbers and words.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "nv/analysis/explain/method.h"

namespace nv::explain {

/// A map over the positions of an image.
struct PositionMap {
  std::int64_t height = 0, width = 0;
  std::vector<float> values;  ///< row by row
  bool relative = false;      ///< Explanation::relative
};
/// Over input `port` of the model: a map (H, W), which is of the first image input, as it is; one of the
/// input's shape summed over its channels. Empty if the explanation has no such map.
PositionMap position_map(const Explanation& explanation, std::size_t port, const Model& model,
                         const Structure& structure);
/// Over the first input of the model that has one.
PositionMap position_map(const Explanation& explanation, const Model& model, const Structure& structure);

/// Where the positive values of a map are; of a relative map, what exceeds its least value.
struct MapSummary {
  double half_on = 0;  ///< share of the positions whose values, the largest first, make up half of the sum
  std::string_view region;  ///< the ninth of the image with most of the sum: "top left", "centre"
  double in_region = 0;     ///< its share of the sum
  bool relative = false;
};
/// nullopt if no value is positive.
std::optional<MapSummary> summary_of(PositionMap map);

/// "half of it on 6 % of the pixels, most (31 %) at the top left"; "no value is positive" if that is so.
std::string in_words(const PositionMap& map);
/// The same for a narrow place: "half on 6 %", "top left 31 %".
std::vector<std::string> in_short_words(const PositionMap& map);

/// "block4_relu3": the layer whose maps were used for input `port` of the model; "" for none.
std::string layer_text(const Explanation& explanation, std::size_t port, const Model& model);

/// What an explanation says in one line: in_words of its maps, and the layer they are of; the first channels,
/// as `nv mutate --freeze` takes them, for a table of channels; else the values of the largest magnitude.
std::string words(const Explanation& explanation, const Model& model, const Structure& structure);

}  // namespace nv::explain
