// --layers, --items and the conditions of `nv samples`.
#include <nlohmann/json.hpp>

#include "nv/data/items.h"
#include "nv/data/sample_query.h"
#include "nv/keras/graph/graph.h"
#include "nv/model/select.h"
#include "support.h"

namespace {

nv::Model make_model() {
  std::string layers = R"({"class_name": "InputLayer", "config": {"name": "x", "batch_shape": [null, 4]}})";
  for (const char* name : {"conv", "conv2", "a/b", "*", "0", "1-2", "@Dense", "all"})
    layers += std::string(R"(, {"class_name": "Dense", "config": {"units": 4, "name": ")") + name + "\"}}";
  nv::Model model;
  model.file = "fuzz";
  model.origin.keras_major = 3;
  read_graph(nlohmann::ordered_json::parse(
                 R"({"class_name": "Sequential", "config": {"name": "s", "layers": [)" + layers + "]}}"),
             model);
  return model;
}

}  // namespace

NV_FUZZ_TARGET(bytes) {
  using namespace nv;
  static const Model model = make_model();
  const std::string text(fuzz::text_of(bytes));
  fuzz::attempt([&] { (void)select_layers(model, text); });
  fuzz::attempt([&] { (void)select_layer(model, text); });
  fuzz::attempt([&] {
    const ItemRanges ranges(text);
    (void)ranges.below(100);
    (void)ranges.first_beyond(100);
  });
  fuzz::attempt([&] {
    (void)SampleCondition(text, "--where").holds({{"linf", 0.5}, {"id", std::string("a")}});
  });
}
