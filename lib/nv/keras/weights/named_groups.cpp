#include "nv/keras/weights/weights.h"

#include <algorithm>
#include <map>
#include <set>
#include <string_view>
#include <utility>

#include "nv/core/error.h"
#include "nv/core/text.h"
#include "nv/keras/error_context.h"
#include "nv/keras/weights/binding.h"
#include "nv/layers/structure.h"
#include "nv/model/missing_weight.h"

namespace nv {

namespace {

class Hdf5Weight final : public WeightData {
 public:
  Hdf5Weight(std::shared_ptr<const Hdf5File> file, std::string dataset, bool in_place)
      : file_(std::move(file)), dataset_(std::move(dataset)), in_place_(in_place) {}
  Tensor read() const override { return file_->read(dataset_); }
  bool in_place() const override { return in_place_; }
  void rehearse() const override { file_->rehearse(dataset_); }

 private:
  std::shared_ptr<const Hdf5File> file_;
  std::string dataset_;
  bool in_place_;
};

template <typename Question>
auto asked_for(const Hdf5File& file, const LayerTree& layer, const Question& question) {
  return at_layer(file.file(), layer.name, layer.kind, question);
}

bool has_dataset(const Hdf5File& file, const std::string& dataset, const LayerTree& layer) {
  return asked_for(file, layer, [&] { return file.is_dataset(dataset); });
}

}  // namespace

Weight weight_at(const std::shared_ptr<const Hdf5File>& file, const std::string& dataset,
                 const std::string& name, const std::string& layer, const std::string& kind) {
  const DatasetInfo info = at_layer(file->file(), layer, kind, [&] { return file->describe(dataset); });
  return {name, info.shape, info.dtype, std::make_shared<Hdf5Weight>(file, dataset, info.in_place)};
}

void ExpectedWeights::find() {
  const Structure structure = analyse(model_);
  expected_.resize(model_.layers.size());
  for (std::size_t i = 0; i < model_.nodes.size(); ++i) {
    const auto layer = static_cast<std::size_t>(model_.nodes[i].layer);
    if (std::vector<WeightSpec> due = due_weights(structure.nodes[i]); !due.empty())
      expected_[layer] = std::move(due);
  }
}

const std::vector<WeightSpec>& ExpectedWeights::of(int layer) {
  if (expected_.empty()) find();
  return expected_[static_cast<std::size_t>(layer)];
}

namespace {

/// Layers below a node of the tree that are no models themselves, in order.
void collect_layers(const LayerTree& tree, std::vector<int>& into) {
  if (tree.layer >= 0) into.push_back(tree.layer);
  for (const LayerTree& child : tree.children) collect_layers(child, into);
}

/// A nested model's group holds one flat list: all trainable weights of its layers in order, then all others.
/// A layer that is not trainable has its kernels among the others.
/// One that is missing in the file has no data, and keeps its place in the list.
void deal_out(std::vector<Weight> list, const std::vector<int>& layers, ExpectedWeights& expected,
              Model& model) {
  std::map<int, std::vector<Weight>> dealt;
  std::size_t next = 0;
  for (const bool trainable : {true, false})
    for (int layer : layers) {
      const auto at = static_cast<std::size_t>(layer);
      std::vector<Weight>& mine = dealt[layer];
      const std::vector<WeightSpec>& due = expected.of(layer);
      mine.resize(due.size());
      for (std::size_t i = 0; i < due.size(); ++i)
        if ((due[i].trainable && model.layers[at].trainable) == trainable && next < list.size())
          mine[i] = std::move(list[next++]);
    }
  for (auto& [layer, weights] : dealt)
    model.layers[static_cast<std::size_t>(layer)].weights = std::move(weights);
}

/// Whether a layer, or any layer in a model, is of a kind that has weights.
bool has_weights(const LayerTree& tree, ExpectedWeights& expected) {
  std::vector<int> layers;
  collect_layers(tree, layers);
  return std::ranges::any_of(layers, [&](int l) { return !expected.of(l).empty(); });
}

std::string join(const std::string& a, const std::string& b) {
  return a.empty() ? b : a + "/" + b;
}

}  // namespace

void bind_legacy_weights(const std::shared_ptr<const Hdf5File>& file, const std::string& root,
                         const LayerTree& tree, Model& model) {
  const std::vector<std::string> names = file->texts(root, "layer_names");
  const std::set<std::string_view> known(names.begin(), names.end());
  const auto named = [&](const LayerTree& child) { return known.contains(child.name); };
  const auto weight_names = [&](const std::string& group) {
    return file->is_group(group) ? file->texts(group, "weight_names") : std::vector<std::string>{};
  };
  ExpectedWeights expected(model);
  // A file of weights alone may come from a model whose layers had other names: then they go by their order,
  // as Keras's load_weights has it.
  const bool by_name = std::ranges::any_of(tree.children, named);
  std::vector<std::string> unnamed;
  if (!by_name)
    for (const std::string& name : names)
      if (!weight_names(join(root, name)).empty()) unnamed.push_back(name);
  std::size_t next = 0;
  for (const LayerTree& child : tree.children) {
    std::string group = join(root, child.name);
    if (by_name) {
      if (!named(child)) continue;
    } else {
      if (next == unnamed.size() || !has_weights(child, expected)) continue;
      group = join(root, unnamed[next++]);
    }
    std::vector<Weight> list;
    for (const std::string& name : asked_for(*file, child, [&] { return weight_names(group); })) {
      if (!has_dataset(*file, join(group, name), child)) {
        // Described as far as it is known; whoever needs the numbers is told which are missing.
        model.notes.push_back(fmt::format("weight {} of layer {} is missing in the file", one_line(name),
                                          one_line(child.name)));
        list.push_back({name, {}, "", nullptr});
        continue;
      }
      list.push_back(weight_at(file, join(group, name), name, child.name, child.kind));
    }
    if (child.layer >= 0) {
      model.layers[static_cast<std::size_t>(child.layer)].weights = std::move(list);
    } else {
      std::vector<int> layers;
      collect_layers(child, layers);
      deal_out(std::move(list), layers, expected, model);
    }
  }
  for (LayerSpec& spec : model.layers)
    std::erase_if(spec.weights, [](const Weight& w) { return w.data == nullptr; });
}

void stand_in_weights(Model& model, const std::string& what, const std::string& hint) {
  ExpectedWeights expected(model);
  const auto data = std::make_shared<MissingWeight>(what, hint);
  for (std::size_t i = 0; i < model.layers.size(); ++i) {
    const std::vector<WeightSpec>& due = expected.of(static_cast<int>(i));
    if (!std::ranges::all_of(due, [](const WeightSpec& w) { return w.shape.known(); })) continue;
    for (const WeightSpec& w : due) model.layers[i].weights.push_back({w.name, w.shape, "float32", data});
  }
}

}  // namespace nv
