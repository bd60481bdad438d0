#include "nv/keras/weights/weights.h"

#include <doctest/doctest.h>

#include "keras/support.h"
#include "nv/keras/hdf5/file.h"

namespace nv::test {

namespace {

/// "conv: kernel 3 x 2, bias 2", a line per layer with weights; values by their first number.
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

TEST_CASE("group names are made from class names as in Keras") {
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

TEST_CASE("weights of .h5 files are matched by order, not by name") {
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

TEST_CASE("a weight that is listed but missing in the file is noted") {
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

TEST_CASE("weights of .keras files are found by class and counter, not by the layers' names") {
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
      many += fmt::format(" {}dense_1/vars/{}={}", root, i, 10 + i);  // 10 after 9, not after 1
    CHECK(weights(model) ==
          fmt::format(
              "z: {0}dense/vars/0=1 {0}dense/vars/1=2\na:{1}\ninner/d: {0}sequential/{0}dense/vars/0=50\n",
              root, many));
  }
}

namespace {

/// Datasets of one number each, counted from 1.
void write_store(const std::string& file, const std::vector<std::string>& groups,
                 const std::vector<std::string>& empty = {}) {
  const Hdf5Maker m(file);
  double value = 1;
  for (const std::string& g : groups) m.dataset(g + "/vars/0", {1}, {value++});
  for (const std::string& g : empty) m.group(g + "/vars");
}

/// "a=1 b=2": layers with a weight.
std::string bound(const std::string& file, const std::string& layers) {
  LayerTree tree;
  Model model = sequential(layers, tree);
  bind_weights(Hdf5File::open(file), tree, model);
  std::string text;
  for (const LayerSpec& l : model.layers)
    for (const Weight& w : l.weights) text += fmt::format("{}={} ", l.path, w.data->read()[0]);
  return text;
}

std::string dense_named(const std::string& name, const std::string& more = "") {
  return R"({"class_name": "Dense", "config": {"name": ")" + name + R"(", "units": 1})" + more + "}";
}
std::string sequential_named(const std::string& name, const std::string& layers) {
  return R"({"class_name": "Sequential", "config": {"name": ")" + name + R"(", "layers": [)" + layers + "]}}";
}

}  // namespace

TEST_CASE(
    "TF 2.14 counts layers of a class under _layer_checkpoint_dependencies, TF 2.13 those with weights "
    "twice") {
  const std::string augment =
      sequential_named("augment", R"({"class_name": "RandomFlip", "config": {"name": "flip"}})");
  const std::string layers = augment + ", " + dense_named("a") + ", " +
                             sequential_named("block", dense_named("b") + ", " + dense_named("c")) + ", " +
                             dense_named("d") + ", " + sequential_named("last", dense_named("e")) + ", " +
                             dense_named("f");
  const std::string root = "_layer_checkpoint_dependencies/";
  const Folder folder;
  SUBCASE("2.14") {
    const std::string block = root + "sequential_1/" + root, last = root + "sequential_2/" + root;
    write_store(folder.path("a.h5"),
                {root + "dense", block + "dense", block + "dense_1", root + "dense_1", last + "dense",
                 root + "dense_2"},
                {root + "sequential", root + "sequential_1"});
  }
  SUBCASE("2.13") {
    const std::string block = root + "sequential_1/" + root, last = root + "sequential_3/" + root;
    write_store(folder.path("a.h5"),
                {root + "dense", block + "dense", block + "dense_2", root + "dense_2", last + "dense",
                 root + "dense_4"},
                {root + "sequential", root + "sequential_1"});
  }
  SUBCASE("2.13 on Windows: one name with backslashes") {
    const std::string block =
                          R"(_layer_checkpoint_dependencies\sequential_1\_layer_checkpoint_dependencies\)",
                      last = R"(_layer_checkpoint_dependencies\sequential_3\_layer_checkpoint_dependencies\)",
                      top = R"(_layer_checkpoint_dependencies\)";
    write_store(folder.path("a.h5"), {top + "dense", block + "dense", block + "dense_2", top + "dense_2",
                                      last + "dense", top + "dense_4"});
  }
  CHECK(bound(folder.path("a.h5"), layers) == "a=1 block/b=2 block/c=3 d=4 last/e=5 f=6 ");
}

TEST_CASE(
    "a layer that several models share is in the file once, and counted differently by versions of Keras") {
  const std::string id = R"(, "shared_object_id": 140057)";
  const std::string layers = sequential_named("block", dense_named("a") + ", " + dense_named("both")) + ", " +
                             dense_named("b") + ", " + dense_named("both", id) + ", " + dense_named("c");
  const Folder folder;
  std::string root = "_layer_checkpoint_dependencies/", block, after;
  SUBCASE("TF 2.13") {
    block = root + "sequential/" + root + "dense_2", after = root + "dense_4";
  }
  SUBCASE("TF 2.14") {
    block = root + "sequential/" + root + "dense_1", after = root + "dense_1";
  }
  SUBCASE("Keras 3") {
    root = "layers/";
    block = root + "sequential/" + root + "dense_1", after = root + "dense_2";
  }
  SUBCASE("tf_keras") {
    root = "layers/";
    block = root + "sequential/" + root + "dense_1", after = root + "dense_1";
  }
  write_store(folder.path("a.h5"), {root + "sequential/" + root + "dense", block, root + "dense", after});
  CHECK(bound(folder.path("a.h5"), layers) == "block/a=1 block/both=2 b=3 both=2 c=4 ");
}

TEST_CASE(
    "weights of layers inside a layer are brought to its order, under private names and on Windows too") {
  const std::string json = R"({"class_name": "Functional", "config": {"name": "m", "layers": [
      {"class_name": "InputLayer", "name": "x", "config": {"name": "x", "batch_input_shape": [null, 3, 2]}, "inbound_nodes": []},
      {"class_name": "MultiHeadAttention", "name": "a", "config": {"name": "a", "num_heads": 1, "key_dim": 2, "use_bias": false},
       "inbound_nodes": [[["x", 0, 0, {"value": ["x", 0, 0]}]]]}],
      "input_layers": [["x", 0, 0]], "output_layers": [["a", 0, 0]]}})";
  for (const std::string separator : {"/", "\\"}) {
    const Folder folder;
    {
      const Hdf5Maker m(folder.path("a.h5"));
      double value = 1;
      for (const char* part : {"_query_dense", "_key_dense", "_value_dense", "_output_dense"})
        m.dataset("_layer_checkpoint_dependencies" + separator + "multi_head_attention" + separator + part +
                      "/vars/0",
                  {1}, {value++});
    }
    LayerTree tree;
    Model model = graph(json, 2, &tree);
    bind_weights(Hdf5File::open(folder.path("a.h5")), tree, model);
    std::string text;
    for (const Weight& w : model.layers[1].weights) text += fmt::format("{} ", w.data->read()[0]);
    CHECK(text == "1 2 3 4 ");
  }
}

}  // namespace nv::test
