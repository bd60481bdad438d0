#include "nv/analysis/doctor/initial_weights.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>
#include <vector>

namespace nv::doctor {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::int64_t least_weights = 64;
constexpr std::int64_t most_compared = 1'000'000;
constexpr double bound_slack = 1e-5;  // of float32

/// What an initialiser draws from.
struct Distribution {
  enum class Kind { uniform, normal, truncated };
  Kind kind = Kind::uniform;
  double middle = 0, spread = 0;  ///< half of the width of a uniform one, else the deviation before it is cut

  bool has_bounds() const { return kind != Kind::normal; }
  double bound() const { return kind == Kind::uniform ? spread : 2 * spread; }
  double cumulative(double x) const {
    const double z = (x - middle) / spread;
    if (kind == Kind::uniform) return std::clamp((z + 1) / 2, 0.0, 1.0);
    const auto normal = [](double t) { return 0.5 * std::erfc(-t / std::sqrt(2.0)); };
    if (kind == Kind::normal) return normal(z);
    return std::clamp((normal(z) - normal(-2)) / (normal(2) - normal(-2)), 0.0, 1.0);
  }
};

double number_in(const Json& config, const char* key, double otherwise) {
  const auto at = config.find(key);
  return at != config.end() && at->is_number() ? at->get<double>() : otherwise;
}

std::string text_in(const Json& config, const char* key, const char* otherwise) {
  const auto at = config.find(key);
  return at != config.end() && at->is_string() ? at->get<std::string>() : otherwise;
}

/// VarianceScaling, as Keras computes it.
Distribution scaled(double scale, const std::string& mode, const std::string& distribution,
                    const Shape& kernel) {
  double positions = 1;
  for (int axis = 0; axis + 2 < kernel.rank(); ++axis) positions *= static_cast<double>(kernel[axis]);
  const double in = positions * static_cast<double>(kernel[kernel.rank() - 2]),
               out = positions * static_cast<double>(kernel[kernel.rank() - 1]);
  const double variance = scale / (mode == "fan_in" ? in : mode == "fan_out" ? out : (in + out) / 2);
  if (distribution == "uniform") return {Distribution::Kind::uniform, 0, std::sqrt(3 * variance)};
  if (distribution == "untruncated_normal") return {Distribution::Kind::normal, 0, std::sqrt(variance)};
  constexpr double of_truncated = 0.87962566103423978;  // deviation of a normal one that is cut at 2
  return {Distribution::Kind::truncated, 0, std::sqrt(variance) / of_truncated};
}

std::optional<Distribution> distribution_of(const std::string& name, const Json& config,
                                            const Shape& kernel) {
  struct Named {
    const char* name;
    double scale;
    const char* mode;
  };
  static constexpr Named families[] = {{"Glorot", 1, "fan_avg"}, {"He", 2, "fan_in"}, {"Lecun", 1, "fan_in"}};
  for (const Named& f : families)
    for (const bool uniform : {true, false})
      if (name == std::string(f.name) + (uniform ? "Uniform" : "Normal"))
        return scaled(f.scale, f.mode, uniform ? "uniform" : "truncated_normal", kernel);
  if (name == "VarianceScaling")
    return scaled(number_in(config, "scale", 1), text_in(config, "mode", "fan_in"),
                  text_in(config, "distribution", "truncated_normal"), kernel);
  using Kind = Distribution::Kind;
  if (name == "RandomUniform") {
    const double lo = number_in(config, "minval", -0.05), hi = number_in(config, "maxval", 0.05);
    return Distribution{Kind::uniform, (lo + hi) / 2, (hi - lo) / 2};
  }
  if (name == "RandomNormal" || name == "TruncatedNormal")
    return Distribution{name == "RandomNormal" ? Kind::normal : Kind::truncated, number_in(config, "mean", 0),
                        number_in(config, "stddev", 0.05)};
  return std::nullopt;
}

/// Whether the numbers can be a sample of the distribution.
bool agrees(std::vector<float> values, const Distribution& d) {
  if (!(d.spread > 0)) return false;
  std::ranges::sort(values);
  if (d.has_bounds() &&
      std::max(std::abs(static_cast<double>(values.front()) - d.middle),
               std::abs(static_cast<double>(values.back()) - d.middle)) > d.bound() * (1 + bound_slack))
    return false;
  const auto n = static_cast<double>(values.size());
  double most = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double c = d.cumulative(static_cast<double>(values[i])), k = static_cast<double>(i);
    most = std::max({most, c - k / n, (k + 1) / n - c});
  }
  return most <= 1.63 / std::sqrt(n);
}

}  // namespace

InitialWeights initial_weights(const LayerSpec& layer) {
  static constexpr std::string_view kinds[] = {"Dense", "Conv1D", "Conv2D", "Conv3D"};
  InitialWeights result;
  const Json& config = layer.config.json();
  if (std::ranges::find(kinds, layer.kind) == std::end(kinds) || layer.weights.empty() ||
      layer.weights.size() > 2 || !config.is_object() || !config.contains("kernel_initializer"))
    return result;
  const Weight& kernel = layer.weights[0];
  const Json& initialiser = config["kernel_initializer"];
  if (!initialiser.is_object() || kernel.shape.rank() < 2 || !kernel.shape.known() ||
      kernel.shape.elements() < least_weights)
    return result;
  result.initialiser = text_in(initialiser, "class_name", "");
  const auto own = initialiser.find("config");
  const auto distribution = distribution_of(
      result.initialiser, own != initialiser.end() && own->is_object() ? *own : Json::object(), kernel.shape);
  if (!distribution || (layer.weights.size() == 1 && !distribution->has_bounds())) return result;
  result.known = true;
  if (layer.weights.size() == 2) {
    const Tensor bias = layer.weights[1].data->read();
    if (std::ranges::any_of(bias.values(), [](float b) { return b != 0; })) return result;
  }
  const Tensor values = kernel.data->read();
  const std::int64_t step = (values.size() + most_compared - 1) / most_compared;
  std::vector<float> compared;
  for (std::int64_t i = 0; i < values.size(); i += step) compared.push_back(values[i]);
  result.initial = agrees(std::move(compared), *distribution);
  return result;
}

}  // namespace nv::doctor
