#include "nv/layers/options.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "nv/core/error.h"
#include "nv/core/text.h"

namespace nv {

using Json = nlohmann::ordered_json;

namespace {
/// Keys of every layer, and keys that matter in training only.
constexpr std::string_view irrelevant_keys[] = {"name",
                                                "trainable",
                                                "dtype",
                                                "batch_input_shape",
                                                "batch_shape",
                                                "input_shape",
                                                "input_dtype",
                                                "input_dim",
                                                "input_length",
                                                "sparse",
                                                "ragged",
                                                "optional",
                                                "autocast",
                                                "dynamic",
                                                "build_config",
                                                "quantization_config",
                                                "init",
                                                "seed",
                                                "activity_regularizer",
                                                "dtype_policy"};
constexpr std::string_view training_suffixes[] = {"_initializer", "_regularizer", "_constraint", "_init"};

bool is_irrelevant(std::string_view key) {
  return std::ranges::find(irrelevant_keys, key) != std::end(irrelevant_keys) ||
         std::ranges::any_of(training_suffixes, [&](std::string_view s) { return key.ends_with(s); });
}

/// Integers between -2^31 and 2^31: sizes and axes of tensors.
std::optional<std::int64_t> as_integer(const Json& j) {
  if (j.is_number_unsigned() && j.get<std::uint64_t>() >> 31 != 0) return std::nullopt;  // would overflow
  if (j.is_number_integer() || j.is_boolean()) {
    const auto n = j.is_boolean() ? static_cast<std::int64_t>(j.get<bool>()) : j.get<std::int64_t>();
    if (n > -(std::int64_t{1} << 31) && n < (std::int64_t{1} << 31)) return n;
  }
  if (j.is_number_float()) {
    const double d = j.get<double>();
    if (d == static_cast<double>(static_cast<std::int32_t>(std::clamp(d, -2e9, 2e9))))
      return static_cast<std::int64_t>(d);
  }
  return std::nullopt;
}
}  // namespace

struct LayerOptions::State {
  std::set<std::string, std::less<>> known, ignored;
  std::set<std::string, std::less<>> defaults;  // present in the configuration with their default value
  bool ignores_all = false;
  int output = 0;
  bool has_outputs = false;      // output() was called
  std::vector<Json> positional;  // arguments of the call without a name
  Json named = Json::object();   // those with a name
};

LayerOptions::LayerOptions(const LayerSpec& spec, const Origin& origin, const Config& arguments, int output)
    : spec_(spec), origin_(origin), state_(std::make_unique<State>()) {
  state_->output = output;
  const Json& json = arguments.json();
  if (const auto args = json.find("args"); args != json.end())
    state_->positional.assign(args->begin(), args->end());
  if (const auto kwargs = json.find("kwargs"); kwargs != json.end() && kwargs->is_object())
    state_->named = *kwargs;
}
LayerOptions::~LayerOptions() = default;

const Json* LayerOptions::find(std::string_view key) {
  state_->known.emplace(key);
  const Json& config = spec_.config.json();
  if (const auto at = config.find(std::string(key)); at != config.end() && !at->is_null()) return &*at;
  const auto at = state_->named.find(std::string(key));
  return at == state_->named.end() || at->is_null() ? nullptr : &*at;
}

void LayerOptions::wrong(std::string_view key, std::string_view expected) const {
  const Json* j = const_cast<LayerOptions*>(this)->find(key);
  const std::string value = j == nullptr ? "absent" : j->dump(-1, ' ', false, Json::error_handler_t::replace);
  throw_input("option {} is {}, not {}", key, shortened(value, 60), expected);
}

void LayerOptions::name_arguments(std::initializer_list<std::string_view> names) {
  for (std::size_t i = 0; i < std::min(names.size(), state_->positional.size()); ++i)
    state_->named[std::string(names.begin()[i])] = state_->positional[i];
  state_->positional.erase(state_->positional.begin(),
                           state_->positional.begin() + static_cast<std::ptrdiff_t>(std::min(
                                                            names.size(), state_->positional.size())));
}

template <class T>
T LayerOptions::noted(std::string_view key, T value, const std::optional<T>& fallback) {
  if (value == fallback) state_->defaults.emplace(key);
  return value;
}

std::optional<std::size_t> LayerOptions::input(std::string_view key) {
  const Json* j = find(key);
  if (j == nullptr || !j->is_object() || !j->contains("__input__")) return std::nullopt;
  return (*j)["__input__"].get<std::size_t>();
}

int LayerOptions::output() {
  state_->has_outputs = true;
  return state_->output;
}

namespace {
/// Appends the numbers of nested lists to `values` and their lengths to `axes`. Returns whether all lists of
/// the same depth have the same length.
bool flatten_numbers(const Json& j, std::size_t depth, std::vector<std::int64_t>& axes,
                     std::vector<float>& values) {
  if (j.is_number() || j.is_boolean()) {
    values.push_back(j.is_boolean() ? static_cast<float>(j.get<bool>()) : j.get<float>());
    return depth == axes.size();
  }
  if (!j.is_array() || depth >= Shape::max_rank) return false;
  const auto length = static_cast<std::int64_t>(j.size());
  if (depth == axes.size()) {
    if (!values.empty()) return false;
    axes.push_back(length);
  } else if (axes[depth] != length) {
    return false;
  }
  return std::ranges::all_of(
      j, [&](const Json& item) { return flatten_numbers(item, depth + 1, axes, values); });
}
}  // namespace

Tensor LayerOptions::constant(std::string_view key) {
  const Json* j = find(key);
  if (j == nullptr) wrong(key, "numbers");
  // Keras 3: {"class_name": "__tensor__", "config": {"value": ...}}; TF 1: {"type": "ndarray", "value": ...}.
  if (j->is_object() && j->contains("config") && (*j)["config"].is_object()) j = &(*j)["config"];
  if (j->is_object() && j->contains("value")) j = &(*j)["value"];
  std::vector<std::int64_t> axes;
  std::vector<float> values;
  if (!flatten_numbers(*j, 0, axes, values)) wrong(key, "numbers");
  return Tensor(Shape(std::span<const std::int64_t>(axes)), std::span<const float>(values));
}

bool LayerOptions::trains() {
  return origin_.keras_major < 3 && flag("training", false);
}

bool LayerOptions::has(std::string_view key) {
  return find(key) != nullptr;
}

std::int64_t LayerOptions::integer(std::string_view key, std::optional<std::int64_t> fallback) {
  const Json* j = find(key);
  if (j == nullptr) {
    if (!fallback) wrong(key, "a whole number");
    return *fallback;
  }
  const auto n = as_integer(*j);
  if (!n) wrong(key, "a whole number");
  return noted(key, *n, fallback);
}

double LayerOptions::number(std::string_view key, std::optional<double> fallback) {
  const Json* j = find(key);
  if (j == nullptr) {
    if (!fallback) wrong(key, "a number");
    return *fallback;
  }
  // TF 1 wrote NumPy scalars as {"type": "ndarray", "value": 0.3}.
  if (j->is_object() && j->contains("value") && (*j)["value"].is_number()) return (*j)["value"].get<double>();
  if (!j->is_number()) wrong(key, "a number");
  return noted(key, j->get<double>(), fallback);
}

bool LayerOptions::flag(std::string_view key, bool fallback) {
  const Json* j = find(key);
  if (j == nullptr) return fallback;
  if (!j->is_boolean() && !j->is_number_integer()) wrong(key, "true or false");
  return noted<bool>(key, j->is_boolean() ? j->get<bool>() : j->get<int>() != 0, fallback);
}

std::string LayerOptions::text(std::string_view key, const std::string& fallback) {
  const Json* j = find(key);
  if (j == nullptr) return fallback;
  if (!j->is_string()) wrong(key, "a text");
  return noted<std::string>(key, j->get<std::string>(), fallback);
}

std::string LayerOptions::choice(std::string_view key, const std::string& fallback,
                                 std::initializer_list<std::string_view> choices) {
  std::string value = text(key, fallback);
  if (std::ranges::find(choices, value) == choices.end())
    throw_unsupported("option {}: '{}' is not supported", key, shortened(one_line(value), 40));
  return value;
}

std::vector<std::int64_t> LayerOptions::integers(std::string_view key,
                                                 const std::vector<std::int64_t>& fallback) {
  const Json* j = find(key);
  if (j == nullptr) return fallback;
  std::vector<std::int64_t> list;
  const auto take = [&](const Json& item) {
    const auto n = as_integer(item);
    if (!n) wrong(key, "a list of whole numbers");
    list.push_back(*n);
  };
  if (j->is_array())
    for (const Json& item : *j) take(item);
  else
    take(*j);
  return list;
}

std::vector<double> LayerOptions::numbers(std::string_view key, const std::vector<double>& fallback) {
  const Json* j = find(key);
  if (j == nullptr) return fallback;
  std::vector<double> list;
  const auto take = [&](const Json& item) {
    if (!item.is_number()) wrong(key, "a list of numbers");
    list.push_back(item.get<double>());
  };
  if (j->is_array())
    for (const Json& item : *j) take(item);
  else
    take(*j);
  return list;
}

std::vector<std::int64_t> LayerOptions::sizes(std::string_view key, std::size_t axes,
                                              const std::vector<std::int64_t>& fallback) {
  constexpr std::string_view numbers[] = {"", "one", "one or two", "one or three"};
  if (!has(key) && fallback.empty()) wrong(key, fmt::format("{} whole numbers", numbers[axes]));
  std::vector<std::int64_t> list = integers(key, fallback);
  if ((list.size() != 1 && list.size() != axes) ||
      std::ranges::any_of(list, [](std::int64_t n) { return n < 1; }))
    wrong(key, fmt::format("{} positive whole numbers", numbers[axes]));
  list.resize(axes, list.front());
  return list;
}

std::vector<std::array<std::int64_t, 2>> LayerOptions::margins(std::string_view key, std::size_t axes,
                                                               std::int64_t fallback) {
  using Sides = std::array<std::int64_t, 2>;
  const Json* j = find(key);
  if (j == nullptr) return std::vector<Sides>(axes, {fallback, fallback});
  const std::string_view expected =
      axes == 1 ? "one number or two" : "one number, one per axis, or two per axis";
  const auto size = [&](const Json& item) {
    const auto n = as_integer(item);
    if (!n || *n < 0) wrong(key, expected);
    return *n;
  };
  const auto sides = [&](const Json& item) -> Sides {
    if (!item.is_array()) return {size(item), size(item)};
    if (item.size() != 2) wrong(key, expected);
    return {size(item[0]), size(item[1])};
  };
  if (axes == 1 || !j->is_array()) return std::vector<Sides>(axes, sides(*j));
  if (j->size() != axes) wrong(key, expected);
  std::vector<Sides> result;
  for (const Json& item : *j) result.push_back(sides(item));
  return result;
}

std::string LayerOptions::function_name(std::string_view key) {
  const Json* j = find(key);
  if (j == nullptr) return {};
  if (j->is_object() && j->contains("config") && (*j)["config"].is_string())
    return (*j)["config"].get<std::string>();
  if (j->is_object() && j->contains("class_name") && (*j)["class_name"].is_string())
    return (*j)["class_name"].get<std::string>();
  return j->is_string() ? j->get<std::string>() : std::string();
}

namespace {
/// Throws Error(unsupported) for an option in the configuration of an activation layer that Activation::parse
/// ignores.
void check_activation_options(const std::string& kind, const Json& config) {
  for (const auto& [key, value] : config.items()) {
    const bool last_axis = key == "axis" && value == -1;
    bool known = last_axis || value.is_null() || is_irrelevant(key);
    for (std::string_view name :
         {"negative_slope", "alpha", "max_value", "threshold", "theta", "approximate"})
      known = known || key == name;
    if (!known)
      throw_unsupported("option '{}' of its activation {} is not supported", shortened(one_line(key), 40),
                        shortened(one_line(kind), 40));
  }
}
}  // namespace

Activation LayerOptions::activation(std::string_view key) {
  const Json* j = find(key);
  if (j == nullptr) return Activation::parse("linear", {}, origin_);
  if (j->is_string()) return Activation::parse(j->get<std::string>(), {}, origin_);
  // {"class_name": "function", "config": "relu"} (Keras 3), {"class_name": "LeakyReLU", "config": {...}}
  if (!j->is_object() || !j->contains("class_name") || !(*j)["class_name"].is_string())
    wrong(key, "an activation");
  const Json config = j->value("config", Json::object());
  if (config.is_string()) return Activation::parse(config.get<std::string>(), {}, origin_);
  const auto kind = (*j)["class_name"].get<std::string>();
  Activation activation = Activation::parse(kind, Config(config), origin_);
  if (config.is_object()) check_activation_options(kind, config);
  return activation;
}

Activation LayerOptions::activation_layer(const std::string& name,
                                          std::initializer_list<std::string_view> parameters) {
  for (std::string_view key : parameters) state_->known.emplace(key);  // Activation::parse reads them
  return Activation::parse(name, spec_.config, origin_);
}

void LayerOptions::ignore(std::initializer_list<std::string_view> keys) {
  for (std::string_view key : keys) state_->ignored.emplace(key);
}

void LayerOptions::ignore_all() {
  state_->ignores_all = true;
}

std::vector<std::string> LayerOptions::relevant() const {
  std::vector<std::string> keys;
  if (!spec_.config.json().is_object()) return keys;
  for (const auto& [key, value] : spec_.config.json().items())
    if ((state_->known.contains(key) && !state_->defaults.contains(key)) ||
        (state_->ignores_all && !is_irrelevant(key) && !state_->ignored.contains(key)))
      keys.push_back(key);
  return keys;
}

void LayerOptions::finish_arguments() const {
  // The file holds masks that the user passed as arguments, not those that Keras passes on.
  for (const auto& [key, value] : state_->named.items())
    if (!value.is_null() && key != "training" && key != "inputs" && !is_irrelevant(key) &&
        !state_->known.contains(key) && !state_->ignored.contains(key))
      throw_unsupported("argument '{}' of its call is not supported", shortened(one_line(key), 40));
  for (std::size_t i = 1; i < state_->positional.size(); ++i)
    if (const Json& value = state_->positional[i];
        !value.is_null() && !value.is_object() && !value.is_boolean())
      throw_unsupported("argument {} of its call is not supported", i + 1);
}

void LayerOptions::finish() const {
  if (state_->output > 0 && !state_->has_outputs)
    throw_unsupported("output {} is used, but it has one output", state_->output);
  finish_arguments();
  if (state_->ignores_all || !spec_.config.json().is_object()) return;
  for (const auto& [key, value] : spec_.config.json().items()) {
    if (value.is_null() || is_irrelevant(key) || state_->known.contains(key) || state_->ignored.contains(key))
      continue;
    throw_unsupported("option '{}' is not supported", shortened(one_line(key), 40));
  }
}

}  // namespace nv
