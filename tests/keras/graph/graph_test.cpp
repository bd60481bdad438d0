#include "nv/keras/graph/graph.h"

#include <doctest/doctest.h>

#include "keras/graph/support.h"

namespace nv::test {

TEST_CASE("a Sequential model is a chain, its layers in a list or in an object") {
  const std::string layers = R"([
      {"class_name": "Flatten", "config": {"name": "flat", "batch_input_shape": [null, 2, 2, 1]}},
      {"class_name": "Dense", "config": {"name": "fc", "units": 3}}])";
  for (const std::string& config : {layers, R"({"name": "seq", "layers": )" + layers + "}"}) {
    const Model m = graph(R"({"class_name": "Sequential", "config": )" + config + "}", 2);
    CHECK(m.kind == "Sequential");
    CHECK(str(m) == "flat_input; flat(flat_input); fc(flat)");
    CHECK(str(m, m.inputs) == "flat_input=flat_input");
    CHECK(str(m, m.outputs) == "fc=fc");
    CHECK(m.layers[2].kind == "Dense");
    CHECK(m.layers[2].config.json()["units"] == 3);
    CHECK(m.layers[0].config.json()["batch_shape"] == nlohmann::ordered_json::parse("[null, 2, 2, 1]"));
  }
}

TEST_CASE("a Sequential model keeps the InputLayer that it has") {
  const Model m = graph(R"({"class_name": "Sequential", "config": {"name": "seq", "layers": [
      {"class_name": "InputLayer", "config": {"name": "image", "batch_shape": [null, 4]}},
      {"class_name": "ReLU", "config": {"name": "r"}}]}})");
  CHECK(m.name == "seq");
  CHECK(str(m) == "image; r(image)");
  CHECK(str(m, m.inputs) == "image=image");
}

TEST_CASE("the shape of a Sequential model's input is read from each place where versions keep it") {
  const auto shape = [](const std::string& first, const std::string& rest = "") {
    const Model m = graph(
        R"({"class_name": "Sequential", "config": {"name": "s", "layers": [{"class_name": "Dense", "config": {"name": "d")" +
        first + "}}]" + rest + "}}");
    const auto& config = m.layers[0].config.json();
    return config.contains("batch_shape") ? config["batch_shape"].dump() : "none";
  };
  CHECK(shape(R"(, "batch_input_shape": [null, 7])") == "[null,7]");
  CHECK(shape(R"(, "batch_shape": [null, 7])") == "[null,7]");
  CHECK(shape(R"(, "input_shape": [7, 2])") == "[null,7,2]");
  CHECK(shape(R"(, "input_dim": 7)") == "[null,7]");
  CHECK(shape("", R"(, "build_input_shape": [null, 9])") == "[null,9]");
  CHECK(shape("") == "none");
}

TEST_CASE("a functional model of Keras 2: lists of [layer, call, output, arguments]") {
  const std::string json = functional(input("x") + "," + layer2("a", R"([[["x", 0, 0, {}]]])") + "," +
                                          layer2("b", R"([[["a", 0, 0, {}]]])") + "," +
                                          layer2("sum", R"([[["a", 0, 0, {}], ["b", 0, 0, {}]]])", "Add"),
                                      R"([["x", 0, 0]])", R"([["sum", 0, 0]])", "Model");
  const Model m = graph(json, 2);
  CHECK(m.kind == "Functional");
  CHECK(m.name == "net");
  CHECK(str(m) == "x; a(x); b(a); sum(a, b)");
  CHECK(str(m, m.outputs) == "sum=sum");
}

TEST_CASE("a functional model of Keras 3: objects as tensors") {
  const std::string x =
      R"({"module": "keras.layers", "class_name": "InputLayer", "config": {"batch_shape": [null, 4], "name": "x"}, "registered_name": null, "name": "x", "inbound_nodes": []})";
  const std::string json = functional(
      x + "," + layer3("a", "[" + tensor3("x") + "]") + "," + layer3("b", "[" + tensor3("a") + "]") + "," +
          layer3("sum", "[[" + tensor3("b") + "," + tensor3("a") + "]]", "Add"),
      R"(["x", 0, 0])", R"(["sum", 0, 0])");
  const Model m = graph(json);
  CHECK(str(m) == "x; a(x); b(a); sum(b, a)");
  CHECK(str(m, m.inputs) == "x=x");
  CHECK(str(m, m.outputs) == "sum=sum");
}

TEST_CASE("tensors in keyword arguments are inputs too, after the others") {
  const Model two =
      graph(functional(input("x") + "," + input("y") + "," +
                           layer2("m", R"([[["x", 0, 0, {"value": ["y", 0, 0], "scale": 2.0}]]])"),
                       R"([["x", 0, 0], ["y", 0, 0]])", R"([["m", 0, 0]])"),
            2);
  CHECK(str(two) == "x; y; m(x, y)");
  const std::string call =
      R"([{"args": [)" + tensor3("x") + R"(], "kwargs": {"value": )" + tensor3("y") + R"(, "mask": null}}])";
  const Model three = graph(functional(input("x") + "," + input("y") + "," + layer2("m", call),
                                       R"([["x", 0, 0], ["y", 0, 0]])", R"([["m", 0, 0]])"));
  CHECK(str(three) == "x; y; m(x, y)");
}

TEST_CASE("further calls of a shared layer end in #k and share its layer") {
  const Model m = graph(functional(
      input("x") + "," + layer2("r", R"([[["x", 0, 0, {}]], [["r", 0, 0, {}]], [["r", 1, 0, {}]]])"),
      R"([["x", 0, 0]])", R"([["r", 2, 0]])"));
  CHECK(str(m) == "x; r(x); r#1(r); r#2(r#1)");
  CHECK(m.nodes[1].layer == m.nodes[3].layer);
  CHECK(m.layers.size() == 2);
}

TEST_CASE("layers of nested models have joined names, and get the inputs that the model is called with") {
  const std::string json = functional(input("x") + "," + nested("block", R"([[["x", 0, 0, {}]]])") + "," +
                                          layer2("out", R"([[["block", 0, 0, {}]]])"),
                                      R"([["x", 0, 0]])", R"([["out", 0, 0]])");
  LayerTree tree;
  const Model m = graph(json, 3, &tree);
  CHECK(str(m) == "x; block/in(x); block/r(block/in); out(block/r)");
  CHECK(m.layers[2].name == "r");
  REQUIRE(tree.children.size() == 3);
  CHECK(tree.children[1].name == "block");
  CHECK(tree.children[1].layer == -1);
  CHECK(tree.children[1].children.size() == 2);
  CHECK(m.layers[static_cast<std::size_t>(tree.children[1].children[1].layer)].path == "block/r");
}

TEST_CASE("a nested model called twice has nodes for each call, with the same layers") {
  const std::string calls = R"([[["x", 0, 0, {}]], [["block", 0, 0, {}]]])";
  const Model m = graph(
      functional(input("x") + "," + nested("block", calls), R"([["x", 0, 0]])", R"([["block", 1, 0]])"));
  CHECK(str(m) == "x; block/in(x); block/r(block/in); block/in#1(block/r); block/r#1(block/in#1)");
  CHECK(m.nodes[2].layer == m.nodes[4].layer);
}

TEST_CASE("tf.keras numbers the calls of a nested model from 1") {
  const std::string calls = R"([[["x", 0, 0, {}]], [["block", 1, 0, {}]]])";
  const Model m = graph(functional(input("x") + "," + nested("block", calls) + "," +
                                       layer2("out", R"([[["block", 2, 0, {}]]])"),
                                   R"([["x", 0, 0]])", R"([["out", 0, 0]])"),
                        2);
  CHECK(str(m) ==
        "x; block/in(x); block/r(block/in); block/in#1(block/r); block/r#1(block/in#1); out(block/r#1)");
  const Model once = graph(functional(input("x") + "," + nested("block", R"([[["x", 0, 0, {}]]])"),
                                      R"([["x", 0, 0]])", R"([["block", 1, 0]])"),
                           2);
  CHECK(str(once, once.outputs) == "block=block/r");
}

TEST_CASE("Keras 3 numbers the calls of a nested functional model from 1 only in the list of outputs") {
  const std::string twice = R"([{"args": [)" + tensor3("x") + R"(], "kwargs": {}}, {"args": [)" +
                            tensor3("block") + R"(], "kwargs": {}}])";
  const auto outputs = [&](const std::string& list, const std::string& model = plain_block) {
    const Model m = graph(functional(
        input("x") + "," + nested("block", twice, model) + "," + layer3("a", "[" + tensor3("block", 1) + "]"),
        R"([["x", 0, 0]])", list));
    return str(m, m.outputs);
  };
  CHECK(outputs(R"([["block", 2, 0], ["a", 0, 0]])") == "block=block/r#1, a=a");
  CHECK(outputs(R"([["block", 1, 0], ["a", 0, 0]])") == "block=block/r, a=a");
  const std::string sequential = R"({"class_name": "Sequential", "config": {"name": "s", "layers": [
      {"class_name": "ReLU", "config": {"name": "r", "batch_input_shape": [null, 4]}}]}})";
  CHECK(outputs(R"([["block", 1, 0], ["a", 0, 0]])", sequential) == "block=block/r#1, a=a");
}

TEST_CASE("a nested model called with a dictionary takes it in the order of its keys") {
  const std::string pair = functional(
      input("p") + "," + input("q") + "," + layer2("s", R"([[["p", 0, 0, {}], ["q", 0, 0, {}]]])", "Add"),
      R"({"q": ["q", 0, 0], "p": ["p", 0, 0]})", R"([["s", 0, 0]])");
  const auto model = [&](const std::string& calls) {
    return str(graph(functional(input("x") + "," + input("y") + "," + nested("pair", calls, pair),
                                R"([["x", 0, 0], ["y", 0, 0]])", R"([["pair", 1, 0]])")));
  };
  const std::string joined = "x; y; pair/p(x); pair/q(y); pair/s(pair/p, pair/q)";
  CHECK(model(R"([{"q": ["y", 0, 0, {}], "p": ["x", 0, 0, {}]}])") == joined);
  CHECK(model(R"([{"args": [{"q": )" + tensor3("y") + R"(, "p": )" + tensor3("x") +
              R"(}], "kwargs": {}}])") == joined);
}

TEST_CASE("a nested Sequential model, with or without an InputLayer, and models in models") {
  const std::string relu = R"({"class_name": "Sequential", "config": {"name": "seq", "layers": [
      {"class_name": "ReLU", "config": {"name": "r", "batch_input_shape": [null, 4]}}]}})";
  const Model m = graph(functional(input("x") + "," + nested("seq", R"([[["x", 0, 0, {}]]])", relu),
                                   R"([["x", 0, 0]])", R"([["seq", 0, 0]])"));
  CHECK(str(m) == "x; seq/r(x)");
  const std::string middle = functional(input("mid_in") + "," + nested("deep", R"([[["mid_in", 0, 0, {}]]])"),
                                        R"([["mid_in", 0, 0]])", R"([["deep", 0, 0]])");
  const Model deep = graph(functional(input("x") + "," + nested("mid", R"([[["x", 0, 0, {}]]])", middle),
                                      R"([["x", 0, 0]])", R"([["mid", 0, 0]])"));
  CHECK(str(deep) == "x; mid/mid_in(x); mid/deep/in(mid/mid_in); mid/deep/r(mid/deep/in)");
  const Model first =
      graph(R"({"class_name": "Sequential", "config": {"name": "s", "layers": [)" + nested("block", "[]") +
            R"(, {"class_name": "ReLU", "config": {"name": "end"}}]}})");
  CHECK(str(first) == "block_input; block/in(block_input); block/r(block/in); end(block/r)");
  CHECK(first.layers[0].config.json()["batch_shape"].dump() == "[null,4]");
}

TEST_CASE("a nested model with several inputs and outputs is connected by their names") {
  const std::string pair =
      functional(input("p") + "," + input("q") + "," + layer2("rp", R"([[["p", 0, 0, {}]]])") + "," +
                     layer2("rq", R"([[["q", 0, 0, {}]]])"),
                 R"([["p", 0, 0], ["q", 0, 0]])", R"([["rq", 0, 0], ["rp", 0, 0]])");
  const Model m = graph(functional(input("x") + "," + input("y") + "," +
                                       nested("pair", R"([[["y", 0, 0, {}], ["x", 0, 0, {}]]])", pair) + "," +
                                       layer2("out", R"([[["pair", 0, 0, {}]]])"),
                                   R"([["x", 0, 0], ["y", 0, 0]])", R"([["out", 0, 0], ["pair", 0, 1]])"));
  // y first: it is the first input of the first call on the walk from the outputs.
  CHECK(str(m) == "y; x; pair/p(y); pair/q(x); pair/rp(pair/p); pair/rq(pair/q); out(pair/rq)");
  CHECK(str(m, m.outputs) == "out=out, pair=pair/rp");
}

TEST_CASE("dictionaries of inputs and outputs are in the order of their sorted keys") {
  const Model m = graph(functional(
      input("x") + "," + input("y") + "," + layer2("a", R"([[["x", 0, 0, {}]]])") + "," +
          layer2("b", R"([[["y", 0, 0, {}]]])"),
      R"({"second": ["x", 0, 0], "first": ["y", 0, 0]})", R"({"z": ["a", 0, 0], "m": ["b", 0, 0]})"));
  CHECK(str(m, m.inputs) == "first=y, second=x");
  CHECK(str(m, m.outputs) == "m=b, z=a");
}

TEST_CASE("the order of inputs is that of the model's list, not that of its layers") {
  const Model m = graph(functional(
      input("x") + "," + input("y") + "," + layer2("s", R"([[["x", 0, 0, {}], ["y", 0, 0, {}]]])", "Add"),
      R"([["y", 0, 0], ["x", 0, 0]])", R"([["s", 0, 0]])"));
  CHECK(str(m, m.inputs) == "y=y, x=x");
}

TEST_CASE("nodes are ordered by depth, the longest way to an output, whatever the order of layers") {
  // Listed backwards; the short branch waits until its only user is next.
  const Model m = graph(functional(layer2("sum", R"([[["short", 0, 0, {}], ["c", 0, 0, {}]]])", "Add") + "," +
                                       layer2("c", R"([[["b", 0, 0, {}]]])") + "," +
                                       layer2("b", R"([[["a", 0, 0, {}]]])") + "," +
                                       layer2("a", R"([[["x", 0, 0, {}]]])") + "," +
                                       layer2("short", R"([[["x", 0, 0, {}]]])") + "," + input("x"),
                                   R"([["x", 0, 0]])", R"([["sum", 0, 0]])"));
  CHECK(str(m) == "x; a(x); b(a); short(x); c(b); sum(short, c)");
}

TEST_CASE("layers that no output depends on have no nodes, an output may also be an input of other layers") {
  const Model m = graph(functional(input("x") + "," + layer2("a", R"([[["x", 0, 0, {}]]])") + "," +
                                       layer2("dead", R"([[["a", 0, 0, {}]]])") + "," +
                                       layer2("b", R"([[["a", 0, 0, {}]]])"),
                                   R"([["x", 0, 0]])", R"([["a", 0, 0], ["b", 0, 0]])"));
  CHECK(str(m) == "x; a(x); b(a)");
  CHECK(str(m, m.outputs) == "a=a, b=b");
}

TEST_CASE("an input may itself be an output") {
  const Model m = graph(functional(input("x"), R"([["x", 0, 0]])", R"([["x", 0, 0]])"));
  CHECK(str(m) == "x");
  CHECK(str(m, m.outputs) == "x=x");
}

TEST_CASE("a layer with several outputs has a node for each, whose path ends in @j") {
  const auto split = [](const std::string& config, const std::string& output) {
    return graph(functional(input("x") + "," + layer2("s", R"([[["x", 0, 0, {}]]])", "Split", config) + "," +
                                layer2("a", R"([[["s", 0, )" + output + ", {}]]]"),
                            R"([["x", 0, 0]])", R"([["a", 0, 0]])"));
  };
  CHECK(str(split("{}", "1")) == "x; s@0(x); s@1(x); a(s@1)");
  CHECK(str(split(R"({"indices_or_sections": 3})", "0")) == "x; s@0(x); s@1(x); s@2(x); a(s@0)");
  CHECK(str(split(R"({"indices_or_sections": [5]})", "0")) == "x; s@0(x); s@1(x); a(s@0)");
  CHECK(split("{}", "1").nodes[2].output == 1);
  CHECK(split("{}", "1").nodes[2].layer == split("{}", "1").nodes[1].layer);

  const Model attention = graph(functional(input("x") + "," + input("y") + "," +
                                               layer2("m", R"([[["x", 0, 0, {"value": ["y", 0, 0]}]],
                                           [["x", 0, 0, {"value": ["y", 0, 0], "return_attention_scores": true}]]])",
                                                      "MultiHeadAttention"),
                                           R"([["x", 0, 0], ["y", 0, 0]])", R"([["m", 0, 0], ["m", 1, 0]])"));
  // Of two calls at one depth Keras executes the later one first.
  CHECK(str(attention) == "x; y; m@0(x, y); m@1(x, y); m#1(x, y)");
}

TEST_CASE("a model of thousands of layers is read without recursion") {
  std::string layers = input("x");
  std::string before = "x";
  for (int i = 0; i < 3000; ++i) {
    const std::string name = fmt::format("r{}", i);
    layers += "," + layer2(name, R"([[[")" + before + R"(", 0, 0, {}]]])");
    before = name;
  }
  CHECK(graph(functional(layers, R"([["x", 0, 0]])", R"([[")" + before + R"(", 0, 0]])")).nodes.size() ==
        3001);
}

TEST_CASE("the package of a class decides whether it is one of Keras") {
  const auto package = [](const std::string& layer) {
    const Model m = graph(
        R"({"class_name": "Sequential", "config": [{"class_name": "InputLayer", "config": {"name": "x", "batch_shape": [null, 4]}}, )" +
        layer + "]}");
    return m.layers[1].package + ":" + m.layers[1].kind;
  };
  CHECK(package(R"({"class_name": "Dense", "config": {"name": "d"}})") == ":Dense");
  CHECK(package(R"({"class_name": "my>Dense", "config": {"name": "d"}})") == "my:Dense");
  CHECK(
      package(
          R"({"module": "keras.layers", "class_name": "Dense", "registered_name": null, "config": {"name": "d"}})") ==
      ":Dense");
  CHECK(package(R"({"module": "keras.src.ops.numpy", "class_name": "Add", "config": {"name": "d"}})") ==
        ":Add");
  CHECK(package(R"({"module": "__main__", "class_name": "Dense", "config": {"name": "d"}})") ==
        "__main__:Dense");
  CHECK(
      package(
          R"({"module": null, "class_name": "Dense", "registered_name": "Example>Dense", "config": {"name": "d"}})") ==
      "Example:Dense");
}

TEST_CASE("a frozen layer is not trainable, nor is anything in a frozen model") {
  const Model m = graph(R"({"class_name": "Sequential", "config": {"name": "s", "layers": [
      {"class_name": "InputLayer", "config": {"name": "x", "batch_shape": [null, 4]}},
      {"class_name": "Dense", "config": {"name": "free", "units": 1, "trainable": true}},
      {"class_name": "Dense", "config": {"name": "frozen", "units": 1, "trainable": false}},
      {"class_name": "Sequential", "config": {"name": "cold", "trainable": false, "layers": [
          {"class_name": "Dense", "config": {"name": "inner", "units": 1, "trainable": true}}]}}]}})");
  CHECK(m.layers[1].trainable);
  CHECK_FALSE(m.layers[2].trainable);
  CHECK(m.layers[3].path == "cold/inner");
  CHECK_FALSE(m.layers[3].trainable);
}

}  // namespace nv::test
