#include "nv/analysis/doctor/channel_sums.h"

#include <algorithm>
#include <cmath>

#include "nv/analysis/statistics.h"

namespace nv::doctor {

void ChannelSums::add(Channel& c, float value) {
  if (c.count == 0) {
    c.least = c.greatest = value;
    c.first = static_cast<double>(value);
  }
  ++c.count;
  c.least = std::min(c.least, value);
  c.greatest = std::max(c.greatest, value);
  const double difference = static_cast<double>(value) - c.first;
  c.sum += difference;
  c.squares += difference * difference;
}

void ChannelSums::add(const Tensor& outputs, bool channels_first) {
  const Shape item = outputs.shape().item();
  const std::int64_t channels = channel_count(item, channels_first);
  const std::int64_t size = item.elements();
  if (channels == 0 || size == 0) return;
  channels_.resize(static_cast<std::size_t>(channels));
  const std::int64_t positions = size / channels;
  const bool first = channels_first && item.rank() > 1;
  for (std::int64_t i = 0; i < outputs.shape()[0]; ++i) {
    const float* const values = outputs.data() + i * size;
    std::int64_t bad = 0;
    for (std::int64_t v = 0; v < size; ++v) {
      if (!std::isfinite(values[v])) {
        ++bad;
        continue;
      }
      add(channels_[static_cast<std::size_t>(first ? v / positions : v % channels)], values[v]);
    }
    not_finite_ += bad;
    bad_inputs_ += bad > 0 ? 1 : 0;
  }
}

double ChannelSums::mean(std::int64_t channel) const {
  const Channel& c = at(channel);
  return c.count == 0 ? NAN : c.first + c.sum / static_cast<double>(c.count);
}

double ChannelSums::variance(std::int64_t channel) const {
  const Channel& c = at(channel);
  if (c.count == 0) return NAN;
  const auto n = static_cast<double>(c.count);
  return std::max(0.0, c.squares / n - (c.sum / n) * (c.sum / n));
}

bool ChannelSums::constant(std::int64_t channel) const {
  return at(channel).count > 0 && at(channel).least == at(channel).greatest;
}

bool ChannelSums::zero(std::int64_t channel) const {
  return constant(channel) && at(channel).least == 0;
}

}  // namespace nv::doctor
