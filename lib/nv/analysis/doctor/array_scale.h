// The scale that arrays of pictures seem to have, by the range of their numbers.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "nv/core/tensor.h"
#include "nv/data/preprocess.h"

namespace nv::doctor {

/// How arrays of pictures were scaled, estimated from the range of their numbers.
struct ArrayScale {
  Preprocess preprocess;  ///< makes such numbers of pictures
  std::string range;      ///< "0..1"
  /// What seems to have been done to them that no model is trained with: "divided by 255 twice"; else "".
  std::string mistake = {};
  bool guessed = false;  ///< no usual scale: the least number is taken for black, the greatest for white
};

/// nullopt for numbers that are not finite, are all the same, or have an unusual range in less than 8 arrays.
/// `arrays`: of the shape of `spec`, which has 1 or 3 channels.
std::optional<ArrayScale> array_scale(std::span<const Tensor> arrays, const InputSpec& spec);

/// How a number of pictures preprocessed as `from` becomes that of `to`: "255 x", "0.5 x + 0.5"; "" if
/// channels differ.
std::string conversion(const Preprocess& from, const Preprocess& to, std::int64_t channels);

}  // namespace nv::doctor
