// A measure of how good an explanation is, and what it works on. Definitions and defaults of Quantus 0.6
// (Hedstrom 2023, JMLR 24), where Quantus has the measure.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "nv/analysis/explain/method.h"

namespace nv::explain::judge {

/// Choices of a user. The defaults are those of Quantus.
struct Options {
  /// Values that pixel flipping replaces per step; 0: one, but as many for an input of more than 4,096 values
  /// that there are at most 1,024 steps.
  std::int64_t step = 0;
  std::int64_t samples = 200;  ///< noisy inputs of max-sensitivity
  std::uint64_t seed = 0;
};

/// Where the values of an explained input are. Features are numbered channel by channel, row by row, as
/// Quantus flattens them, whatever the order in the tensor.
struct Features {
  std::size_t input = 0;           ///< index in Model::inputs
  std::int64_t height = 1, width;  ///< of an image; else 1 x number of values
  std::int64_t channels = 1;
  bool channels_first = false;
  bool image = false;

  std::int64_t positions() const { return height * width; }
  std::int64_t count() const { return positions() * channels; }
  /// Place in the tensor of feature k.
  std::int64_t place(std::int64_t k) const {
    return channels_first ? k : k % positions() * channels + k / positions();
  }
};

/// One explanation of one input.
struct Case {
  const Method& method;
  const Task& task;  ///< of this input alone
  const Features& features;
  /// The map: a value per feature, or one per position for all channels.
  const std::vector<float>& map;
  const std::vector<float>& other_class;  ///< the same method's map for another class; may be empty
  const std::vector<float>& randomised;   ///< the same for the model with shuffled weights; may be empty
  /// The class's probability for version 0, 1, ... of x; without a class, the explained number itself.
  const std::function<std::vector<double>(std::int64_t versions, const std::function<Tensor(std::int64_t)>&)>&
      scores;
  const Options& options;
  Tensor x;  ///< values of the explained input, no batch axis

  /// Importance of feature k.
  float importance(std::int64_t k) const {
    return map[static_cast<std::size_t>(k % static_cast<std::int64_t>(map.size()))];
  }
};

struct Score {
  double value = 0;
  /// The score after each step, for measures that change the input step by step; `first` is the share of the
  /// input that has changed at the first point (0 or one step), the last is 1.
  std::vector<double> curve = {};
  double first = 0;
};

struct Measure {
  std::string_view name;  ///< key in JSON: "pixel-flipping"
  std::string_view summary;
  std::string_view reference;
  bool higher_is_better = false;
  bool random = false;     ///< depends on the seed
  bool comparable = true;  ///< between methods: false if it depends on the scale of their maps
  bool has_curve = false;  ///< Score::curve is filled in
  /// nullopt where it is not defined: a map of zeros, an input that is no image.
  std::optional<Score> (*run)(const Case& c) = nullptr;
};

/// All measures, in the order of the table.
std::span<const Measure> measures();

}  // namespace nv::explain::judge
