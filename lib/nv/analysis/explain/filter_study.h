// The channels of a layer that carried a decision: where they look, and what happens without them.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "nv/analysis/explain/method.h"
#include "nv/analysis/prediction.h"

namespace nv::explain {

struct StudyOptions {
  /// The most relevant ones; 0, to freeze: those that speak for the scalar, until the model's class changes.
  std::int64_t channels = 6;
  bool freeze = false;  ///< freeze them, one after the other
};

/// The explained number as a function of the number of frozen channels (their maps are 0).
struct Freezing {
  /// The scalar with the first k channels frozen, k = 0 ...; and the mean over ten random orders of all
  /// channels.
  std::vector<double> values, random_values;
  /// The model's class likewise, as for `values`; nullopt for NaN. Empty if no output is a vector of classes.
  std::vector<std::optional<Prediction>> predictions;
  Tensor map;          ///< relevance of all channels by position, with all frozen: (H, W) of the input
  bool every = false;  ///< every channel of positive relevance is frozen

  /// The least number of frozen channels with another class than the intact model's; nullopt if it stays.
  std::optional<std::size_t> fall() const;
};

struct FilterStudy {
  struct Channel {
    std::int64_t channel = 0;
    double relevance = 0;
    /// Gradient times activation by position, at the input's size: (H, W). Empty beyond the first 8 of those
    /// that were frozen until the class changed.
    Tensor map;
  };
  std::size_t node = 0;
  Tensor map;                     ///< the same, sum over all channels
  std::vector<Channel> channels;  ///< the most relevant ones, in order
  std::optional<Freezing> freezing = {};

  /// Frees all maps; the numbers stay.
  void drop_maps();
};

/// Of item `i` of a task of the method `filters`, with its result. `output`: for the predictions; may be
/// nullptr.
FilterStudy study_filters(const Task& task, std::size_t i, const Explanation& filters,
                          const OutputKind* output, const StudyOptions& options);

}  // namespace nv::explain
