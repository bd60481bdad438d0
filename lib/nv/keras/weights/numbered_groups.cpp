// The layout of weights in .keras archives and .weights.h5 files: a group per layer, named by its class and a
// counter.
#include <algorithm>
#include <charconv>
#include <map>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

#include "nv/core/error.h"
#include "nv/keras/error_context.h"
#include "nv/keras/weights/binding.h"
#include "nv/keras/weights/weights.h"

namespace nv {

namespace {

constexpr std::string_view containers[] = {"layers", "_layer_checkpoint_dependencies"};

/// Appends all datasets at and below `group`, in natural order ("2" before "10").
void collect_datasets(const WeightFile& file, const std::string& group, std::vector<std::string>& into,
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
    const std::string path = member_path(group, m);
    if (file.is_dataset(path))
      into.push_back(path);
    else if (file.is_group(path))
      collect_datasets(file, path, into, depth + 1);
  }
}

/// FOLDER of a dataset GROUP/FOLDER/vars/I in its layer's group: "query_dense"; "" for GROUP/vars/I.
std::string folder_of(const std::string& group, const std::string& dataset) {
  const auto end = dataset.rfind("/vars/");
  return end == std::string::npos || end <= group.size()
             ? ""
             : dataset.substr(group.size() + 1, end - group.size() - 1);
}

/// Layers that contain layers have a folder for the weights of each. Sorts their datasets in the order in
/// which the layer expects its weights, by their names ("query_dense/kernel").
void order_by_folder(const std::string& group, const std::vector<WeightSpec>& expected,
                     std::vector<std::string>& datasets) {
  const auto place = [&](const std::string& dataset) {
    std::string folder;
    // tf_keras writes names of private members: "_query_dense".
    for (char c : folder_of(group, dataset))
      if (c != '_' || (!folder.empty() && folder.back() != '/')) folder += c == '\\' ? '/' : c;
    folder += '/';
    return std::ranges::find_if(expected, [&](const WeightSpec& w) { return w.name.starts_with(folder); }) -
           expected.begin();
  };
  std::ranges::stable_sort(datasets, {}, place);
}

/// Which layers the counter after a class's name counts.
enum class Counting {
  all,    ///< Keras 3: each layer of the class
  fresh,  ///< TF 2.14 and later: layers that were not saved before, as a part of another model
  twice,  ///< TF 2.13: each layer, those with weights twice
};

/// Finds the datasets of each layer by walking the model as Keras does when it saves one.
class GroupWalk {
 public:
  GroupWalk(const WeightFile& file, std::size_t layers, Counting counting)
      : file_(file), counting_(counting), datasets_(layers) {
    for (const std::string& name : file.members("/"))
      if (name.find('\\') != std::string::npos) windows_.insert(name);
  }

  void run(const LayerTree& tree) { (void)visit_all("", tree); }

  /// By Model::layers, in the order of the file.
  struct MatchedGroup {
    std::string group;
    std::vector<std::string> datasets;
  };
  const std::vector<MatchedGroup>& found() const { return datasets_; }
  /// Number of the file's groups that were found.
  std::size_t groups() const { return groups_; }

 private:
  using Identity = std::pair<std::string, std::string>;

  /// Visits the children of a model whose group is `at`, "" for the file's root; nullopt if it has none,
  /// since it was saved before. Returns whether any of them has weights.
  bool visit_all(const std::optional<std::string>& at, const LayerTree& tree) {
    std::map<std::string, int> used;
    bool any = false;
    for (const LayerTree& child : tree.children) {
      // A nested model is saved under its class's name; a Sequential inside is "sequential".
      std::string name = snake_case(child.kind);
      int& counter = used[name];
      if (counter > 0) name += fmt::format("_{}", counter);
      const bool again = saved_before(child);
      const std::optional<std::string> group =
          at && !again ? at_layer(file_.file(), child.name, child.kind, [&] { return locate(*at, name); })
                       : std::nullopt;
      if (group) ++groups_;
      const bool weights = child.layer < 0 ? visit_all(group, child) : visit(group, child);
      remember(child);
      if (!again || counting_ != Counting::fresh) counter += weights && counting_ == Counting::twice ? 2 : 1;
      any = any || weights;
    }
    return any;
  }

  /// Whether a layer is also in a model that was visited before. Its identity (`shared`) may be missing
  /// there, so name and kind are compared too.
  bool saved_before(const LayerTree& child) const {
    return !child.shared.empty() &&
           (saved_.contains({"", child.shared}) || saved_.contains({child.name, child.kind}));
  }

  void remember(const LayerTree& child) {
    if (!child.shared.empty()) saved_.emplace(Identity{"", child.shared}, child.layer);
    saved_[{child.name, child.kind}] = child.layer;
  }

  bool visit(const std::optional<std::string>& group, const LayerTree& leaf) {
    MatchedGroup& found = datasets_[static_cast<std::size_t>(leaf.layer)];
    if (group) {
      found.group = *group;
      at_layer(file_.file(), leaf.name, leaf.kind, [&] { collect(*group, found.datasets); });
    } else {
      auto same = leaf.shared.empty() ? saved_.end() : saved_.find({"", leaf.shared});
      if (same == saved_.end()) same = saved_.find({leaf.name, leaf.kind});
      if (same != saved_.end() && same->second >= 0)
        found = datasets_[static_cast<std::size_t>(same->second)];
    }
    return !found.datasets.empty();
  }

  /// The group of a layer in the model whose group is `at`; nullopt if there is none. In files saved on
  /// Windows, the separators before "vars" are backslashes in one name.
  std::optional<std::string> locate(const std::string& at, const std::string& name) const {
    for (const std::string_view container : containers)
      for (const auto& [outer, inner] : {std::pair('/', '/'), std::pair('\\', '\\'), std::pair('/', '\\')}) {
        std::string path = at.empty() ? "" : at + outer;
        path += fmt::format("{}{}{}", container, inner, name);
        if (file_.is_group(path) || inside(path) != windows_.end()) return path;
      }
    return std::nullopt;
  }

  /// The first group below `group` that has a name with backslashes.
  std::set<std::string>::const_iterator inside(const std::string& group) const {
    const auto at = windows_.lower_bound(group + '\\');
    return at != windows_.end() && at->starts_with(group + '\\') ? at : windows_.end();
  }

  /// Appends the datasets of a layer and of the layers inside it.
  void collect(const std::string& group, std::vector<std::string>& into) const {
    if (file_.is_group(group)) collect_datasets(file_, group, into);
    for (auto at = inside(group); at != windows_.end() && at->starts_with(group + '\\'); ++at)
      collect_datasets(file_, *at, into);
  }

  const WeightFile& file_;
  Counting counting_;
  std::vector<MatchedGroup> datasets_;
  std::size_t groups_ = 0;
  std::set<std::string> windows_;  // members of the root with a backslash in their names
  std::map<Identity, int> saved_;  // the layer by name and kind, and by ("", LayerTree::shared)
};

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

namespace {

bool shares_layers(const LayerTree& tree) {
  return !tree.shared.empty() || std::ranges::any_of(tree.children, shares_layers);
}
}  // namespace

void bind_weights(const std::shared_ptr<const WeightFile>& file, const LayerTree& tree, Model& model) {
  // The file does not say how its groups are numbered: the right numbering finds all groups.
  std::vector<GroupWalk::MatchedGroup> all;
  std::size_t most = 0;
  const bool sharing = shares_layers(tree);
  for (const Counting counting : {Counting::all, Counting::fresh, Counting::twice}) {
    if (counting == Counting::fresh && !sharing) continue;  // the same as `all`
    GroupWalk walk(*file, model.layers.size(), counting);
    walk.run(tree);
    if (all.empty() || walk.groups() > most) all = walk.found();
    most = std::max(most, walk.groups());
  }
  ExpectedWeights expected(model);
  for (std::size_t i = 0; i < model.layers.size(); ++i) {
    const GroupWalk::MatchedGroup& found = all[i];
    std::vector<std::string> datasets = found.datasets;
    if (std::ranges::any_of(datasets,
                            [&](const std::string& d) { return !folder_of(found.group, d).empty(); }))
      order_by_folder(found.group, expected.of(static_cast<int>(i)), datasets);
    LayerSpec& layer = model.layers[i];
    for (const std::string& dataset : datasets)
      layer.weights.push_back(weight_at(file, dataset, dataset, layer.name, layer.kind));
  }
}

}  // namespace nv
