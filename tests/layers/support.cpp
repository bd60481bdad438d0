#include "layers/support.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

namespace nv::test {

Config config(const std::string& json) {
  return Config(nlohmann::ordered_json::parse(json));
}

LayerSpec spec(const std::string& kind, const std::string& json) {
  LayerSpec s;
  s.path = s.name = "layer";
  s.kind = kind;
  s.config = config(json);
  return s;
}

std::unique_ptr<Layer> layer(const std::string& kind, const std::string& json, int keras_major) {
  return make_layer(spec(kind, json), {keras_major, ""});
}

std::unique_ptr<Layer> called(const std::string& kind, const std::string& json, const std::string& args,
                              const std::string& kwargs, int keras_major, int output) {
  const nlohmann::ordered_json call{{"args", nlohmann::ordered_json::parse(args)},
                                    {"kwargs", nlohmann::ordered_json::parse(kwargs)}};
  return make_layer(spec(kind, json), {keras_major, ""}, Config(call), output);
}

Tensor tensor(const Shape& shape, const std::vector<float>& values) {
  return {shape, values};
}

Tensor counting(const Shape& shape) {
  Tensor t(shape);
  for (std::int64_t i = 0; i < t.size(); ++i) t[i] = static_cast<float>(i);
  return t;
}

Tensor noise(const Shape& shape, std::uint32_t seed) {
  Tensor t(shape);
  for (float& x : t.values()) {
    seed = seed * 1664525U + 1013904223U;
    x = static_cast<float>(seed >> 8) / static_cast<float>(1 << 23) - 1.0F;
  }
  return t;
}

Tensor forward(const Layer& layer, const std::vector<Tensor>& inputs, int threads) {
  ThreadPool pool(threads);
  Context context{pool};
  return layer.forward(inputs, context);
}

Tensor forward(const std::string& kind, const std::string& json, const std::vector<Tensor>& inputs) {
  return forward(*layer(kind, json), inputs);
}

std::string str(const Tensor& t) {
  return fmt::format("{}: {}", t.shape().str(), fmt::join(t.values(), ", "));
}

std::string str(const std::optional<SpatialWindow>& w) {
  if (!w) return "none";
  return fmt::format("{} stride {} before {}", fmt::join(w->size, "x"), fmt::join(w->stride, "x"),
                     fmt::join(w->before, "x"));
}

Shape shape_of(const Layer& layer, const std::vector<Shape>& inputs) {
  return layer.shape(inputs);
}

std::string shape_of(const std::string& kind, const std::string& json, const std::vector<Shape>& inputs) {
  return layer(kind, json)->shape(inputs).str();
}

std::string weights_of(const Layer& layer, const std::vector<Shape>& inputs) {
  std::string text;
  for (const WeightSpec& w : layer.weights(inputs))
    text += fmt::format("{}{} {}{}", text.empty() ? "" : ", ", w.name, w.shape.str(),
                        w.trainable ? "" : " (fixed)");
  return text;
}

std::string error_text(const Error& e) {
  const char* kind = e.kind() == ErrorKind::input         ? "input"
                     : e.kind() == ErrorKind::unsupported ? "unsupported"
                     : e.kind() == ErrorKind::usage       ? "usage"
                                                          : "output";
  return fmt::format("{}: {}", kind, e.what());
}

std::string refusal(const std::string& kind, const std::string& json, int keras_major) {
  return complaint([&] { (void)layer(kind, json, keras_major); });
}

double difference(const Tensor& got, const std::vector<double>& expected) {
  double most = 0, worst = 0;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    const auto g = static_cast<double>(got[static_cast<std::int64_t>(i)]);
    if (!(std::abs(g - expected[i]) <= worst)) worst = std::abs(g - expected[i]);
    most = std::max(most, std::abs(expected[i]));
  }
  return most == 0 ? worst : worst / most;
}

}  // namespace nv::test
