#include "nv/analysis/rank/profile_maker.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "nv/core/error.h"
#include "nv/core/finite.h"
#include "nv/core/memory.h"
#include "nv/core/text.h"

namespace nv::rank {

/// Per unit, by Welford's method: inputs are added one after the other, so that batches make no difference.
struct ProfileMaker::Statistics {
  explicit Statistics(std::int64_t units)
      : min(static_cast<std::size_t>(units), std::numeric_limits<float>::infinity()),
        max(min.size(), -std::numeric_limits<float>::infinity()),
        mean(min.size(), 0),
        squares(min.size(), 0) {}

  /// Adds a value of each unit from `first` on; `inverse`: 1 / number of inputs with this one.
  void add(std::size_t first, std::span<const float> values, double inverse) {
    for (std::size_t i = 0; i < values.size(); ++i) {
      const float x = values[i];
      min[first + i] = x < min[first + i] ? x : min[first + i];
      max[first + i] = x > max[first + i] ? x : max[first + i];
      const double delta = static_cast<double>(x) - mean[first + i];
      mean[first + i] += delta * inverse;
      squares[first + i] += delta * (static_cast<double>(x) - mean[first + i]);
    }
  }

  std::vector<float> min, max;
  std::vector<double> mean, squares;
};

ProfileMaker::ProfileMaker(const Engine& engine, const ProfileParts& parts, const std::vector<bool>& layers,
                           std::size_t layer)
    : model_file_(engine.model().file), parts_(parts) {
  if (parts.ranges) {
    units_ = units_of(engine, layers);
    statistics_ = std::make_unique<Statistics>(units_.count);
  }
  if (!parts.activations && !parts.moments) return;
  std::vector<bool> one(layers.size(), false);
  one[layer] = true;
  layer_ = units_of(engine, one);
  if (!parts.moments) return;
  check_memory(CovarianceSums::bytes(layer_.count),
               fmt::format("{}: the covariance of {} units of layer {}", model_file_, layer_.count,
                           one_line(layer_.layers[0].path)));
  moments_.emplace(layer_.count);
}

ProfileMaker::~ProfileMaker() = default;

void ProfileMaker::keep(std::vector<bool>& nodes) const {
  for (const UnitLayer& layer : units_.layers) nodes[layer.node] = true;
  for (const UnitLayer& layer : layer_.layers) nodes[layer.node] = true;
}

bool ProfileMaker::is_usable(const Pass& pass, std::int64_t item) const {
  const auto finite = [&](const UnitLayer& layer) {
    return all_finite(unit_values(pass.trace, layer, item));
  };
  return (!parts_.activations || pass.classes[static_cast<std::size_t>(item)]) &&
         std::ranges::all_of(units_.layers, finite) && std::ranges::all_of(layer_.layers, finite);
}

void ProfileMaker::add_ranges(const Pass& pass, const std::vector<std::int64_t>& items) {
  struct Piece {
    const UnitLayer* layer;
    std::int64_t first, count;
  };
  constexpr std::int64_t units_at_once = 4096;
  std::vector<Piece> pieces;
  for (const UnitLayer& layer : units_.layers)
    for (std::int64_t at = 0; at < layer.units; at += units_at_once)
      pieces.push_back({&layer, at, std::min(units_at_once, layer.units - at)});
  pass.pool.for_each(std::ssize(pieces), [&](std::int64_t p) {
    const Piece& piece = pieces[static_cast<std::size_t>(p)];
    for (std::size_t i = 0; i < items.size(); ++i)
      statistics_->add(
          static_cast<std::size_t>(piece.layer->first + piece.first),
          unit_values(pass.trace, *piece.layer, items[i])
              .subspan(static_cast<std::size_t>(piece.first), static_cast<std::size_t>(piece.count)),
          1 / static_cast<double>(inputs_ + static_cast<std::int64_t>(i) + 1));
  });
}

void ProfileMaker::add(const Pass& pass, std::span<const std::int64_t> truth) {
  std::vector<std::int64_t> items;
  for (std::int64_t i = 0; i < pass.inputs; ++i)
    if (is_usable(pass, i)) items.push_back(i);
  left_out_ += pass.inputs - std::ssize(items);
  if (parts_.ranges) add_ranges(pass, items);
  for (const std::int64_t item : items) {
    ++inputs_;
    if (!parts_.activations && !parts_.moments) continue;
    const std::span<const float> values = unit_values(pass.trace, layer_.layers[0], item);
    if (moments_) moments_->add(std::vector<double>(values.begin(), values.end()));
    if (!parts_.activations) continue;
    values_.insert(values_.end(), values.begin(), values.end());
    classes_.push_back(*pass.classes[static_cast<std::size_t>(item)]);
    if (!truth.empty()) truth_.push_back(truth[static_cast<std::size_t>(item)]);
  }
  check_memory(values_.size() * sizeof(float),
               fmt::format("{}: activations of {} inputs", model_file_, inputs_));
}

Profile ProfileMaker::profile(const std::string& model_sha256) {
  if (inputs_ == 0) throw_input("{}: no input is left for a profile", model_file_);
  Profile profile;
  profile.sha256 = model_sha256;
  profile.inputs = inputs_;
  for (const UnitLayer& layer : units_.layers) {
    const auto first = layer.first, last = layer.first + layer.units;
    UnitRanges ranges{layer.path,
                      {statistics_->min.begin() + first, statistics_->min.begin() + last},
                      {statistics_->max.begin() + first, statistics_->max.begin() + last},
                      {}};
    for (std::int64_t u = first; u < last; ++u)
      ranges.std.push_back(static_cast<float>(
          std::sqrt(statistics_->squares[static_cast<std::size_t>(u)] / static_cast<double>(inputs_))));
    profile.ranges.push_back(std::move(ranges));
  }
  if (parts_.activations)
    profile.activations =
        LayerActivations{layer_.layers[0].path, Tensor({inputs_, layer_.count}, values_), classes_, truth_};
  if (moments_)
    profile.moments = LayerMoments{layer_.layers[0].path, moments_->mean(), moments_->covariance()};
  return profile;
}

}  // namespace nv::rank
