// Reads a layer's configuration into typed values and refuses options that no one reads.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "nv/layers/common/activation.h"
#include "nv/model/model.h"

namespace nv {

/// The options of a layer, for its constructor. An option is looked up in the layer's configuration and then
/// among the arguments of its call; null counts as absent. A getter marks its key as known and throws
/// Error(input) if the value has the wrong type, or if it is absent and there is no fallback.
class LayerOptions {
 public:
  /// `arguments` are those of the call (Node::arguments); `output` is the index of the layer's output to
  /// compute.
  LayerOptions(const LayerSpec& spec, const Origin& origin, const Config& arguments = {}, int output = 0);
  ~LayerOptions();
  LayerOptions(const LayerOptions&) = delete;
  LayerOptions& operator=(const LayerOptions&) = delete;

  const Origin& origin() const { return origin_; }
  const std::string& kind() const { return spec_.kind; }

  // ---------------------------------------------------------------- the call

  /// Names the positional arguments of the call, so that getters find them. Without names, positional
  /// arguments after the first must be tensors.
  void name_arguments(std::initializer_list<std::string_view> names);
  /// Which input of the call the argument is; nullopt if it is absent or not a single tensor.
  std::optional<std::size_t> input(std::string_view key);
  /// The index of the layer's output to compute. A kind that does not ask for it has one output.
  int output();
  /// Whether the call has training=True and the version of Keras obeys that when the model predicts (up to
  /// Keras 2).
  bool trains();

  // ---------------------------------------------------------------- values

  bool has(std::string_view key);
  /// The value as it is; nullptr if absent.
  const nlohmann::ordered_json* json(std::string_view key) { return find(key); }
  std::int64_t integer(std::string_view key, std::optional<std::int64_t> fallback = {});
  double number(std::string_view key, std::optional<double> fallback = {});
  bool flag(std::string_view key, bool fallback);
  std::string text(std::string_view key, const std::string& fallback);
  /// A text; throws Error(unsupported) unless it is one of `choices`.
  std::string choice(std::string_view key, const std::string& fallback,
                     std::initializer_list<std::string_view> choices);
  /// One number, or a list of them.
  std::vector<std::int64_t> integers(std::string_view key, const std::vector<std::int64_t>& fallback = {});
  std::vector<double> numbers(std::string_view key, const std::vector<double>& fallback = {});
  /// Positive numbers, one per axis; one number in the file stands for all axes.
  std::vector<std::int64_t> sizes(std::string_view key, std::size_t axes,
                                  const std::vector<std::int64_t>& fallback = {});
  /// Padding or cropping as {before, after} per axis, from one number, one per axis or two per axis; for a
  /// single axis from one or two numbers.
  std::vector<std::array<std::int64_t, 2>> margins(std::string_view key, std::size_t axes,
                                                   std::int64_t fallback);
  /// A number, nested lists of numbers, or a tensor that was saved by value.
  Tensor constant(std::string_view key);

  // ---------------------------------------------------------------- activation functions

  /// The name of a function given as text or as {class_name, config}; "" if absent.
  std::string function_name(std::string_view key);
  /// An activation function by name or {class_name, config}; linear if absent.
  Activation activation(std::string_view key);
  /// The activation function that the layer itself is ("LeakyReLU"), with the options named as its
  /// parameters.
  Activation activation_layer(const std::string& name, std::initializer_list<std::string_view> parameters);

  // ---------------------------------------------------------------- other options

  /// Marks options as known that do not matter at inference.
  void ignore(std::initializer_list<std::string_view> keys);
  void ignore_all();

  /// Keys of the configuration that influence the layer's outputs: those that were read and differ from their
  /// default. After ignore_all(): all that matter in training.
  std::vector<std::string> relevant() const;

  /// Called by make_layer after the constructor. Throws Error(unsupported) for an option or argument that was
  /// not read, unless it never matters at inference (names, initializers, ...), and for an output that the
  /// kind does not have.
  void finish() const;

 private:
  struct State;
  const nlohmann::ordered_json* find(std::string_view key);
  /// Returns `value`; notes whether it equals the fallback.
  template <class T>
  T noted(std::string_view key, T value, const std::optional<T>& fallback);
  [[noreturn]] void wrong(std::string_view key, std::string_view expected) const;

  void finish_arguments() const;

  const LayerSpec& spec_;
  const Origin& origin_;
  std::unique_ptr<State> state_;
};

}  // namespace nv
