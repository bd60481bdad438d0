// Statistics of a node's output by channel, over many inputs.
#pragma once

#include <cstdint>
#include <vector>

#include "nv/core/tensor.h"

namespace nv::doctor {

/// Over all positions and inputs. Values that are not finite are only counted.
class ChannelSums {
 public:
  /// Adds outputs, batch first.
  void add(const Tensor& outputs, bool channels_first);

  std::int64_t channels() const { return static_cast<std::int64_t>(channels_.size()); }
  std::int64_t not_finite() const { return not_finite_; }
  /// Inputs with a value that is not finite.
  std::int64_t bad_inputs() const { return bad_inputs_; }
  double mean(std::int64_t channel) const;
  double variance(std::int64_t channel) const;
  /// Whether all values of the channel are the same.
  bool constant(std::int64_t channel) const;
  float greatest(std::int64_t channel) const { return at(channel).greatest; }
  /// Whether all values are zero.
  bool zero(std::int64_t channel) const;

 private:
  struct Channel {
    std::int64_t count = 0;
    float least = 0, greatest = 0;
    double first = 0;             ///< the first value, from which the others are counted
    double sum = 0, squares = 0;  ///< of the differences
  };
  const Channel& at(std::int64_t channel) const { return channels_[static_cast<std::size_t>(channel)]; }
  void add(Channel& channel, float value);

  std::vector<Channel> channels_;
  std::int64_t not_finite_ = 0, bad_inputs_ = 0;
};

}  // namespace nv::doctor
