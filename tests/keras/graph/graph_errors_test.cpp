// Configurations that are no graph.
#include "nv/keras/graph/graph.h"

#include <doctest/doctest.h>

#include "keras/graph/support.h"

namespace nv::test {

TEST_CASE("a subclassed model is not supported, a subclass saved as functional is") {
  CHECK(error_of([] { (void)graph(R"({"class_name": "MyNet", "config": {"name": "my"}})"); },
                 ErrorKind::unsupported)
            .find("'MyNet'") != std::string::npos);
  const Model m = graph(functional(input("x") + "," + layer2("r", R"([[["x", 0, 0, {}]]])"),
                                   R"([["x", 0, 0]])", R"([["r", 0, 0]])", "MyNet"));
  CHECK(m.kind == "Functional");
}

TEST_CASE("a cycle is an error that names a layer of it") {
  const std::string what =
      mistake(functional(input("x") + "," + layer2("a", R"([[["x", 0, 0, {}], ["b", 0, 0, {}]]])", "Add") +
                             "," + layer2("b", R"([[["a", 0, 0, {}]]])"),
                         R"([["x", 0, 0]])", R"([["b", 0, 0]])"));
  CHECK(what == "the model's graph has a cycle through layer 'b'");
  CHECK(mistake(functional(input("x") + "," + layer2("a", R"([[["a", 0, 0, {}]]])"), R"([["x", 0, 0]])",
                           R"([["a", 0, 0]])")) == "the model's graph has a cycle through layer 'a'");
}

TEST_CASE("edges to missing layers, calls and outputs are errors that name them") {
  const auto edge = [](const std::string& call, const std::string& output = R"([["a", 0, 0]])") {
    return mistake(functional(input("x") + "," + layer2("a", call), R"([["x", 0, 0]])", output));
  };
  CHECK(edge(R"([[["ghost", 0, 0, {}]]])") == "an edge refers to layer 'ghost', which is not there");
  CHECK(edge(R"([[["x", 1, 0, {}]]])") == "an edge refers to call 1 of layer 'x', which has 1");
  CHECK(edge(R"([[["x", -1, 0, {}]]])").find("an edge refers to call -1 of layer 'x'") == 0);
  CHECK(edge(R"([[["x", 0, -1, {}]]])") == "an edge refers to output -1 of layer 'x'");
  CHECK(edge(R"([[["x", 0, 2000000000, {}]]])") == "an edge refers to output 2000000000 of layer 'x'");
  CHECK(edge(R"([[["x", 0, 0, {}]]])", R"([["ghost", 0, 0]])") ==
        "an edge refers to layer 'ghost', which is not there");
  CHECK(edge("[]") == "layer 'a' has no input");
}

TEST_CASE("inputs without a node, or that are not listed, are errors") {
  const std::string layers = input("x") + "," + input("y") + "," + layer2("a", R"([[["x", 0, 0, {}]]])");
  CHECK(mistake(functional(layers, R"([["x", 0, 0], ["y", 0, 0]])", R"([["a", 0, 0]])")) ==
        "input 'y' of the model leads nowhere");
  CHECK(mistake(functional(layers, R"([["ghost", 0, 0]])", R"([["a", 0, 0]])")) ==
        "input 'ghost' of the model leads nowhere");
  CHECK(mistake(functional(layers, "[]", R"([["a", 0, 0]])")) ==
        "the model's list of inputs is not complete");
}

TEST_CASE("two layers of one name are an error") {
  CHECK(
      mistake(
          R"({"class_name": "Sequential", "config": [{"class_name": "ReLU", "config": {"name": "r"}}, {"class_name": "ReLU", "config": {"name": "r"}}]})") ==
      "its model configuration has an unexpected form: two layers named r");
}

TEST_CASE("a model called with too few inputs is an error") {
  const std::string two = functional(
      input("p") + "," + input("q") + "," + layer2("s", R"([[["p", 0, 0, {}], ["q", 0, 0, {}]]])", "Add"),
      R"([["p", 0, 0], ["q", 0, 0]])", R"([["s", 0, 0]])");
  CHECK(mistake(functional(input("x") + "," + nested("two", R"([[["x", 0, 0, {}]]])", two),
                           R"([["x", 0, 0]])", R"([["two", 0, 0]])"))
            .find("model 'two' is called with 1 inputs, of 2") == 0);
}

TEST_CASE("any JSON is a graph or an error, never a crash") {
  for (
      const char* json :
      {"null",
       "[]",
       "3",
       "\"Sequential\"",
       "{}",
       R"({"class_name": "Sequential"})",
       R"({"class_name": 3, "config": {}})",
       R"({"class_name": "Sequential", "config": null})",
       R"({"class_name": "Sequential", "config": []})",
       R"({"class_name": "Sequential", "config": {"layers": {}}})",
       R"({"class_name": "Sequential", "config": {"name": 3, "layers": []}})",
       R"({"class_name": "Sequential", "config": [3]})",
       R"({"class_name": "Sequential", "config": [{"class_name": "ReLU"}]})",
       R"({"class_name": "Sequential", "config": [{"class_name": "ReLU", "config": []}]})",
       R"({"class_name": "Sequential", "config": [{"class_name": "ReLU", "config": {"name": 7}}]})",
       R"({"class_name": "Sequential", "config": [{"class_name": "Sequential", "config": []}]})",
       R"({"class_name": "Functional", "config": {}})",
       R"({"class_name": "Functional", "config": []})",
       R"({"class_name": "Functional", "config": {"layers": [], "input_layers": [], "output_layers": []}})",
       R"({"class_name": "Functional", "config": {"layers": [{"class_name": "InputLayer", "name": "x", "config": {}}], "input_layers": 1, "output_layers": 2}})",
       R"({"class_name": "Functional", "config": {"layers": [{"class_name": "InputLayer", "name": "x", "config": {}}], "input_layers": {"a": 1}, "output_layers": [["x", 0, 0]]}})",
       R"({"class_name": "Functional", "config": {"layers": [{"class_name": "ReLU", "name": "x", "config": {}, "inbound_nodes": [{"args": [{"class_name": "__keras_tensor__"}]}]}], "input_layers": [], "output_layers": [["x", 0, 0]]}})"}) {
    CAPTURE(json);
    CHECK_FALSE(mistake(json).empty());
  }
}

TEST_CASE("deep nesting is an error") {
  std::string model =
      R"({"class_name": "Sequential", "config": [{"class_name": "ReLU", "config": {"name": "r"}}]})";
  for (int i = 0; i < 80; ++i)
    model = R"({"class_name": "Sequential", "config": {"name": "s", "layers": [)" + model + "]}}";
  CHECK(mistake(model).find("nested too deeply") != std::string::npos);
  std::string argument = R"(["x", 0, 0])";
  for (int i = 0; i < 100; ++i) argument = "[" + argument + "]";
  CHECK(mistake(functional(input("x") + "," + layer2("a", "[" + argument + "]"), R"([["x", 0, 0]])",
                           R"([["a", 0, 0]])"))
            .find("nested too deeply") != std::string::npos);
}

TEST_CASE("nested models that multiply their calls cannot make a graph of absurd size") {
  // Ten levels of a model that calls the one below ten times: 10^10 nodes.
  std::string model = plain_block;
  for (int level = 0; level < 10; ++level) {
    std::string calls = R"([["in", 0, 0, {}]])";
    for (int i = 0; i < 9; ++i) calls += fmt::format(R"(, [["b", {}, 0, {{}}]])", i);
    model = functional(input("in") + "," + nested("b", "[" + calls + "]", model), R"([["in", 0, 0]])",
                       R"([["b", 9, 0]])");
  }
  CHECK(mistake(model) == "the model has too many layers");
}

TEST_CASE("equal paths are made unique, however many there are") {
  std::string layers = R"({"class_name": "InputLayer", "config": {"name": "x", "batch_shape": [null, 4]}})";
  for (const char* name : {"a\\n", "a\\t", "a\\r", "a _", "a "})
    layers += fmt::format(R"(, {{"class_name": "ReLU", "config": {{"name": "{}"}}}})", name);
  const Model model =
      graph(R"({"class_name": "Sequential", "config": {"name": "m", "layers": [)" + layers + "]}}");
  std::vector<std::string> paths;
  for (const Node& n : model.nodes) paths.push_back(n.path);
  CHECK(paths == std::vector<std::string>{"x", "a ", "a _", "a _2", "a __", "a _3"});
}

}  // namespace nv::test
