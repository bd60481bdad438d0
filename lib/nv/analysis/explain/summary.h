// What a map says, in numbers and words.
#pragma once

#include <string>
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

/// "half of it on 6 % of the pixels, most (31 %) at the top left": where the largest values are that make up
/// half of the positive sum, and the ninth of the image with the largest share of that sum. Of a relative
/// map, of what exceeds its least value. "no value is positive" if that is so.
std::string in_words(PositionMap map);

/// What an explanation says in one line: in_words of its map; the first channels, as `nv mutate --freeze`
/// takes them, for a table of channels; else the values of the largest magnitude.
std::string words(const Explanation& explanation, const Model& model, const Structure& structure);

}  // namespace nv::explain
