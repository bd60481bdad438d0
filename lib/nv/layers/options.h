// Reads a layer's configuration into typed values, and makes sure that nothing in it is overlooked.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "nv/layers/common/activation.h"
#include "nv/model/model.h"

namespace nv {

/// Every getter throws Error(input) where a value has the wrong type, and marks its key as understood; null
/// counts as absent. A key is looked up in the layer's configuration and then among the keyword arguments of
/// its call. `finish()`, called by make_layer, throws Error(unsupported) for a key that nobody asked for.
class Options {
 public:
  /// `arguments`: of the call, as in Node::arguments. `output`: which of the layer's outputs is asked for.
  Options(const LayerSpec& spec, const Origin& origin, const Config& arguments = {}, int output = 0);
  ~Options();
  Options(const Options&) = delete;
  Options& operator=(const Options&) = delete;

  const Origin& origin() const { return origin_; }
  const std::string& kind() const { return spec_.kind; }

  /// Names the positional arguments of the call, so that they are found by key. Without it, what is not a
  /// tensor among those behind the first is refused.
  void name_arguments(std::initializer_list<std::string_view> names);
  /// Which input of the call the argument is; nullopt where it is absent or not one tensor.
  std::optional<std::size_t> input(std::string_view key);
  /// Which of the layer's outputs is asked for. A kind that does not ask has one.
  int output();
  /// A number, nested lists of numbers, or a tensor that was saved by value, under its own shape.
  Tensor constant(std::string_view key);
  /// The value as it is; null where absent.
  const nlohmann::ordered_json* json(std::string_view key) { return find(key); }

  /// Whether the call says training=True and that holds when the model predicts: up to Keras 2. Keras 3
  /// overrides it.
  bool trains();

  bool has(std::string_view key);
  std::int64_t integer(std::string_view key, std::optional<std::int64_t> fallback = {});
  double number(std::string_view key, std::optional<double> fallback = {});
  bool flag(std::string_view key, bool fallback);
  std::string text(std::string_view key, const std::string& fallback);
  /// A text that is one of `choices`, else Error(unsupported).
  std::string choice(std::string_view key, const std::string& fallback,
                     std::initializer_list<std::string_view> choices);
  /// One positive number for all of `axes` axes, or one each.
  std::vector<std::int64_t> sizes(std::string_view key, std::size_t axes,
                                  const std::vector<std::int64_t>& fallback = {});
  /// One number, or a list of them.
  std::vector<std::int64_t> integers(std::string_view key, const std::vector<std::int64_t>& fallback = {});
  std::vector<double> numbers(std::string_view key, const std::vector<double>& fallback = {});
  /// Padding or cropping, {before, after} by axis: one number, one an axis, or two an axis; of a single axis,
  /// one or two numbers.
  std::vector<std::array<std::int64_t, 2>> margins(std::string_view key, std::size_t axes,
                                                   std::int64_t fallback);
  /// The name of a function given as text or as {class_name, config}; "" where absent.
  std::string function_name(std::string_view key);
  /// An activation by name or {class_name, config}; linear where absent.
  Activation activation(std::string_view key);
  /// The activation that the layer itself is ("LeakyReLU"), whose parameters are the options named.
  Activation activation_layer(const std::string& name, std::initializer_list<std::string_view> parameters);

  /// For options that do not matter at inference.
  void ignore(std::initializer_list<std::string_view> keys);
  void ignore_all();

  /// Keys present in the configuration that the layer has read and that say something else than their absence
  /// would: those that matter at inference. All that do not only matter to training, where the layer ignores
  /// everything.
  std::vector<std::string> relevant() const;

  void finish() const;

 private:
  struct State;
  const nlohmann::ordered_json* find(std::string_view key);
  /// `value`; keeps in mind whether it is the fallback.
  template <class T>
  T given(std::string_view key, T value, const std::optional<T>& fallback);
  [[noreturn]] void wrong(std::string_view key, std::string_view expected) const;

  void finish_arguments() const;

  const LayerSpec& spec_;
  const Origin& origin_;
  std::unique_ptr<State> state_;
};

}  // namespace nv
