// Kernels that are distributed as an initialiser draws them: of the whole model, or of some layers.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "nv/analysis/doctor/initial_weights.h"
#include "nv/analysis/doctor/list.h"
#include "nv/core/text.h"

namespace nv::doctor {

namespace {

constexpr std::int64_t least_numbers = 2000;  // of a kernel that is judged
constexpr std::size_t least_kernels = 6;      // fewer agree by chance
constexpr double most_of_them = 0.9;

/// Kurtosis of the uniform, the truncated normal (at two deviations) and the normal distribution, from which
/// Keras's initialisers draw.
constexpr std::array kurtoses{1.8, 2.3655, 3.0};

double kurtosis_of(const Tensor& values) {
  const auto n = static_cast<double>(values.size());
  double mean = 0, second = 0, fourth = 0;
  for (const float x : values.values()) mean += static_cast<double>(x) / n;
  for (const float x : values.values()) {
    const double square = (static_cast<double>(x) - mean) * (static_cast<double>(x) - mean);
    second += square / n;
    fourth += square * square / n;
  }
  return fourth / (second * second);
}

/// Numbers of kernels that agree with each distribution, and of all that were judged.
struct Counts {
  std::array<std::size_t, kurtoses.size()> agree{};
  std::size_t all = 0;
};

Counts count_kernels(const Examination& e) {
  Counts counts;
  for (const LayerSpec& layer : e.model().layers) {
    const auto kernel = std::ranges::find_if(layer.weights, [](const Weight& w) {
      return w.shape.rank() >= 2 && w.shape.known() && w.shape.elements() >= least_numbers;
    });
    if (kernel == layer.weights.end()) continue;
    const double kurtosis = kurtosis_of(kernel->data->read());
    // Three standard errors of a normal sample's.
    const double tolerance = 3 * std::sqrt(24 / static_cast<double>(kernel->shape.elements()));
    ++counts.all;
    for (std::size_t i = 0; i < kurtoses.size(); ++i)
      counts.agree[i] += std::abs(kurtosis - kurtoses[i]) <= tolerance ? 1 : 0;
  }
  return counts;
}

/// The layer whose weights give the numbers of the output that classifies; -1 if that has none.
int output_layer(const Examination& e) {
  if (e.output() == nullptr) return -1;
  int node = e.output()->logits_node;
  while (node >= 0) {
    const Node& n = e.model().nodes[static_cast<std::size_t>(node)];
    if (!e.model().layer_of(n).weights.empty()) return n.layer;
    node = n.inputs.size() == 1 ? n.inputs[0].node : -1;
  }
  return -1;
}

/// Layers whose weights are those before training, in a model that was trained otherwise.
struct Layers {
  std::vector<std::size_t> initial;
  std::vector<std::string> initialisers;
  std::size_t known = 0;
};

Layers initial_layers(const Examination& e) {
  Layers layers;
  for (std::size_t i = 0; i < e.model().layers.size(); ++i) {
    const InitialWeights w = initial_weights(e.model().layers[i]);
    layers.known += w.known ? 1 : 0;
    if (!w.initial) continue;
    layers.initial.push_back(i);
    layers.initialisers.push_back(w.initialiser);
  }
  return layers;
}

Finding whole_model(std::string what, std::size_t layers, std::size_t of) {
  return {"",
          Severity::warning,
          "",
          std::move(what),
          "check that this is the trained model, and that its weights were saved",
          {{"layers", static_cast<std::int64_t>(layers)}, {"of", static_cast<std::int64_t>(of)}}};
}

constexpr const char* advice = "train it, or check that its weights were saved and loaded";

Finding of_output(const LayerSpec& layer, const std::string& initialiser) {
  return {
      "",
      Severity::error,
      layer.path,
      fmt::format("the weights of {} ({}), which gives the output, are as {} draws them{}, those of other "
                  "layers are not",
                  one_line(layer.path), layer.kind, initialiser,
                  layer.weights.size() > 1 ? " and its bias is 0" : ""),
      advice,
      {{"layer", layer.path}, {"initialiser", initialiser}}};
}

std::vector<Finding> check_layers(const Examination& e) {
  const Layers found = initial_layers(e);
  if (found.initial.empty()) return {};
  if (found.initial.size() == found.known && found.known > 1)
    return {whole_model(
        fmt::format("the weights of all {} layers whose initialisers are known are as these draw them",
                    found.known),
        found.known, found.known)};
  std::vector<Finding> findings;
  std::string others;
  const int output = output_layer(e);
  for (std::size_t k = 0; k < found.initial.size(); ++k) {
    const LayerSpec& layer = e.model().layers[found.initial[k]];
    if (static_cast<int>(found.initial[k]) == output && found.known > 1)
      findings.push_back(of_output(layer, found.initialisers[k]));
    else
      others += (others.empty() ? "" : ", ") + layer.path;
  }
  if (!others.empty())
    findings.push_back(
        {"",
         Severity::warning,
         others,
         fmt::format("{} {} weights as the initialiser draws them: {}",
                     counted(std::ssize(found.initial) - std::ssize(findings), "layer"),
                     found.initial.size() - findings.size() == 1 ? "has" : "have", one_line(others)),
         advice,
         {{"layer", others}}});
  return findings;
}

}  // namespace

std::vector<Finding> check_untrained(const Examination& e) {
  const Counts counts = count_kernels(e);
  const std::size_t agree = std::ranges::max(counts.agree);
  if (counts.all < least_kernels ||
      static_cast<double>(agree) < most_of_them * static_cast<double>(counts.all))
    return check_layers(e);
  return {
      whole_model(fmt::format("the kernels of {} of {} layers are distributed as an initialiser draws them",
                              agree, counts.all),
                  agree, counts.all)};
}

}  // namespace nv::doctor
