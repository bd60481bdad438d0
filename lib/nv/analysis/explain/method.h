// A method of explanation, and what it works on.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "nv/analysis/explain/scalar.h"

namespace nv::explain {

/// A number that users may set (--set NAME=VALUE).
struct Parameter {
  std::string_view name, meaning;
  double value = 0;  ///< the default
  double least = 0, most = 0;
  bool whole = false;  ///< integers only
};

/// How much a channel of a layer counts for the scalar.
struct ChannelRelevance {
  std::int64_t channel = 0;
  double relevance = 0;
};

/// What a method says about one input.
struct Explanation {
  /// One map (H, W) per image input, or one tensor per model input of that input's shape (no batch axis);
  /// signed. Empty for `filters`.
  std::vector<Tensor> maps;
  /// Per map (H, W): index in Model::inputs; empty if the only one is of the first image input.
  std::vector<std::size_t> ports = {};
  bool relative = false;        ///< only differences within the map count, its 0 means nothing (rise)
  bool never_negative = false;  ///< Method::never_negative
  /// f(x) - f(baseline) minus the sum of the map (integrated gradients).
  std::optional<double> completeness_gap;
  /// Sum of the relevance / f(x) (relevance propagation).
  std::optional<double> conservation;
  std::vector<ChannelRelevance> channels = {};  ///< largest first (filters)
  /// The layers whose maps were used: per map, or the one whose channels are listed; else empty.
  std::vector<std::size_t> nodes = {};
};

/// Choices of a user.
struct Settings {
  std::vector<std::pair<std::string_view, double>> parameters;  ///< all of the method, in its order
  std::string_view base = "gradient";                           ///< method that is smoothed (--set base=NAME)
  std::optional<std::size_t> node;  ///< of --layer: for methods that look at a layer's maps
  std::uint64_t seed = 0;

  double parameter(std::string_view name) const;
  std::int64_t whole(std::string_view name) const { return static_cast<std::int64_t>(parameter(name)); }
};

/// Inputs to explain, with everything that a method needs.
struct Task {
  Engine& engine;
  const Scalar& scalar;
  std::vector<Tensor> inputs;                  ///< per model input, batch first
  std::vector<std::int64_t> rows;              ///< per item: its index for Scalar
  std::vector<std::uint64_t> ids;              ///< per item: seeds its random numbers, whatever its batch
  std::vector<std::vector<Tensor>> baselines;  ///< per item, per model input, no batch axis
  /// Inputs of which expected-gradients draws its baselines, per model input, no batch axis.
  std::span<const std::vector<Tensor>> background;
  const Settings& settings;
  /// Index in Model::inputs of the image that a map (H, W) is of; the first if it is not given.
  std::optional<std::size_t> image = std::nullopt;

  std::size_t size() const { return rows.size(); }
  /// Item `i` of each model input, no batch axis; shares storage.
  std::vector<Tensor> item(std::size_t i) const;
};

struct Method {
  std::string_view name;
  std::string_view summary;    ///< one line
  std::string_view reference;  ///< paper
  std::vector<Parameter> parameters = {};
  bool random = false;          ///< depends on the seed
  bool needs_layer = false;     ///< looks at the maps of a layer (--layer)
  bool needs_image = false;     ///< changes regions of an image
  bool needs_baseline = false;  ///< uses Task::baselines
  bool needs_background = false;
  bool never_negative = false;  ///< its maps have no negative values, whatever the input
  bool smooths = false;         ///< runs another method (Settings::base)
  /// Whether its maps are the same for a network of other weights, as guided backpropagation's nearly are.
  bool ignores_weights = false;
  /// One explanation per item, which depends neither on the other items nor on the number of threads.
  std::vector<Explanation> (*run)(const Task& task) = nullptr;

  /// Whether --set takes `name`.
  bool has_parameter(std::string_view name) const;
};

/// A method without parameters; what else applies is set afterwards.
Method make_method(std::string_view name, std::string_view summary, std::string_view reference,
                   std::vector<Explanation> (*run)(const Task& task));

/// method.run(task); a method that gives a map (H, W) runs once for each image input of a model with several,
/// except those that the layer of its maps does not see.
std::vector<Explanation> run_method(const Method& method, const Task& task);

/// All methods, in the order of `nv explain --list`.
std::span<const Method> methods();
/// Throws Error(usage) that begins with `option`, with the nearest names as the hint.
const Method& find_method(std::string_view name, std::string_view option = "--method");

/// `set` checked against the method's parameters, with the defaults filled in; "base" is the name of a
/// method. Throws Error(usage).
Settings settle(const Method& method, std::span<const std::pair<std::string, std::string>> set);

}  // namespace nv::explain
