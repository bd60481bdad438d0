#include "nv/layers/operations/tensorflow_functions.h"

#include <nlohmann/json.hpp>

#include "nv/core/bytes.h"
#include "nv/core/error.h"
#include "nv/core/text.h"

namespace nv {

using Json = nlohmann::ordered_json;

namespace {

// ---------------------------------------------------------------- values of arguments

/// From the sizes of the parts of tf.split to the indices at which they begin, as in Keras 3.
Json beginnings(const Json& sizes) {
  if (!sizes.is_array()) return sizes;
  Json result = Json::array();
  std::int64_t sum = 0;
  for (std::size_t i = 0; i + 1 < sizes.size(); ++i) {
    if (!sizes[i].is_number_unsigned() || sizes[i].get<std::uint64_t>() >> 31 != 0)
      throw_unsupported("a split into parts of computed sizes is not supported");
    result.push_back(sum += sizes[i].get<std::int64_t>());
  }
  return result;
}

void rewrite_split(Json& a) {
  if (!a.contains("num_or_size_splits")) return;
  a["indices_or_sections"] = beginnings(a["num_or_size_splits"]);
  a.erase("num_or_size_splits");
}

void make_lower(Json& text) {
  if (text.is_string()) text = ascii_lower(text.get<std::string>());
}

/// TensorFlow writes modes as "CONSTANT".
void rewrite_pad(Json& a) {
  if (a.contains("mode")) make_lower(a["mode"]);
}

/// The argument if it is a text, else "".
std::string text_of(const Json& a, const char* key) {
  const auto at = a.find(key);
  return at != a.end() && at->is_string() ? at->get<std::string>() : "";
}

/// "NHWC" and "NCHW", with any number of axes: channels_last and channels_first in Keras 3.
void rewrite_data_format(Json& a) {
  const std::string format = text_of(a, "data_format");
  a.erase("data_format");
  if (format.empty() || format.ends_with("C")) return;
  if (!format.starts_with("NC"))
    throw_unsupported("option data_format: '{}' is not supported", shortened(one_line(format), 40));
  a["data_format"] = "channels_first";
}

/// With channels first ("NCHW"), the bias gets trailing axes of size 1.
void rewrite_bias_add(Json& a) {
  const std::string format = text_of(a, "data_format");
  a.erase("data_format");
  if (format.empty() || format.ends_with("C")) return;
  if (!format.starts_with("NC") || format.find('.') != std::string::npos || format.size() > 5 ||
      !a.contains("x2") || !a["x2"].is_array())
    throw_unsupported("option data_format: '{}' is not supported", shortened(one_line(format), 40));
  for (Json& value : a["x2"])
    for (std::size_t axis = 2; axis < format.size(); ++axis) value = Json::array({value});
}

/// Sizes of a window: one number, one per axis, or one per axis including batch and channels, which must
/// be 1.
void strip_window(Json& sizes, bool channels_first) {
  if (!sizes.is_array()) return;
  if (sizes.size() == 1) sizes = Json(sizes[0]);
  if (!sizes.is_array() || sizes.size() < 4) return;
  const Json whole = sizes;
  const std::size_t channels = channels_first ? 1 : whole.size() - 1;
  sizes = Json::array();
  for (std::size_t i = 0; i < whole.size(); ++i) {
    if (i != 0 && i != channels)
      sizes.push_back(whole[i]);
    else if (whole[i] != 1)
      throw_unsupported("a window over batch or channels is not supported");
  }
}

void rewrite_pool(Json& a) {
  rewrite_data_format(a);
  const bool first = a.contains("data_format");
  for (const char* key : {"pool_size", "strides"})
    if (a.contains(key)) strip_window(a[key], first);
  if (a.contains("padding") && !a["padding"].is_string())
    throw_unsupported("padding given by numbers is not supported");
  if (a.contains("padding")) make_lower(a["padding"]);
}

void rewrite_resize(Json& a) {
  if (a.value("preserve_aspect_ratio", Json()) == true)
    throw_unsupported("option preserve_aspect_ratio is not supported");
  a.erase("preserve_aspect_ratio");
  if (a.contains("interpolation")) make_lower(a["interpolation"]);
}

/// The Euclidean norm has no name in Keras 3: it is the default.
void rewrite_norm(Json& a) {
  if (text_of(a, "ord") == "euclidean") a.erase("ord");
}

/// Keras 3 has no such options; False is their default.
void rewrite_matmul(Json& a) {
  for (const char* key :
       {"transpose_a", "transpose_b", "adjoint_a", "adjoint_b", "a_is_sparse", "b_is_sparse"})
    if (a.value(key, Json()) == false) a.erase(key);
}

// ---------------------------------------------------------------- functions

using Translations = std::map<std::string_view, Translation>;

/// Functions with arguments whose names or values differ.
Translations general_translations() {
  const std::map<std::string_view, std::string_view> y{{"y", "x2"}};
  return {
      {"add", {"Add", "x1", y}},
      {"cast", {"Cast", "x", {}}},
      {"clip_by_value", {"Clip", "x", {{"clip_value_min", "x_min"}, {"clip_value_max", "x_max"}}}},
      {"compat.v1.math.scalar_mul", {"Multiply", "x1", {{"x", "x2"}}}},
      {"compat.v1.norm", {"Norm", "x", {{"keep_dims", "keepdims"}}, rewrite_norm}},
      {"compat.v1.pad", {"Pad", "x", {{"paddings", "pad_width"}}, rewrite_pad}},
      {"compat.v1.squeeze", {"Squeeze", "x", {}}},
      {"compat.v1.transpose", {"Transpose", "x", {{"perm", "axes"}}}},
      {"concat", {"Concatenate", "xs", {}}},
      {"expand_dims", {"ExpandDims", "x", {}}},
      {"identity", {"Copy", "x", {}}},
      {"keras.backend.batch_flatten", {"BatchFlatten", "x", {}}},
      {"linalg.matmul", {"Matmul", "x1", {{"b", "x2"}}, rewrite_matmul}},
      {"math.add_n", {"AddN", "xs", {}}},
      {"math.l2_normalize", {"Normalize", "x", {}}},
      {"nn.bias_add", {"Add", "x1", {{"bias", "x2"}}, rewrite_bias_add}},
      {"nn.depth_to_space", {"DepthToSpace", "x", {}, rewrite_data_format}},
      {"nn.space_to_depth", {"SpaceToDepth", "x", {}, rewrite_data_format}},
      {"compat.v1.nn.depth_to_space", {"DepthToSpace", "x", {}, rewrite_data_format}},
      {"compat.v1.nn.space_to_depth", {"SpaceToDepth", "x", {}, rewrite_data_format}},
      {"image.resize", {"Resize", "x", {{"method", "interpolation"}}, rewrite_resize}},
      {"image.rgb_to_grayscale", {"RGBToGrayscale", "x"}},
      {"image.grayscale_to_rgb", {"Repeat", "x", {}, [](Json& a) { a["repeats"] = 3, a["axis"] = -1; }}},
      {"image.flip_left_right", {"Flip", "x", {}, [](Json& a) { a["axis"] = -2; }}},
      {"image.flip_up_down", {"Flip", "x", {}, [](Json& a) { a["axis"] = -3; }}},
      {"nn.leaky_relu", {"LeakyRelu", "x", {{"alpha", "negative_slope"}}}},
      {"norm", {"Norm", "x", {}, rewrite_norm}},
      {"pad", {"Pad", "x", {{"paddings", "pad_width"}}, rewrite_pad}},
      {"repeat", {"Repeat", "x", {}}},
      {"reshape", {"Reshape", "x", {{"shape", "newshape"}}}},
      {"reverse", {"Flip", "x", {}}},
      {"split", {"Split", "x", {}, rewrite_split}},
      {"squeeze", {"Squeeze", "x", {}}},
      {"stack", {"Stack", "xs", {}}},
      {"stop_gradient", {"StopGradient", "x", {}}},
      {"tile", {"Tile", "x", {{"multiples", "repeats"}}}},
      {"transpose", {"Transpose", "x", {{"perm", "axes"}}}},
      {"unstack", {"Unstack", "x", {}}},
      {"__operators__.add", {"Add", "x1", y}},
      {"__operators__.getitem", {"GetItem", "x", {{"slice_spec", "key"}}}},
  };
}

void add_pools(Translations& t) {
  for (const char* function :
       {"nn.max_pool", "nn.max_pool2d", "compat.v1.nn.max_pool", "nn.max_pool1d", "nn.max_pool3d"})
    t[function] = {"MaxPool", "x", {{"ksize", "pool_size"}}, rewrite_pool};
  for (const char* function :
       {"nn.avg_pool", "nn.avg_pool2d", "compat.v1.nn.avg_pool", "nn.avg_pool1d", "nn.avg_pool3d"})
    t[function] = {"AveragePool", "x", {{"ksize", "pool_size"}}, rewrite_pool};
}

struct Renamed {
  std::string_view function, operation;
};

/// Functions (x, y).
constexpr Renamed binary_functions[] = {
    {"y", "x2"},
    {"clip_value_min", "x_min"},
    {"clip_value_max", "x_max"},
    {"x", "x2"},
    {"keep_dims", "keepdims"},
    {"paddings", "pad_width"},
    {"perm", "axes"},
    {"b", "x2"},
    {"bias", "x2"},
    {"method", "interpolation"},
    {"RGBToGrayscale", "x"},
    {"alpha", "negative_slope"},
    {"paddings", "pad_width"},
    {"shape", "newshape"},
    {"multiples", "repeats"},
    {"perm", "axes"},
    {"slice_spec", "key"},
    {"ksize", "pool_size"},
    {"ksize", "pool_size"},
    {"math.add", "Add"},
    {"math.subtract", "Subtract"},
    {"math.multiply", "Multiply"},
    {"math.divide", "Divide"},
    {"math.truediv", "TrueDivide"},
    {"math.divide_no_nan", "DivideNoNan"},
    {"compat.v1.floor_div", "FloorDivide"},
    {"math.floordiv", "FloorDivide"},
    {"math.floormod", "Mod"},
    {"math.pow", "Power"},
    {"math.maximum", "Maximum"},
    {"math.minimum", "Minimum"},
    {"math.squared_difference", "SquaredDifference"},
    {"__operators__.sub", "Subtract"},
    {"__operators__.mul", "Multiply"},
    {"__operators__.truediv", "TrueDivide"},
};

/// Functions (x), some with options of the same names.
constexpr Renamed unary_functions[] = {
    {"math.abs", "Abs"},
    {"math.acos", "Arccos"},
    {"math.acosh", "Arccosh"},
    {"math.asin", "Arcsin"},
    {"math.asinh", "Arcsinh"},
    {"math.atanh", "Arctanh"},
    {"math.atan", "Arctan"},
    {"math.ceil", "Ceil"},
    {"math.cos", "Cos"},
    {"math.cosh", "Cosh"},
    {"math.erf", "Erf"},
    {"math.exp", "Exp"},
    {"math.expm1", "Expm1"},
    {"math.floor", "Floor"},
    {"math.log", "Log"},
    {"math.log1p", "Log1p"},
    {"math.log_sigmoid", "LogSigmoid"},
    {"math.negative", "Negative"},
    {"math.reciprocal", "Reciprocal"},
    {"math.round", "Round"},
    {"math.rsqrt", "Rsqrt"},
    {"math.sigmoid", "Sigmoid"},
    {"math.sign", "Sign"},
    {"math.sin", "Sin"},
    {"math.sinh", "Sinh"},
    {"math.softplus", "Softplus"},
    {"math.softsign", "Softsign"},
    {"math.sqrt", "Sqrt"},
    {"math.square", "Square"},
    {"math.tan", "Tan"},
    {"math.tanh", "Tanh"},
    {"nn.elu", "Elu"},
    {"nn.gelu", "Gelu"},
    {"nn.relu", "Relu"},
    {"nn.relu6", "Relu6"},
    {"nn.selu", "Selu"},
    {"nn.sigmoid", "Sigmoid"},
    {"nn.silu", "Silu"},
    {"nn.softplus", "Softplus"},
    {"nn.softsign", "Softsign"},
    {"nn.tanh", "Tanh"},
    {"nn.softmax", "Softmax"},
    {"nn.log_softmax", "LogSoftmax"},
    {"math.softmax", "Softmax"},
    {"math.reduce_logsumexp", "Logsumexp"},
    {"math.reduce_max", "Max"},
    {"math.reduce_mean", "Mean"},
    {"math.reduce_min", "Min"},
    {"math.reduce_prod", "Prod"},
    {"math.reduce_std", "Std"},
    {"math.reduce_sum", "Sum"},
    {"math.reduce_variance", "Var"},
};

const Translations& translations() {
  static const Translations table = [] {
    Translations t = general_translations();
    add_pools(t);
    for (const Renamed& r : binary_functions) t[r.function] = {r.operation, "x1", {{"y", "x2"}}};
    for (const Renamed& r : unary_functions) t[r.function] = {r.operation, "x"};
    return t;
  }();
  return table;
}

}  // namespace

const Translation* translation_of(const std::string& function) {
  const auto at = translations().find(function);
  return at == translations().end() ? nullptr : &at->second;
}

}  // namespace nv
