#include "nv/analysis/statistics.h"

#include <algorithm>
#include <cmath>

namespace nv {

Statistics statistics(std::span<const float> values) {
  Statistics s;
  if (values.empty()) return s;
  s.min = s.max = values[0];
  double sum = 0, squares = 0;
  std::int64_t zeros = 0;
  bool nan = false;
  // Relative to the first value, so that the variance of large, nearly equal values does not cancel.
  const double shift = std::isfinite(values[0]) ? static_cast<double>(values[0]) : 0;
  for (float x : values) {
    s.min = std::min(s.min, x);
    s.max = std::max(s.max, x);
    nan = nan || x != x;
    zeros += x == 0 ? 1 : 0;
    const double d = static_cast<double>(x) - shift;
    sum += d;
    squares += d * d;
  }
  const auto n = static_cast<double>(values.size());
  s.mean = static_cast<float>(shift + sum / n);
  // Rounding may leave a variance just below 0; that of infinite values is NaN, and stays.
  const double variance = squares / n - (sum / n) * (sum / n);
  s.std = static_cast<float>(variance < 0 ? 0 : std::sqrt(variance));
  s.zeros = static_cast<double>(zeros) / n;
  if (nan) s.min = s.max = s.mean = s.std = NAN;
  return s;
}

float largest_magnitude(std::span<const float> values) {
  float most = 0;
  for (const float x : values) most = std::isnan(x) || std::isnan(most) ? NAN : std::max(most, std::abs(x));
  return most;
}

Histogram histogram(std::span<const float> values, std::size_t bins) {
  Histogram h;
  h.counts.resize(bins);
  bool first = true;
  for (float x : values) {
    if (!std::isfinite(x)) continue;
    h.lo = first ? x : std::min(h.lo, x);
    h.hi = first ? x : std::max(h.hi, x);
    first = false;
  }
  const double width = (static_cast<double>(h.hi) - static_cast<double>(h.lo)) / static_cast<double>(bins);
  for (float x : values) {
    if (!std::isfinite(x)) continue;
    const double at = width > 0 ? (static_cast<double>(x) - static_cast<double>(h.lo)) / width : 0;
    ++h.counts[std::min(bins - 1, static_cast<std::size_t>(at))];
  }
  return h;
}

std::int64_t channel_count(const Shape& item, bool channels_first) {
  if (item.rank() == 0) return 1;
  return channels_first && item.rank() > 1 ? item[0] : item.back();
}

namespace {
/// Calls `visit(channel, position, value)` for every value; positions run over all other axes in order.
template <typename Visit>
void for_channels(const Tensor& item, bool channels_first, const Visit& visit) {
  const std::int64_t channels = channel_count(item.shape(), channels_first);
  const std::int64_t positions = channels == 0 ? 0 : item.size() / channels;
  const bool first = channels_first && item.shape().rank() > 1;
  for (std::int64_t c = 0; c < channels; ++c)
    for (std::int64_t p = 0; p < positions; ++p)
      visit(c, p, item[first ? c * positions + p : p * channels + c]);
}
}  // namespace

std::vector<FeatureMap> feature_maps(const Tensor& item, bool channels_first) {
  const Shape& shape = item.shape();
  const std::int64_t channels = channel_count(shape, channels_first);
  const std::int64_t positions = channels == 0 ? 0 : item.size() / channels;
  // The last axis that is not the channels is the width; a sequence is a strip of one row.
  const std::int64_t cols = shape.rank() < 2 ? 1 : channels_first ? shape.back() : shape[-2];
  std::vector<FeatureMap> maps(static_cast<std::size_t>(channels));
  for (std::int64_t c = 0; c < channels; ++c) {
    FeatureMap& m = maps[static_cast<std::size_t>(c)];
    m.channel = c;
    m.cols = cols;
    m.rows = cols == 0 ? 0 : positions / cols;
    m.values.resize(static_cast<std::size_t>(positions));
    m.dead = positions > 0;
  }
  for_channels(item, channels_first, [&](std::int64_t c, std::int64_t p, float x) {
    FeatureMap& m = maps[static_cast<std::size_t>(c)];
    m.values[static_cast<std::size_t>(p)] = x;
    if (x != 0) m.dead = false;
  });
  return maps;
}

std::vector<std::int64_t> dead_channels(const Tensor& item, bool channels_first) {
  std::vector<bool> alive(static_cast<std::size_t>(channel_count(item.shape(), channels_first)));
  for_channels(item, channels_first, [&](std::int64_t c, std::int64_t, float x) {
    if (x != 0) alive[static_cast<std::size_t>(c)] = true;
  });
  std::vector<std::int64_t> dead;
  for (std::size_t c = 0; c < alive.size(); ++c)
    if (!alive[c]) dead.push_back(static_cast<std::int64_t>(c));
  return dead;
}

}  // namespace nv
