#include "nv/keras/weights.h"

#include <doctest/doctest.h>

#include "keras/support.h"

namespace nv::test {

namespace {

/// "conv: kernel 3 x 2, bias 2", a line a layer that has weights; values by their first number.
std::string weights(const Model& model) {
  std::string text;
  for (const LayerSpec& l : model.layers) {
    if (l.weights.empty()) continue;
    text += l.path + ":";
    for (const Weight& w : l.weights) text += fmt::format(" {}={}", w.name, w.data->read()[0]);
    text += "\n";
  }
  return text;
}

Model sequential(const std::string& layers, LayerTree& tree) {
  return graph(R"({"class_name": "Sequential", "config": {"name": "s", "layers": [
      {"class_name": "InputLayer", "config": {"name": "x", "batch_shape": [null, 2]}}, )" +
                   layers + "]}}",
               3, &tree);
}

const std::string dense = R"({"class_name": "Dense", "config": {"name": "fc", "units": 1}})";

}  // namespace

TEST_CASE("class names become group names as Keras makes them") {
  CHECK(snake_case("Dense") == "dense");
  CHECK(snake_case("Conv2D") == "conv2d");
  CHECK(snake_case("MaxPooling2D") == "max_pooling2d");
  CHECK(snake_case("GlobalAveragePooling2D") == "global_average_pooling2d");
  CHECK(snake_case("DepthwiseConv2D") == "depthwise_conv2d");
  CHECK(snake_case("Conv2DTranspose") == "conv2d_transpose");
  CHECK(snake_case("BatchNormalization") == "batch_normalization");
  CHECK(snake_case("ReLU") == "re_lu");
  CHECK(snake_case("PReLU") == "p_re_lu");
  CHECK(snake_case("LeakyReLU") == "leaky_re_lu");
  CHECK(snake_case("ELU") == "elu");
  CHECK(snake_case("LSTM") == "lstm");
  CHECK(snake_case("UpSampling2D") == "up_sampling2d");
  CHECK(snake_case("InputLayer") == "input_layer");
  CHECK(snake_case("TFOpLambda") == "tf_op_lambda");
  CHECK(snake_case("My_Layer") == "my__layer");
  CHECK(snake_case("").empty());
}

TEST_CASE("weights of .h5 files are matched by order, under whatever names they have") {
  const Folder folder;
  {
    const Hdf5Maker m(folder.path("a.h5"));
    m.group("model_weights/x");
    m.group("model_weights/fc");
    m.fixed_texts("model_weights", "layer_names", {"x", "fc"});
    m.fixed_texts("model_weights/fc", "weight_names", {"other_1/z:0", "other_1/a:0"});
    m.dataset("model_weights/fc/other_1/z:0", {2, 1}, {5, 6});
    m.dataset("model_weights/fc/other_1/a:0", {1}, {7});
  }
  LayerTree tree;
  Model model = sequential(dense, tree);
  bind_legacy_weights(Hdf5File::open(folder.path("a.h5")), "model_weights", tree, model);
  CHECK(weights(model) == "fc: other_1/z:0=5 other_1/a:0=7\n");
  CHECK(model.layers[1].weights[0].shape == Shape{2, 1});
  CHECK(model.layers[1].weights[0].dtype == "float32");
  CHECK(model.notes.empty());
}

TEST_CASE("a weight that its layer names but the file lacks is noted") {
  const Folder folder;
  {
    const Hdf5Maker m(folder.path("a.h5"));
    m.group("fc");
    m.variable_texts("/", "layer_names", {"fc"});
    m.variable_texts("fc", "weight_names", {"kernel", "bias"});
    m.dataset("fc/bias", {1}, {7});
  }
  LayerTree tree;
  Model model = sequential(dense, tree);
  bind_legacy_weights(Hdf5File::open(folder.path("a.h5")), "", tree, model);
  CHECK(weights(model) == "fc: bias=7\n");
  CHECK(model.notes == std::vector<std::string>{"weight kernel of layer fc is missing in the file"});
}

TEST_CASE("a nested model's group holds all trainable weights first, then the others") {
  const std::string block = R"({"class_name": "Sequential", "config": {"name": "block", "layers": [
      {"class_name": "Dense", "config": {"name": "frozen", "units": 2, "trainable": false}},
      {"class_name": "BatchNormalization", "config": {"name": "bn"}},
      {"class_name": "Dense", "config": {"name": "free", "units": 2, "use_bias": false}}]}})";
  const Folder folder;
  {
    const Hdf5Maker m(folder.path("a.h5"));
    m.group("block");
    m.variable_texts("/", "layer_names", {"block"});
    std::vector<std::string> names;
    const std::vector<std::pair<std::string, std::vector<hsize_t>>> list = {
        {"gamma", {2}},       {"beta", {2}}, {"free_kernel", {2, 2}}, {"frozen_kernel", {2, 2}},
        {"frozen_bias", {2}}, {"mean", {2}}, {"variance", {2}}};
    for (std::size_t i = 0; i < list.size(); ++i) {
      names.push_back(list[i].first);
      hsize_t size = 1;
      for (const hsize_t n : list[i].second) size *= n;
      m.dataset("block/" + list[i].first, list[i].second, std::vector<double>(size, static_cast<double>(i)));
    }
    m.variable_texts("block", "weight_names", names);
  }
  LayerTree tree;
  Model model = sequential(block, tree);
  bind_legacy_weights(Hdf5File::open(folder.path("a.h5")), "", tree, model);
  CHECK(weights(model) ==
        "block/frozen: frozen_kernel=3 frozen_bias=4\nblock/bn: gamma=0 beta=1 mean=5 "
        "variance=6\nblock/free: free_kernel=2\n");
}

TEST_CASE("weights of .keras files are under class and counter, whatever the layers' names") {
  const std::string layers = R"({"class_name": "Dense", "config": {"name": "z", "units": 1}},
      {"class_name": "BatchNormalization", "config": {"name": "bn"}},
      {"class_name": "Dense", "config": {"name": "a", "units": 1}},
      {"class_name": "Sequential", "config": {"name": "inner", "layers": [{"class_name": "Dense", "config": {"name": "d", "units": 1}}]}})";
  for (const std::string separator : {"/", "\\"}) {  // a backslash: saved on Windows
    const Folder folder;
    {
      const Hdf5Maker m(folder.path("a.h5"));
      m.dataset("layers" + separator + "dense/vars/0", {2, 1}, {1, 1});
      m.dataset("layers" + separator + "dense/vars/1", {1}, {2});
      for (int i = 0; i < 12; ++i)
        m.dataset("layers" + separator + "dense_1/vars/" + std::to_string(i), {1}, {10.0 + i});
      m.dataset("layers" + separator + "sequential/layers" + separator + "dense/vars/0", {1}, {50});
      m.dataset("layers" + separator + "dense_2/vars/0", {1}, {99});
    }
    LayerTree tree;
    Model model = sequential(layers, tree);
    bind_weights(Hdf5File::open(folder.path("a.h5")), tree, model);
    const std::string root = "layers" + separator;
    std::string many;
    for (int i = 0; i < 12; ++i)
      many += fmt::format(" {}dense_1/vars/{}={}", root, i, 10 + i);  // 10 behind 9, not behind 1
    CHECK(weights(model) ==
          fmt::format(
              "z: {0}dense/vars/0=1 {0}dense/vars/1=2\na:{1}\ninner/d: {0}sequential/{0}dense/vars/0=50\n",
              root, many));
  }
}

}  // namespace nv::test
