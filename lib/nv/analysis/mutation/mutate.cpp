#include "nv/analysis/mutation/mutate.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "nv/analysis/families.h"
#include "nv/analysis/mutation/filters.h"
#include "nv/analysis/mutation/graph.h"
#include "nv/analysis/mutation/operators.h"
#include "nv/core/error.h"
#include "nv/core/text.h"
#include "nv/engine/at_layer.h"
#include "nv/model/select.h"

namespace nv {

namespace {

bool maps_zero_to_zero(std::string_view activation) {
  for (std::string_view name :
       {"",          "linear",      "relu",        "relu6",       "leaky_relu", "elu",        "selu",
        "celu",      "gelu",        "silu",        "swish",       "hard_silu",  "hard_swish", "tanh",
        "hard_tanh", "tanh_shrink", "soft_shrink", "hard_shrink", "softsign",   "mish"})
    if (activation == name) return true;
  return false;
}

bool normalises(const std::string& kind) {
  return family_of(kind) == LayerFamily::normalization;
}

/// The last node of the normalisation, activation and dropout that follow the node and have no other inputs
/// or users.
std::size_t end_of_block(const Model& model, const Structure& structure, std::size_t node) {
  for (;;) {
    const std::vector<std::size_t> users = users_of(model, node);
    if (users.size() != 1 || model.nodes[users[0]].inputs.size() != 1) return node;
    const std::string& kind = model.layer_of(model.nodes[users[0]]).kind;
    const auto& layer = structure.nodes[users[0]].layer;
    const bool activation =
        layer && kind != "Dense" && kind.find("Conv") == std::string::npos && !layer->activation().empty();
    if (!normalises(kind) && !activation && kind.find("Dropout") == std::string::npos) return node;
    node = users[0];
  }
}

void warn_of_normalisation(Mutant& mutant, std::size_t node) {
  for (std::size_t user : users_of(mutant.model, node))
    if (normalises(mutant.model.layer_of(mutant.model.nodes[user]).kind))
      mutant.notes.push_back(
          fmt::format("{} is followed by {}, which turns a zeroed channel into a constant (beta - gamma * "
                      "mean / sqrt(variance + "
                      "epsilon)): --freeze-as block freezes after it",
                      mutant.model.nodes[node].path, mutant.model.nodes[user].path));
}

void freeze(Mutant& mutant, const Structure& structure, std::size_t node, const Mutation& m) {
  if (m.as == "weights") {
    for (std::int64_t c : m.filters)
      change_filter(mutant.model, structure, node, c,
                    [](std::string_view, std::span<float> w) { std::ranges::fill(w, 0.0F); });
    warn_of_normalisation(mutant, node);
    const auto& layer = structure.nodes[node].layer;
    if (layer && !maps_zero_to_zero(layer->activation()))
      mutant.notes.push_back(
          fmt::format("{} ends in {}, which does not map 0 to 0: its frozen filters still hand "
                      "something on; --freeze-as output does not",
                      mutant.model.nodes[node].path, layer->activation()));
  } else if (m.as == "block") {
    mutant.frozen.push_back({end_of_block(mutant.model, structure, node), m.filters});
  } else {
    mutant.frozen.push_back({node, m.filters});
    warn_of_normalisation(mutant, node);
  }
}

std::vector<std::size_t> chosen(const Model& model, const std::string& selection) {
  std::vector<std::size_t> nodes;
  const std::vector<bool> selected = select_layers(model, selection);
  for (std::size_t i = 0; i < selected.size(); ++i)
    if (selected[i]) nodes.push_back(i);
  return nodes;
}

/// Throws Error(usage) for a parameter that the operator does not take: a misspelt name would otherwise leave
/// the default in place.
void check_given(const Mutation& m) {
  const std::string_view accepts = m.op == "freeze" ? "filters as" : operator_named(m.op).doc.accepts;
  const std::vector<std::string> known = split(accepts, ' ');
  std::vector<std::string> given;
  if (!m.filters.empty()) given.emplace_back("filters");
  if (!m.as.empty()) given.emplace_back("as");
  if (!m.activation.empty()) given.emplace_back("activation");
  for (const auto& parameter : m.parameters) given.push_back(parameter.first);
  for (const std::string& word : given) {
    if (std::ranges::find(known, word) != known.end()) continue;
    std::string hint = accepts.empty() ? "it takes none" : fmt::format("it takes {}", fmt::join(known, ", "));
    throw Error(ErrorKind::usage, fmt::format("{}: has no parameter '{}'", m.op, one_line(word)), hint);
  }
}

void apply(Mutant& mutant, Mutation m) {
  check_given(m);
  const Structure structure = analyse(mutant.model);
  if (m.op == "freeze") {
    if (m.as != "output" && m.as != "weights" && m.as != "block")
      throw Error(ErrorKind::usage, fmt::format("no way of freezing '{}'", one_line(m.as)),
                  "output, weights, block");
    // Weights of a shared layer are zeroed once, whichever of its calls were chosen.
    std::vector<int> done;
    for (std::size_t node : chosen(mutant.model, m.layer)) {
      const int layer = mutant.model.nodes[node].layer;
      if (m.as == "weights" && std::ranges::find(done, layer) != done.end()) continue;
      done.push_back(layer);
      freeze(mutant, structure, node, m);
    }
    mutant.mutations.push_back(std::move(m));
    return;
  }
  const OperatorEntry& op = operator_named(m.op);
  const std::vector<std::size_t> nodes =
      m.layer.empty() ? chosen(mutant.model, "all") : chosen(mutant.model, m.layer);
  const auto node =
      std::ranges::find_if(nodes, [&](std::size_t i) { return op.applies(mutant.model, structure, i); });
  if (node == nodes.end())
    throw_usage("{}: {} does not apply to {}", mutant.model.file, m.op,
                m.layer.empty() ? "any layer" : m.layer);
  m.layer = mutant.model.nodes[*node].path;
  Random random({m.seed});
  op.apply({mutant, structure, *node, m, random});
  mutant.mutations.push_back(std::move(m));
}

/// A BatchNormalization that keeps channels or sets them to 0.
LayerSpec mask(const std::string& path, std::int64_t channels, const std::vector<std::int64_t>& zeros,
               int axis) {
  // 0.999 + 0.001 is 1 in float32, and no library raises an epsilon of 0.001.
  constexpr double epsilon = 0.001;
  LayerSpec spec;
  spec.path = spec.name = path;
  spec.kind = "BatchNormalization";
  spec.config = Config(nlohmann::ordered_json{{"axis", axis}, {"epsilon", epsilon}, {"center", false}});
  Tensor gamma(Shape{channels}, 1.0F);
  for (std::int64_t c : zeros) gamma[c] = 0;
  const std::pair<const char*, Tensor> weights[] = {{"gamma", gamma},
                                                    {"moving_mean", Tensor(Shape{channels}, 0.0F)},
                                                    {"moving_variance", Tensor(Shape{channels}, 0.999F)}};
  for (const auto& [name, numbers] : weights)
    spec.weights.push_back({path + "/" + name, numbers.shape(), "float32", held(numbers)});
  return spec;
}

LayerSpec reshape(const std::string& path, const Shape& shape) {
  LayerSpec spec;
  spec.path = spec.name = path;
  spec.kind = "Reshape";
  nlohmann::ordered_json target = nlohmann::ordered_json::array();
  for (std::int64_t axis = 0; axis < shape.rank(); ++axis) target.push_back(shape[axis]);
  spec.config = Config(nlohmann::ordered_json{{"target_shape", target}});
  return spec;
}

/// Inserts layers after the node that set single numbers to 0: flattened, masked, and reshaped back.
void insert_unit_mask(Model& model, std::size_t node, const Shape& shape,
                      const std::vector<std::int64_t>& units) {
  const std::string path = model.nodes[node].path + "_frozen", flat = path + "_flat",
                    shaped = path + "_shaped";
  for (LayerSpec& spec :
       std::vector<LayerSpec>{reshape(shaped, shape), mask(path, shape.elements(), units, -1),
                              reshape(flat, Shape{shape.elements()})}) {
    const std::string name = spec.path;
    model.layers.push_back(std::move(spec));
    insert_after(model, node, static_cast<int>(model.layers.size()) - 1, name);
  }
}

[[noreturn]] void throw_open_size(const Model& model, std::size_t node) {
  throw Error(
      ErrorKind::usage,
      fmt::format("{}: the model leaves the number of its channels open, so no layer can be saved that "
                  "makes some of them 0",
                  layer_place(model, node)),
      "freeze a layer whose channels are known, or run without --save");
}

}  // namespace

std::span<const MutationOperator> mutation_operators() {
  static const std::vector<MutationOperator> list = [] {
    std::vector<MutationOperator> all;
    for (const OperatorEntry& o : operator_table()) all.push_back(o.doc);
    return all;
  }();
  return list;
}

Mutant mutate(const Model& model, std::span<const Mutation> mutations) {
  Mutant mutant;
  mutant.model = model;
  for (const Mutation& m : mutations) apply(mutant, m);
  if (mutant.frozen.empty()) return mutant;
  const Structure structure = analyse(mutant.model);
  for (const Frozen& f : mutant.frozen) check_channels(mutant.model, structure, f);
  return mutant;
}

Mutation random_mutation(const Model& model, std::span<const std::string> operators, std::uint64_t seed) {
  const Structure structure = analyse(model);
  Random random({seed, 0x6d757461});
  std::vector<const OperatorEntry*> candidates;
  for (const OperatorEntry& o : operator_table())
    if (operators.empty() || std::ranges::find(operators, o.doc.name) != operators.end())
      candidates.push_back(&o);
  for (const std::string& name : operators) (void)operator_named(name);
  while (!candidates.empty()) {
    const auto pick = candidates.begin() + random.below(static_cast<std::int64_t>(candidates.size()));
    std::vector<std::size_t> nodes;
    for (std::size_t i = 0; i < model.nodes.size(); ++i)
      if ((*pick)->applies(model, structure, i)) nodes.push_back(i);
    if (!nodes.empty()) {
      Mutation m;
      m.op = (*pick)->doc.name;
      m.layer =
          model.nodes[nodes[static_cast<std::size_t>(random.below(static_cast<std::int64_t>(nodes.size())))]]
              .path;
      m.seed = seed;
      return m;
    }
    candidates.erase(pick);
  }
  throw_usage("{}: none of the operators applies to any of its layers", model.file);
}

Model plain_model(const Mutant& mutant) {
  Model model = mutant.model;
  std::vector<Frozen> frozen = mutant.frozen;
  // From the last node, so that insertions do not move those still to come.
  std::ranges::stable_sort(frozen, std::greater<>(), &Frozen::node);
  for (const Frozen& f : frozen) {
    const Structure structure = analyse(model);
    const NodeStructure& s = structure.nodes[f.node];
    const LayerSpec& spec = model.layer_of(model.nodes[f.node]);
    if (!f.units.empty()) {
      if (!s.output || !s.output->known()) throw_open_size(model, f.node);
      insert_unit_mask(model, f.node, *s.output, f.units);
    }
    if (f.channels.empty()) continue;
    const auto calls = std::ranges::count(model.nodes, model.nodes[f.node].layer, &Node::layer);
    // Without gamma, a normalisation whose weights are 0 hands its input on.
    const bool scales =
        spec.kind != "BatchNormalization" ||
        std::ranges::any_of(expected_weights(s), [](const WeightSpec& w) { return w.name == "gamma"; });
    if (has_filters(spec) && s.layer && scales && maps_zero_to_zero(s.layer->activation()) && calls == 1) {
      for (std::int64_t c : f.channels)
        change_filter(model, structure, f.node, c,
                      [](std::string_view, std::span<float> w) { std::ranges::fill(w, 0.0F); });
      continue;
    }
    const std::int64_t channels = channels_of(model, structure, f.node);
    if (channels == 0) throw_open_size(model, f.node);
    for (std::int64_t c : f.channels)
      if (c < 0 || c >= channels) throw_no_channel(model, f.node, c, channels);
    const std::string path = model.nodes[f.node].path + "_frozen";
    model.layers.push_back(mask(path, channels, f.channels, s.channels_first ? 1 : -1));
    insert_after(model, f.node, static_cast<int>(model.layers.size()) - 1, path);
  }
  return model;
}

}  // namespace nv
