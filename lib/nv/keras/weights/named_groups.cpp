// The layout of weights in .h5 model files: a group per layer, named as the layer.
#include <algorithm>
#include <map>
#include <set>
#include <string_view>
#include <utility>

#include "nv/core/error.h"
#include "nv/core/text.h"
#include "nv/keras/error_context.h"
#include "nv/keras/weights/binding.h"
#include "nv/keras/weights/weights.h"

namespace nv {

namespace {

/// Appends the layers below a node of the tree that are not models, in order.
void collect_layers(const LayerTree& tree, std::vector<int>& layers) {
  if (tree.layer >= 0) layers.push_back(tree.layer);
  for (const LayerTree& child : tree.children) collect_layers(child, layers);
}

/// Assigns the flat list of weights of a nested model's group to its layers: all trainable weights in the
/// order of layers, then all others, which include the kernels of layers that are not trainable. A weight
/// that is missing in the file has no data, but keeps its place in the list.
void assign_weights(std::vector<Weight> list, const std::vector<int>& layers, ExpectedWeights& expected,
                    Model& model) {
  std::map<int, std::vector<Weight>> assigned;
  std::size_t next = 0;
  for (const bool trainable : {true, false})
    for (int layer : layers) {
      const bool trains = model.layers[static_cast<std::size_t>(layer)].trainable;
      const std::vector<WeightSpec>& specs = expected.of(layer);
      std::vector<Weight>& weights = assigned[layer];
      weights.resize(specs.size());
      for (std::size_t i = 0; i < specs.size(); ++i)
        if ((specs[i].trainable && trains) == trainable && next < list.size())
          weights[i] = std::move(list[next++]);
    }
  for (auto& [layer, weights] : assigned)
    model.layers[static_cast<std::size_t>(layer)].weights = std::move(weights);
}

class NamedGroups {
 public:
  NamedGroups(const std::shared_ptr<const WeightFile>& file, const std::string& root, Model& model)
      : file_(file), root_(root), model_(model), expected_(model), names_(file->texts(root, "layer_names")) {}

  void bind(const LayerTree& tree) {
    for (const auto& [layer, group] : groups_of(tree)) {
      std::vector<Weight> weights = weights_of(*layer, group);
      if (layer->layer >= 0) {
        model_.layers[static_cast<std::size_t>(layer->layer)].weights = std::move(weights);
      } else {
        std::vector<int> layers;
        collect_layers(*layer, layers);
        assign_weights(std::move(weights), layers, expected_, model_);
      }
    }
    for (LayerSpec& spec : model_.layers)
      std::erase_if(spec.weights, [](const Weight& w) { return w.data == nullptr; });
  }

 private:
  using Group = std::pair<const LayerTree*, std::string>;

  /// The children of the outermost model that have a group, with its path.
  std::vector<Group> groups_of(const LayerTree& tree) {
    const std::set<std::string_view> names(names_.begin(), names_.end());
    std::vector<Group> groups;
    for (const LayerTree& child : tree.children)
      if (names.contains(child.name)) groups.emplace_back(&child, member_path(root_, child.name));
    return groups.empty() ? groups_by_order(tree) : groups;
  }

  /// A file of weights alone may come from a model whose layers had other names: then groups with weights and
  /// layers with weights are matched in order, as Keras's load_weights does.
  std::vector<Group> groups_by_order(const LayerTree& tree) {
    std::vector<std::string> paths;
    for (const std::string& name : names_)
      if (std::string path = member_path(root_, name); !weight_names(path).empty())
        paths.push_back(std::move(path));
    std::vector<Group> groups;
    for (const LayerTree& child : tree.children)
      if (groups.size() < paths.size() && has_weights(child))
        groups.emplace_back(&child, paths[groups.size()]);
    return groups;
  }

  std::vector<std::string> weight_names(const std::string& group) const {
    return file_->is_group(group) ? file_->texts(group, "weight_names") : std::vector<std::string>{};
  }

  /// Whether a layer, or any layer in a model, expects weights.
  bool has_weights(const LayerTree& tree) {
    std::vector<int> layers;
    collect_layers(tree, layers);
    return std::ranges::any_of(layers, [&](int l) { return !expected_.of(l).empty(); });
  }

  std::vector<Weight> weights_of(const LayerTree& layer, const std::string& group) {
    const auto read = [&](const auto& action) {
      return at_layer(file_->file(), layer.name, layer.kind, action);
    };
    std::vector<Weight> weights;
    for (const std::string& name : read([&] { return weight_names(group); })) {
      const std::string dataset = member_path(group, name);
      if (read([&] { return file_->is_dataset(dataset); })) {
        weights.push_back(weight_at(file_, dataset, name, layer.name, layer.kind));
        continue;
      }
      // The model can still be described; running it is an error that names the missing weights.
      model_.notes.push_back(
          fmt::format("weight {} of layer {} is missing in the file", one_line(name), one_line(layer.name)));
      weights.push_back({name, {}, "", nullptr});
    }
    return weights;
  }

  const std::shared_ptr<const WeightFile>& file_;
  const std::string& root_;
  Model& model_;
  ExpectedWeights expected_;
  std::vector<std::string> names_;  // of groups
};

}  // namespace

void bind_legacy_weights(const std::shared_ptr<const WeightFile>& file, const std::string& root,
                         const LayerTree& tree, Model& model) {
  NamedGroups(file, root, model).bind(tree);
}

}  // namespace nv
