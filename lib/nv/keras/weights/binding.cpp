#include "nv/keras/weights/binding.h"

#include <algorithm>
#include <utility>

#include "nv/keras/error_context.h"
#include "nv/keras/weights/weights.h"
#include "nv/layers/structure.h"
#include "nv/model/missing_weight.h"

namespace nv {

namespace {

class FileWeight final : public WeightData {
 public:
  FileWeight(std::shared_ptr<const WeightFile> file, std::string dataset, bool in_place)
      : file_(std::move(file)), dataset_(std::move(dataset)), in_place_(in_place) {}
  Tensor read() const override { return file_->read(dataset_); }
  bool in_place() const override { return in_place_; }
  void check_readable() const override { file_->check_readable(dataset_); }

 private:
  std::shared_ptr<const WeightFile> file_;
  std::string dataset_;
  bool in_place_;
};

}  // namespace

Weight weight_at(const std::shared_ptr<const WeightFile>& file, const std::string& dataset,
                 const std::string& name, const std::string& layer, const std::string& kind) {
  const DatasetInfo info = at_layer(file->file(), layer, kind, [&] { return file->describe(dataset); });
  return {name, info.shape, info.dtype, std::make_shared<FileWeight>(file, dataset, info.in_place)};
}

void ExpectedWeights::find() {
  const Structure structure = analyse(model_);
  expected_.resize(model_.layers.size());
  for (std::size_t i = 0; i < model_.nodes.size(); ++i) {
    const auto layer = static_cast<std::size_t>(model_.nodes[i].layer);
    if (std::vector<WeightSpec> expected = expected_weights(structure.nodes[i]); !expected.empty())
      expected_[layer] = std::move(expected);
  }
}

const std::vector<WeightSpec>& ExpectedWeights::of(int layer) {
  if (expected_.empty()) find();
  return expected_[static_cast<std::size_t>(layer)];
}

std::string member_path(const std::string& group, const std::string& name) {
  return group.empty() ? name : group + "/" + name;
}

void add_placeholder_weights(Model& model, const std::string& problem, const std::string& hint) {
  ExpectedWeights expected(model);
  const auto data = std::make_shared<MissingWeight>(problem, hint);
  for (std::size_t i = 0; i < model.layers.size(); ++i) {
    const std::vector<WeightSpec>& specs = expected.of(static_cast<int>(i));
    if (!std::ranges::all_of(specs, [](const WeightSpec& w) { return w.shape.known(); })) continue;
    for (const WeightSpec& w : specs) model.layers[i].weights.push_back({w.name, w.shape, "float32", data});
  }
}

}  // namespace nv
