// Layers from literals: given a kind, its configuration and its inputs, what comes out.
#pragma once

#include <fmt/ranges.h>

#include <algorithm>
#include <initializer_list>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "nv/core/error.h"
#include "nv/layers/layer.h"
#include "nv/layers/registry.h"

namespace nv::test {

inline Config config(const std::string& json) {
  return Config(nlohmann::ordered_json::parse(json));
}

inline LayerSpec spec(const std::string& kind, const std::string& json = "{}") {
  LayerSpec s;
  s.path = s.name = "layer";
  s.kind = kind;
  s.config = config(json);
  return s;
}

inline std::unique_ptr<Layer> layer(const std::string& kind, const std::string& json = "{}",
                                    int keras_major = 3) {
  return make_layer(spec(kind, json), {keras_major, ""});
}

inline Tensor tensor(const Shape& shape, const std::vector<float>& values) {
  return {shape, values};
}

/// 0, 1, 2, ...
inline Tensor counting(const Shape& shape) {
  Tensor t(shape);
  for (std::int64_t i = 0; i < t.size(); ++i) t[i] = static_cast<float>(i);
  return t;
}

/// Numbers between -1 and 1 that look random and are always the same.
inline Tensor noise(const Shape& shape, std::uint32_t seed = 1) {
  Tensor t(shape);
  for (float& x : t.values()) {
    seed = seed * 1664525U + 1013904223U;
    x = static_cast<float>(seed >> 8) / static_cast<float>(1 << 23) - 1.0F;
  }
  return t;
}

inline Tensor forward(const Layer& layer, const std::vector<Tensor>& inputs, int threads = 1) {
  ThreadPool pool(threads);
  Context context{pool};
  return layer.forward(inputs, context);
}

inline Tensor forward(const std::string& kind, const std::string& json, const std::vector<Tensor>& inputs) {
  return forward(*layer(kind, json), inputs);
}

/// "2 x 2: 1, 2, 3, 4": so that a failing comparison shows all of it.
inline std::string str(const Tensor& t) {
  return fmt::format("{}: {}", t.shape().str(), fmt::join(t.values(), ", "));
}

inline Shape shape_of(const Layer& layer, const std::vector<Shape>& inputs) {
  return layer.shape(inputs);
}
inline std::string shape_of(const std::string& kind, const std::string& json,
                            const std::vector<Shape>& inputs) {
  return layer(kind, json)->shape(inputs).str();
}

/// "kernel 3 x 3 x 1 x 2, bias 2".
inline std::string weights_of(const Layer& layer, const std::vector<Shape>& inputs) {
  std::string text;
  for (const WeightSpec& w : layer.weights(inputs))
    text += fmt::format("{}{} {}{}", text.empty() ? "" : ", ", w.name, w.shape.str(),
                        w.trainable ? "" : " (fixed)");
  return text;
}

inline std::string str(const std::optional<Window>& w) {
  if (!w) return "none";
  return fmt::format("{} stride {} before {}", fmt::join(w->size, "x"), fmt::join(w->stride, "x"),
                     fmt::join(w->before, "x"));
}

/// The kind of error and its text: "unsupported: option 'x' is not supported"; "" where there is none.
template <typename Action>
std::string complaint(const Action& action) {
  try {
    action();
  } catch (const Error& e) {
    const char* kind = e.kind() == ErrorKind::input         ? "input"
                       : e.kind() == ErrorKind::unsupported ? "unsupported"
                       : e.kind() == ErrorKind::usage       ? "usage"
                                                            : "output";
    return fmt::format("{}: {}", kind, e.what());
  }
  return "";
}

/// What is wrong with a layer of this configuration.
inline std::string refusal(const std::string& kind, const std::string& json, int keras_major = 3) {
  return complaint([&] { (void)layer(kind, json, keras_major); });
}

/// The largest difference, relative to the largest expected value.
inline double difference(const Tensor& got, const std::vector<double>& expected) {
  double most = 0, worst = 0;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    const auto g = static_cast<double>(got[static_cast<std::int64_t>(i)]);
    if (!(std::abs(g - expected[i]) <= worst)) worst = std::abs(g - expected[i]);
    most = std::max(most, std::abs(expected[i]));
  }
  return most == 0 ? worst : worst / most;
}

}  // namespace nv::test
