#include "nv/keras/weights.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <set>
#include <string_view>
#include <utility>

#include "nv/core/error.h"
#include "nv/core/text.h"
#include "nv/keras/at_layer.h"
#include "nv/layers/structure.h"

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

/// Whether there is a group for a layer.
bool has_group(const Hdf5File& file, const std::string& group, const LayerTree& layer) {
  return asked_for(file, layer, [&] { return file.is_group(group); });
}

bool has_dataset(const Hdf5File& file, const std::string& dataset, const LayerTree& layer) {
  return asked_for(file, layer, [&] { return file.is_dataset(dataset); });
}

Weight weight_at(const std::shared_ptr<const Hdf5File>& file, const std::string& dataset,
                 const std::string& name, const LayerTree& layer) {
  const DatasetInfo info = asked_for(*file, layer, [&] { return file->describe(dataset); });
  return {name, info.shape, info.dtype, std::make_shared<Hdf5Weight>(file, dataset, info.in_place)};
}

/// Layers below a node of the tree that are no models themselves, in order.
void collect_layers(const LayerTree& tree, std::vector<int>& into) {
  if (tree.layer >= 0) into.push_back(tree.layer);
  for (const LayerTree& child : tree.children) collect_layers(child, into);
}

/// What each layer expects, as far as the graph says without any weights. Worked out when it is first asked
/// for, and once: few files need it, and those with many layers need it often.
class ExpectedWeights {
 public:
  explicit ExpectedWeights(const Model& model) : model_(model) {}

  const std::vector<WeightSpec>& of(int layer) {
    if (expected_.empty()) find();
    return expected_[static_cast<std::size_t>(layer)];
  }

 private:
  void find() {
    const Structure structure = analyse(model_);
    expected_.resize(model_.layers.size());
    for (std::size_t i = 0; i < model_.nodes.size(); ++i) {
      const auto layer = static_cast<std::size_t>(model_.nodes[i].layer);
      if (std::vector<WeightSpec> due = due_weights(structure.nodes[i]); !due.empty())
        expected_[layer] = std::move(due);
    }
  }

  const Model& model_;
  std::vector<std::vector<WeightSpec>> expected_;  // by Model::layers
};

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

/// All datasets at and below `group`, in natural order ("2" before "10").
void collect_datasets(const Hdf5File& file, const std::string& group, std::vector<std::string>& into,
                      int depth = 0) {
  if (depth > 16) return;
  std::vector<std::string> members = file.members(group);
  const auto number = [](const std::string& s) {
    int n = -1;
    const auto [end, error] = std::from_chars(s.data(), s.data() + s.size(), n);
    return error == std::errc() && end == s.data() + s.size() ? n : -1;
  };
  std::ranges::stable_sort(members, [&](const std::string& a, const std::string& b) {
    return std::pair(number(a), a) < std::pair(number(b), b);
  });
  for (const std::string& m : members) {
    const std::string path = join(group, m);
    if (file.is_dataset(path))
      into.push_back(path);
    else if (file.is_group(path))
      collect_datasets(file, path, into, depth + 1);
  }
}

/// Where a dataset GROUP/FOLDER/vars/I lies in its layer's group: "query_dense"; "" for the layer's own.
std::string folder_of(const std::string& group, const std::string& dataset) {
  const auto end = dataset.rfind("/vars/");
  return end == std::string::npos || end <= group.size()
             ? ""
             : dataset.substr(group.size() + 1, end - group.size() - 1);
}

/// Layers with layers inside keep the weights of each in a folder of their own. Brings these to the order in
/// which the layer expects them, by the names of its weights ("query_dense/kernel").
void order_by_folder(const std::string& group, const std::vector<WeightSpec>& expected,
                     std::vector<std::string>& datasets) {
  const auto place = [&](const std::string& dataset) {
    std::string folder;
    // tf_keras's .keras files have the names of private members: "_query_dense".
    for (char c : folder_of(group, dataset))
      if (c != '_' || (!folder.empty() && folder.back() != '/')) folder += c;
    folder += '/';
    return std::ranges::find_if(expected, [&](const WeightSpec& w) { return w.name.starts_with(folder); }) -
           expected.begin();
  };
  std::ranges::stable_sort(datasets, {}, place);
}

void bind_level(const std::shared_ptr<const Hdf5File>& file, const std::string& group, const LayerTree& tree,
                ExpectedWeights& expected, Model& model) {
  std::map<std::string, int> used;
  for (const LayerTree& child : tree.children) {
    const bool nested = child.layer < 0;
    // A nested model is saved under its class's name; a Sequential inside is "sequential".
    std::string name = snake_case(child.kind);
    if (const int k = used[name]++; k > 0) name += fmt::format("_{}", k);
    std::string at = join(group, "layers/" + name);
    // Saved on Windows, the separator inside the name is a backslash.
    if (const std::string windows = join(group, "layers\\" + name);
        !has_group(*file, at, child) && has_group(*file, windows, child))
      at = windows;
    if (!has_group(*file, at, child)) continue;  // no weights; where some are due, analyse() notes it
    if (nested) {
      bind_level(file, at, child, expected, model);
      continue;
    }
    std::vector<std::string> datasets;
    asked_for(*file, child, [&] { collect_datasets(*file, at, datasets); });
    LayerSpec& spec = model.layers[static_cast<std::size_t>(child.layer)];
    if (std::ranges::any_of(datasets, [&](const std::string& d) { return !folder_of(at, d).empty(); }))
      order_by_folder(at, expected.of(child.layer), datasets);
    for (const std::string& dataset : datasets)
      spec.weights.push_back(weight_at(file, dataset, dataset, child));
  }
}

}  // namespace

std::string snake_case(const std::string& class_name) {
  const auto upper = [](char c) { return c >= 'A' && c <= 'Z'; };
  const auto lower = [](char c) { return c >= 'a' && c <= 'z'; };
  // Keras's two substitutions: (.)([A-Z][a-z]+) -> \1_\2, then ([a-z])([A-Z]) -> \1_\2.
  std::string words;
  for (std::size_t i = 0; i < class_name.size(); ++i) {
    const char c = class_name[i];
    const bool word = upper(c) && i + 1 < class_name.size() && lower(class_name[i + 1]);
    const bool after_lower = i > 0 && upper(c) && lower(class_name[i - 1]);
    if (i > 0 && (word || after_lower)) words += '_';
    words += c;
  }
  for (char& c : words)
    if (upper(c)) c = static_cast<char>(c - 'A' + 'a');
  return words;
}

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
      list.push_back(weight_at(file, join(group, name), name, child));
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

void bind_weights(const std::shared_ptr<const Hdf5File>& file, const LayerTree& tree, Model& model) {
  ExpectedWeights expected(model);
  bind_level(file, "", tree, expected, model);
}

}  // namespace nv
