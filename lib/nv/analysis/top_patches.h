// The inputs that excite a channel of a layer most, and where (Zeiler & Fergus 2014, Zhou 2015).
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "nv/core/tensor.h"

namespace nv {

/// A unit of the channel: its largest value in an input.
struct TopUnit {
  std::size_t input = 0;             ///< index of the input
  std::int64_t row = 0, column = 0;  ///< 0 where the layer gives a vector
  float value = 0;
};

/// Keeps the `most` largest units, one per input, of any number of inputs; of equal ones, the input and the
/// position that came first. NaN counts as no value.
class TopUnits {
 public:
  /// `unit`: only this row and column instead of each map's largest value.
  TopUnits(std::size_t most, std::int64_t channel, std::optional<std::array<std::int64_t, 2>> unit = {});

  /// `item`: the layer's output for an input: (H, W, C), (C, H, W) if `channels_first`, or a vector. Throws
  /// Error(usage) for a channel or unit that it does not have, and a layer of another rank.
  void add(std::size_t input, const Tensor& item, bool channels_first);

  const std::vector<TopUnit>& best() const { return best_; }  ///< largest first

 private:
  std::optional<TopUnit> largest(std::size_t input, const Tensor& item, bool channels_first) const;

  std::size_t most_;
  std::int64_t channel_;
  std::optional<std::array<std::int64_t, 2>> unit_;
  std::vector<TopUnit> best_;
};

}  // namespace nv
