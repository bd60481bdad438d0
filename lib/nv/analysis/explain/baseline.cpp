#include "nv/analysis/explain/baseline.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "nv/core/error.h"

namespace nv::explain {

namespace {

constexpr std::pair<std::string_view, BaselineKind> names[] = {{"zero", BaselineKind::zero},
                                                               {"black", BaselineKind::black},
                                                               {"white", BaselineKind::white},
                                                               {"mean", BaselineKind::mean},
                                                               {"blur", BaselineKind::blur}};

/// Where the numbers of an image (or of anything else, as one channel) are.
struct Layout {
  std::int64_t height = 1, width, channels = 1;
  bool channels_first = false;

  Layout(const Tensor& x, const InputSpec& spec) : width(x.size()) {
    const Shape& shape = x.shape();
    if (shape.rank() != 3) return;
    channels_first = spec.channels_first;
    height = shape[channels_first ? 1 : 0];
    width = shape[channels_first ? 2 : 1];
    channels = shape[channels_first ? 0 : 2];
  }
  std::int64_t at(std::int64_t row, std::int64_t column, std::int64_t channel) const {
    return channels_first ? (channel * height + row) * width + column
                          : (row * width + column) * channels + channel;
  }
};

Tensor uniform_picture(const Tensor& x, InputSpec spec, const Preprocess& preprocess, float pixel) {
  spec.shape = x.shape();
  return scale_pixels(Tensor(x.shape(), pixel), spec, preprocess);
}

Tensor mean_of(const Tensor& x, const InputSpec& spec) {
  const Layout layout(x, spec);
  Tensor result(x.shape());
  for (std::int64_t c = 0; c < layout.channels; ++c) {
    double sum = 0;
    for (std::int64_t r = 0; r < layout.height; ++r)
      for (std::int64_t k = 0; k < layout.width; ++k) sum += static_cast<double>(x[layout.at(r, k, c)]);
    const auto mean = static_cast<float>(sum / static_cast<double>(layout.height * layout.width));
    for (std::int64_t r = 0; r < layout.height; ++r)
      for (std::int64_t k = 0; k < layout.width; ++k) result[layout.at(r, k, c)] = mean;
  }
  return result;
}

/// Weights of a Gaussian from -radius to radius, which add up to 1.
std::vector<double> gaussian(double sigma) {
  const auto radius = static_cast<std::int64_t>(std::ceil(3 * sigma));
  std::vector<double> weights;
  double sum = 0;
  for (std::int64_t k = -radius; k <= radius; ++k) {
    weights.push_back(std::exp(-0.5 * static_cast<double>(k * k) / (sigma * sigma)));
    sum += weights.back();
  }
  for (double& w : weights) w /= sum;
  return weights;
}

/// One pass along rows or columns; the border's values go on outside.
Tensor blurred_along(const Tensor& x, const Layout& layout, const std::vector<double>& weights, bool rows) {
  const auto radius = static_cast<std::int64_t>(weights.size() / 2);
  Tensor result(x.shape());
  for (std::int64_t c = 0; c < layout.channels; ++c)
    for (std::int64_t r = 0; r < layout.height; ++r)
      for (std::int64_t k = 0; k < layout.width; ++k) {
        double sum = 0;
        for (std::int64_t d = -radius; d <= radius; ++d) {
          const std::int64_t row = rows ? r : std::clamp<std::int64_t>(r + d, 0, layout.height - 1);
          const std::int64_t column = rows ? std::clamp<std::int64_t>(k + d, 0, layout.width - 1) : k;
          sum += weights[static_cast<std::size_t>(d + radius)] *
                 static_cast<double>(x[layout.at(row, column, c)]);
        }
        result[layout.at(r, k, c)] = static_cast<float>(sum);
      }
  return result;
}

Tensor blurred(const Tensor& x, const InputSpec& spec) {
  if (x.shape().rank() != 3)
    throw_usage("--baseline blur: input {} is no image, its shape is {}", spec.name, x.shape().str());
  const Layout layout(x, spec);
  const std::vector<double> weights =
      gaussian(static_cast<double>(std::max(layout.height, layout.width)) / 10);
  return blurred_along(blurred_along(x, layout, weights, true), layout, weights, false);
}

}  // namespace

std::optional<BaselineKind> find_baseline(std::string_view name) {
  for (const auto& [known, kind] : names)
    if (known == name) return kind;
  return std::nullopt;
}

std::vector<std::string> baseline_names() {
  std::vector<std::string> all;
  for (const auto& [name, kind] : names) all.emplace_back(name);
  return all;
}

std::vector<Tensor> baseline_of(const Baseline& baseline, const std::vector<Tensor>& x,
                                std::span<const InputSpec> specs, const Preprocess& preprocess) {
  if (!baseline.given.empty()) {
    for (std::size_t p = 0; p < x.size(); ++p)
      if (!(baseline.given[p].shape() == x[p].shape()))
        throw_usage("--baseline: expected {}, got {}", x[p].shape().str(), baseline.given[p].shape().str());
    return baseline.given;
  }
  std::vector<Tensor> result;
  for (std::size_t p = 0; p < x.size(); ++p) switch (baseline.kind) {
      case BaselineKind::zero:
        result.emplace_back(x[p].shape(), 0.0F);
        break;
      case BaselineKind::black:
        result.push_back(uniform_picture(x[p], specs[p], preprocess, 0));
        break;
      case BaselineKind::white:
        result.push_back(uniform_picture(x[p], specs[p], preprocess, 255));
        break;
      case BaselineKind::mean:
        result.push_back(mean_of(x[p], specs[p]));
        break;
      case BaselineKind::blur:
        result.push_back(blurred(x[p], specs[p]));
        break;
    }
  return result;
}

}  // namespace nv::explain
