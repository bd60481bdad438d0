// Layers whose call has arguments other than tensors: operations, functions of TensorFlow.
#pragma once

#include "layers/support.h"

namespace nv::test {

inline const std::string x0 = R"({"__input__": 0})", x1 = R"({"__input__": 1})";

/// An operation of Keras 3 with this configuration, on input 0.
inline std::unique_ptr<Layer> op(const std::string& kind, const std::string& json = "{}") {
  return called(kind, json, "[" + x0 + "]");
}
/// An operation of Keras 3 with these arguments.
inline std::unique_ptr<Layer> op_of(const std::string& kind, const std::string& args) {
  return called(kind, "{}", args);
}

/// A function of TensorFlow as tf.keras saves it: the first argument by position, others by name.
inline std::unique_ptr<Layer> tf(const std::string& function, const std::string& first,
                                 const std::string& kwargs = "{}") {
  return called("TFOpLambda",
                R"({"name": "tf", "trainable": true, "dtype": "float32", "function": ")" + function + "\"}",
                "[" + first + "]", kwargs, 2);
}

inline std::string refusal_of(const std::string& kind, const std::string& json, const std::string& args,
                              const std::string& kwargs = "{}", int keras_major = 3) {
  return complaint([&] { (void)called(kind, json, args, kwargs, keras_major); });
}

/// Numbers between 0.5 and 1.5.
inline Tensor positive(const Shape& shape, std::uint32_t seed = 1) {
  Tensor t = noise(shape, seed);
  for (float& x : t.values()) x = 1 + x / 2;
  return t;
}

/// Random weights for inputs of these shapes.
inline void load_noise(Layer& layer, const std::vector<Shape>& items) {
  std::vector<Tensor> weights;
  for (const WeightSpec& w : layer.weights(items))
    weights.push_back(positive(w.shape, static_cast<std::uint32_t>(weights.size()) + 5));
  layer.load(std::move(weights));
}

}  // namespace nv::test
