// Layers from literals: a kind, its configuration as JSON text and its inputs.
#pragma once

#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "nv/core/error.h"
#include "nv/layers/layer.h"
#include "nv/layers/registry.h"

namespace nv::test {

// The JSON library is used in support.cpp only: it would cost each test file seconds to compile.

Config config(const std::string& json);
LayerSpec spec(const std::string& kind, const std::string& json = "{}");

std::unique_ptr<Layer> layer(const std::string& kind, const std::string& json = "{}", int keras_major = 3);

/// Output `output` of a layer of `kind` called with `args` (a JSON list; {"__input__": k} is input k) and
/// `kwargs`.
std::unique_ptr<Layer> called(const std::string& kind, const std::string& json, const std::string& args,
                              const std::string& kwargs = "{}", int keras_major = 3, int output = 0);

Tensor tensor(const Shape& shape, const std::vector<float>& values);
/// 0, 1, 2, ...
Tensor counting(const Shape& shape);
/// Pseudo-random numbers between -1 and 1, the same for the same seed.
Tensor noise(const Shape& shape, std::uint32_t seed = 1);

Tensor forward(const Layer& layer, const std::vector<Tensor>& inputs, int threads = 1);
Tensor forward(const std::string& kind, const std::string& json, const std::vector<Tensor>& inputs);

/// "2 x 2: 1, 2, 3, 4": so that a failing comparison shows all values.
std::string str(const Tensor& t);
/// "3x3 stride 2x2 before 1x1", or "none".
std::string str(const std::optional<SpatialWindow>& w);

Shape shape_of(const Layer& layer, const std::vector<Shape>& inputs);
std::string shape_of(const std::string& kind, const std::string& json, const std::vector<Shape>& inputs);

/// "kernel 3 x 3 x 1 x 2, bias 2".
std::string weights_of(const Layer& layer, const std::vector<Shape>& inputs);

/// "unsupported: option 'x' is not supported": the kind of the error and its text.
std::string error_text(const Error& e);

/// The text of the error that `action` throws; "" if it throws none.
template <typename Action>
std::string complaint(const Action& action) {
  try {
    action();
  } catch (const Error& e) {
    return error_text(e);
  }
  return "";
}

/// The error of making a layer of this configuration.
std::string refusal(const std::string& kind, const std::string& json, int keras_major = 3);

/// The largest difference, relative to the largest expected value.
double difference(const Tensor& got, const std::vector<double>& expected);

}  // namespace nv::test
