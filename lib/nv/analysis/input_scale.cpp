#include "nv/analysis/input_scale.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <nlohmann/json.hpp>

#include "nv/analysis/application_family.h"
#include "nv/core/error.h"
#include "nv/core/text.h"
#include "nv/layers/operations.h"
#include "nv/layers/options.h"
#include "nv/layers/structure.h"

namespace nv {

namespace {

using Json = nlohmann::ordered_json;

/// The effect of a layer on the values of its inputs.
enum class Effect {
  none,       ///< the same values, possibly fewer or in other places
  from_raw,   ///< scales values of 0..255
  from_unit,  ///< scales values of 0..1
  other,
};

/// Kinds that do not change values at inference; kinds of augmentation begin with "Random" and are not
/// listed.
constexpr std::array<std::string_view, 33> kinds_without_effect{
    "InputLayer",       "Dropout",          "SpatialDropout1D", "SpatialDropout2D", "SpatialDropout3D",
    "GaussianNoise",    "GaussianDropout",  "AlphaDropout",     "Identity",         "ActivityRegularization",
    "Resizing",         "CenterCrop",       "Cropping1D",       "Cropping2D",       "Cropping3D",
    "ZeroPadding1D",    "ZeroPadding2D",    "ZeroPadding3D",    "Reshape",          "Permute",
    "Flatten",          "RepeatVector",     "UpSampling1D",     "UpSampling2D",     "UpSampling3D",
    "Concatenate",      "MaxPooling1D",     "MaxPooling2D",     "MaxPooling3D",     "AveragePooling1D",
    "AveragePooling2D", "AveragePooling3D", "Masking"};
constexpr std::array<std::string_view, 18> operations_without_effect{
    "Copy", "Cast", "GetItem", "Split",  "Unstack",    "Stack",    "Concatenate", "Reshape", "Transpose",
    "Flip", "Pad",  "Squeeze", "Repeat", "ExpandDims", "Swapaxes", "Moveaxis",    "Tile",    "StopGradient"};

constexpr std::array<std::string_view, 5> arithmetic{"Add", "Subtract", "Multiply", "Divide", "TrueDivide"};

/// The largest absolute value of a number or nested lists of numbers; nullopt if there are none.
std::optional<double> largest(const Json& numbers) {
  if (numbers.is_number()) return std::abs(numbers.get<double>());
  std::optional<double> most;
  if (numbers.is_array())
    for (const Json& n : numbers)
      if (const auto value = largest(n)) most = std::max(most.value_or(0.0), *value);
  return most;
}

std::optional<double> largest(const LayerSpec& layer, const char* key) {
  const Json& config = layer.config.json();
  return config.is_object() && config.contains(key) ? largest(config[key]) : std::nullopt;
}

/// The constant argument of an operation of two arguments: its index, and its largest absolute value.
struct Constant {
  std::size_t place = 0;
  double size = 0;
};

std::optional<Constant> constant_of(const Json& args, const LayerSpec& spec, const Origin& origin) {
  if (!args.is_array() || args.size() != 2) return std::nullopt;
  for (std::size_t i = 0; i < 2; ++i) {
    const Json& other = args[1 - i];
    if (!other.is_object() || !other.contains("__input__")) continue;
    if (args[i].is_object() && args[i].contains("__input__")) return std::nullopt;
    LayerSpec holder = spec;
    holder.config = Config(Json{{"constant", args[i]}});
    LayerOptions options(holder, origin);
    double size = 0;
    const Tensor constant = options.constant("constant");
    for (const float value : constant.values()) size = std::max(size, std::abs(static_cast<double>(value)));
    return Constant{i, size};
  }
  return std::nullopt;
}

/// The range that an operation expects, by its constant: x / 255 and x - 127.5 are for 0..255, x * 2 and x -
/// 1 for 0..1. Standard deviations of images are below 1 for 0..1 (torch), about 58 for 0..255.
Effect effect_of_numbers(std::string_view operation, const Constant& constant) {
  constexpr double least_divisor = 20, least_offset = 10;
  const bool divides = operation == "Divide" || operation == "TrueDivide";
  if (divides && constant.place == 0) return Effect::other;
  if (divides) return constant.size >= least_divisor ? Effect::from_raw : Effect::from_unit;
  if (operation == "Multiply")
    return constant.size <= 1 / least_divisor ? Effect::from_raw : Effect::from_unit;
  if (operation == "Add" || operation == "Subtract")
    return constant.size >= least_offset ? Effect::from_raw : Effect::from_unit;
  return Effect::other;
}

/// The name of an operation in Keras 3, and its constant argument.
struct CalledOperation {
  std::string operation;
  std::optional<Constant> constant;
};

/// nullopt for an operation that nv does not know.
std::optional<CalledOperation> called_operation(const Model& model, const Node& node) {
  const LayerSpec& layer = model.layer_of(node);
  try {
    const PortableOperation operation = portable_operation(layer, node.arguments, {});
    // Arguments of other operations are slices and sizes, not numbers.
    if (std::ranges::find(arithmetic, operation.kind) == arithmetic.end())
      return CalledOperation{operation.kind, std::nullopt};
    const Json& call = operation.arguments.json();
    return CalledOperation{operation.kind, constant_of(call.value("args", Json()), layer, model.origin)};
  } catch (const Error&) {
    return std::nullopt;
  }
}

Effect effect_of_operation(const Model& model, const Node& node) {
  const Json& config = model.layer_of(node).config.json();
  if (config.is_object() && config.contains("function") && config["function"].is_string() &&
      config["function"].get<std::string>().starts_with("image."))
    return Effect::none;  // image.resize and its like
  const std::optional<CalledOperation> call = called_operation(model, node);
  if (!call) return Effect::other;
  if (std::ranges::find(operations_without_effect, call->operation) != operations_without_effect.end())
    return Effect::none;
  return call->constant ? effect_of_numbers(call->operation, *call->constant) : Effect::other;
}

Effect effect_of(const Model& model, const Node& node) {
  const LayerSpec& layer = model.layer_of(node);
  if (is_operation(layer, model.origin, node.arguments)) return effect_of_operation(model, node);
  if (!layer.package.empty()) return Effect::other;
  if (layer.kind == "Rescaling") {
    const bool nothing = largest(layer, "scale") == 1.0 && largest(layer, "offset").value_or(0.0) == 0.0;
    return nothing ? Effect::none : Effect::from_raw;
  }
  if (layer.kind == "Normalization") return Effect::from_raw;
  if (layer.kind == "Activation") {
    const Json& config = layer.config.json();
    return config.is_object() && config.value("activation", Json()) == "linear" ? Effect::none
                                                                                : Effect::other;
  }
  const bool none = layer.kind.starts_with("Random") ||
                    std::ranges::find(kinds_without_effect, layer.kind) != kinds_without_effect.end();
  return none ? Effect::none : Effect::other;
}

std::string called(const Model& model, const Node& node) {
  return fmt::format("{} ({})", one_line(node.path), one_line(model.layer_of(node).kind));
}

/// A note if a layer that scales images has numbers for 0..1, since the default stays 0..255; else "".
std::string strange_numbers(const Model& model, const Node& node) {
  const LayerSpec& layer = model.layer_of(node);
  const bool rescaling = layer.kind == "Rescaling" && largest(layer, "scale").value_or(0.0) >= 0.1;
  const auto mean = largest(layer, "mean"), variance = largest(layer, "variance");
  const bool normalization =
      layer.kind == "Normalization" && mean && variance && *mean > 0.0 && *mean <= 2.0 && *variance <= 2.0;
  if (!rescaling && !normalization) return "";
  return fmt::format(
      "layer {} has numbers for pictures of 0..1, and gets 0..255: --preprocess unit changes that",
      called(model, node));
}

/// Follows the values of images from node to node.
class Walk {
 public:
  explicit Walk(const Model& model) : model_(model), untouched_(model.nodes.size(), false) {
    // A model may take other inputs than images.
    const auto rank = [&](const Port& input) {
      const auto shape = declared_shape(model.layer_of(model.node(input.value)));
      return shape ? shape->rank() : 0;
    };
    const bool pictures = std::ranges::any_of(model.inputs, [&](const Port& p) { return rank(p) >= 2; });
    for (const Port& input : model.inputs)
      if (!pictures || rank(input) >= 2) untouched_[static_cast<std::size_t>(input.value.node)] = true;
  }

  InputScale result() {
    for (std::size_t i = 0; i < model_.nodes.size(); ++i) visit(i);
    InputScale found;
    found.family = application_family(model_);
    const Node* const scales = raw_ != nullptr ? raw_ : unit_;
    if (raw_ != nullptr) found.scale = Scale::raw;
    if (scales != nullptr) found.layer = called(model_, *scales);
    if (raw_ != nullptr && other_ != nullptr)
      found.notes.push_back(
          fmt::format("layer {} scales pictures, and {} takes them as they are: they stay 0..255, "
                      "--preprocess unit changes that",
                      called(model_, *raw_), called(model_, *other_)));
    if (raw_ != nullptr)
      if (std::string note = strange_numbers(model_, *raw_); !note.empty())
        found.notes.push_back(std::move(note));
    if (scales == nullptr && late_ != nullptr)
      found.notes.push_back(
          fmt::format("layer {} scales values, but after other layers: pictures are made 0..1, "
                      "--preprocess raw leaves 0..255",
                      called(model_, *late_)));
    return found;
  }

 private:
  void visit(std::size_t i) {
    const Node& node = model_.nodes[i];
    if (untouched_[i] && node.inputs.empty()) return;  // an input of the model
    const auto untouched = [&](const Value& v) {
      return v.node >= 0 && untouched_[static_cast<std::size_t>(v.node)];
    };
    const bool any = std::ranges::any_of(node.inputs, untouched);
    if (!any && (late_ != nullptr || raw_ != nullptr)) return;
    const Effect effect = effect_of(model_, node);
    if (!any) {
      if (effect == Effect::from_raw && !node.inputs.empty() && is_plain_scaling(node)) late_ = &node;
    } else if (effect == Effect::none) {
      untouched_[i] = std::ranges::all_of(node.inputs, untouched);
    } else if (effect == Effect::from_raw) {
      if (raw_ == nullptr) raw_ = &node;
    } else if (effect == Effect::from_unit) {
      if (unit_ == nullptr) unit_ = &node;
      if (other_ == nullptr) other_ = &node;
    } else if (other_ == nullptr) {
      other_ = &node;
    }
  }

  /// After other layers only constants that clearly belong to images count, since operations there have
  /// constants of all sizes.
  bool is_plain_scaling(const Node& node) const {
    const auto of_pictures = [](double divisor) { return divisor >= 100 && divisor <= 300; };
    const LayerSpec& layer = model_.layer_of(node);
    if (layer.kind == "Normalization") return true;
    if (layer.kind == "Rescaling")
      return of_pictures(1 / std::max(largest(layer, "scale").value_or(1.0), 1e-9));
    const std::optional<CalledOperation> call = called_operation(model_, node);
    if (!call || !call->constant) return false;
    const double size = call->constant->size;
    return call->operation == "Multiply" ? of_pictures(1 / std::max(size, 1e-9))
                                         : call->operation.ends_with("ivide") && of_pictures(size);
  }

  const Model& model_;
  std::vector<bool> untouched_;  // by node: its values are those of the image
  const Node *raw_ = nullptr, *unit_ = nullptr, *other_ = nullptr, *late_ = nullptr;
};

}  // namespace

InputScale input_scale(const Model& model) {
  return Walk(model).result();
}

std::vector<std::string> preprocess_notes(const InputScale& found, const Preprocess& in_use, bool chosen) {
  std::vector<std::string> notes;
  if (!chosen) notes = found.notes;
  // A model that itself scales images has its family's preprocessing, or a different one on purpose.
  const bool by_itself = !found.layer.empty() && found.scale == Scale::raw;
  if (found.family && in_use.scale != found.family->scale && !(by_itself && in_use.scale == Scale::raw))
    notes.push_back(fmt::format(
        "looks like {} of keras.applications, which was trained with --preprocess {}; {} is in use",
        found.family->name, scale_name(found.family->scale), scale_name(in_use.scale)));
  return notes;
}

}  // namespace nv
