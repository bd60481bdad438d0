#include "nv/layers/structure.h"

#include <doctest/doctest.h>

#include "layers/support.h"

namespace nv::test {

namespace {

/// Models from calls: each adds a layer and a node, and returns the node.
class Builder {
 public:
  Value input(const std::string& name, const std::string& batch_shape) {
    return call(name, "InputLayer", batch_shape.empty() ? "{}" : R"({"batch_shape": )" + batch_shape + "}",
                {});
  }
  Value call(const std::string& name, const std::string& kind, const std::string& json,
             const std::vector<Value>& inputs) {
    LayerSpec s = spec(kind, json);
    s.path = s.name = name;
    model.layers.push_back(std::move(s));
    return again(static_cast<int>(model.layers.size()) - 1, name, inputs);
  }
  Value again(int layer, const std::string& path, const std::vector<Value>& inputs) {
    model.nodes.push_back({path, layer, inputs, {}});
    return {static_cast<int>(model.nodes.size()) - 1};
  }
  void weigh(const std::string& layer, const std::vector<Shape>& shapes) {
    for (LayerSpec& l : model.layers)
      if (l.name == layer)
        for (const Shape& s : shapes) l.weights.push_back({"w", s, "float32", nullptr});
  }
  NodeStructure at(const Value& v) const { return analyse(model).nodes[static_cast<std::size_t>(v.node)]; }
  std::string field(const Value& v) const {
    const auto& f = at(v).field;
    if (!f) return "none";
    return fmt::format("{} stride {} start {}", fmt::join(f->size, "x"), fmt::join(f->stride, "x"),
                       fmt::join(f->start, "x"));
  }

  Model model;
};

constexpr const char* conv3 = R"({"filters": 2, "kernel_size": 3})";
constexpr const char* conv3_same = R"({"filters": 2, "kernel_size": 3, "padding": "same"})";

}  // namespace

TEST_CASE("shapes and costs follow the graph") {
  Builder b;
  const Value x = b.input("x", "[null, 28, 28, 1]");
  const Value c = b.call("conv", "Conv2D", R"({"filters": 6, "kernel_size": 5})", {x});
  const Value p = b.call("pool", "MaxPooling2D", "{}", {c});
  const Value f = b.call("flat", "Flatten", "{}", {p});
  const Value d = b.call("fc", "Dense", R"({"units": 10})", {f});
  CHECK(b.at(x).output == Shape{28, 28, 1});
  CHECK(b.at(c).inputs == std::vector<Shape>{{28, 28, 1}});
  CHECK(b.at(c).output == Shape{24, 24, 6});
  CHECK(b.at(p).output == Shape{12, 12, 6});
  CHECK(b.at(f).output == Shape{864});
  CHECK(b.at(d).output == Shape{10});
  CHECK(b.at(c).macs == 24 * 24 * 6 * 25);
  CHECK(b.at(d).macs == 8640);
  CHECK(analyse(b.model).macs() == 24 * 24 * 6 * 25 + 8640);
}

TEST_CASE("costs count every call of a shared layer") {
  Builder b;
  const Value x = b.input("x", "[null, 4]");
  const Value y = b.call("fc", "Dense", R"({"units": 4})", {x});
  b.again(1, "fc#1", {y});
  CHECK(analyse(b.model).macs() == 32);
}

TEST_CASE("an input of unknown size has unknown shapes and no cost") {
  Builder b;
  const Value x = b.input("x", "[null, null, null, 3]");
  const Value c = b.call("conv", "Conv2D", conv3, {x});
  const Value g = b.call("gap", "GlobalAveragePooling2D", "{}", {c});
  const Value d = b.call("fc", "Dense", R"({"units": 4})", {g});
  CHECK(b.at(c).output->str() == "? x ? x 2");
  CHECK_FALSE(b.at(c).macs);
  CHECK(b.at(d).output == Shape{4});
  CHECK(b.at(d).macs == 8);
}

TEST_CASE("the shape of an input is read from either version of Keras") {
  CHECK(declared_shape(spec("InputLayer", R"({"batch_shape": [null, 28, 28, 1]})")) == Shape{28, 28, 1});
  CHECK(declared_shape(spec("InputLayer", R"({"batch_input_shape": [32, 5]})")) == Shape{5});
  CHECK(declared_shape(spec("InputLayer", R"({"batch_shape": [null]})")) == Shape{});
  CHECK(declared_shape(spec("InputLayer", R"({"batch_shape": [null, null, -1]})"))->str() == "? x ?");
  CHECK_FALSE(declared_shape(spec("InputLayer")).has_value());
  CHECK(complaint([] { declared_shape(spec("InputLayer", R"({"batch_shape": [null, "28"]})")); }) ==
        "input: the input's shape is not a list of numbers");
}

TEST_CASE("an input without a shape is a problem of that node only") {
  Builder b;
  const Value x = b.input("x", "");
  const Value d = b.call("fc", "Dense", R"({"units": 4})", {x});
  CHECK(b.at(x).problem == "the file does not declare the input's shape");
  CHECK_FALSE(b.at(x).unsupported);
  CHECK_FALSE(b.at(d).output.has_value());
  CHECK(b.at(d).problem.empty());
}

TEST_CASE("a layer that cannot be computed has a problem, those after it have no shape, those beside it do") {
  Builder b;
  const Value x = b.input("x", "[null, 8, 8, 2]");
  const Value l = b.call("lambda", "Lambda", "{}", {x});
  const Value after = b.call("after", "Flatten", "{}", {l});
  const Value beside = b.call("beside", "Flatten", "{}", {x});
  CHECK(b.at(l).problem.find("Lambda") != std::string::npos);
  CHECK(b.at(l).unsupported);
  CHECK_FALSE(b.at(l).hint.empty());
  CHECK_FALSE(b.at(after).output.has_value());
  CHECK(b.at(after).problem.empty());
  CHECK(b.at(beside).output == Shape{128});
}

TEST_CASE("inputs that do not fit are an error of the file") {
  Builder b;
  const Value x = b.input("x", "[null, 2, 2, 1]");
  const Value c = b.call("conv", "Conv2D", conv3, {x});
  const Value bad = b.call("bad", "Conv2D", R"({"kernel_size": 3})", {x});
  CHECK(b.at(c).problem == "its window of 3 does not fit into an input of 2");
  CHECK_FALSE(b.at(c).unsupported);
  CHECK(b.at(bad).problem.find("option filters is absent") == 0);
  CHECK_FALSE(b.at(bad).unsupported);
}

TEST_CASE("a mask of padding is refused if it changes an output, however far it was passed on") {
  const auto problem = [](const std::string& mask_zero, const std::string& between, const std::string& last) {
    Builder b;
    Value v = b.input("x", "[null, 6]");
    v = b.call("e", "Embedding", R"({"input_dim": 4, "output_dim": 3, "mask_zero": )" + mask_zero + "}", {v});
    v = b.call("b", between, between == "Conv1D" ? conv3 : "{}", {v});
    v = b.call("l", last, "{}", {b.call("d", "Dropout", R"({"rate": 0.5})", {v})});
    return b.at(v).problem;
  };
  const std::string masked = "its input has a mask of padding (Masking, mask_zero), which is not supported";
  CHECK(problem("true", "Activation", "GlobalAveragePooling1D") == masked);
  CHECK(problem("true", "LayerNormalization", "Softmax") == masked);
  CHECK(problem("false", "Masking", "GlobalAveragePooling1D") == masked);
  CHECK(problem("false", "Activation", "GlobalAveragePooling1D").empty());
  CHECK(problem("true", "Conv1D", "GlobalAveragePooling1D").empty());
  CHECK(problem("true", "Activation", "GlobalMaxPooling1D").empty());
}

TEST_CASE("receptive fields grow by kernel, stride and dilation") {
  Builder b;
  const Value x = b.input("x", "[null, 32, 32, 1]");
  const Value c1 = b.call("c1", "Conv2D", conv3, {x});
  const Value c2 = b.call("c2", "Conv2D", R"({"filters": 2, "kernel_size": 3, "strides": 2})", {c1});
  const Value c3 = b.call("c3", "Conv2D", R"({"filters": 2, "kernel_size": 3, "dilation_rate": 2})", {c2});
  const Value p = b.call("p", "MaxPooling2D", "{}", {c3});
  const Value flat = b.call("flat", "Flatten", "{}", {p});
  CHECK(b.field(x) == "1x1 stride 1x1 start 0x0");
  CHECK(b.field(c1) == "3x3 stride 1x1 start 0x0");
  CHECK(b.field(c2) == "5x5 stride 2x2 start 0x0");
  CHECK(b.field(c3) == "13x13 stride 2x2 start 0x0");
  CHECK(b.field(p) == "15x15 stride 4x4 start 0x0");
  CHECK(b.field(flat) == "none");
}

TEST_CASE("with padding a field begins outside of the image") {
  Builder b;
  const Value x = b.input("x", "[null, 32, 33, 1]");
  const Value c1 = b.call("c1", "Conv2D", conv3_same, {x});
  const Value c2 =
      b.call("c2", "Conv2D", R"({"filters": 2, "kernel_size": 3, "strides": 2, "padding": "same"})", {c1});
  const Value c3 = b.call("c3", "Conv2D", conv3_same, {c2});
  const Value pad = b.call("pad", "ZeroPadding2D", R"({"padding": [[2, 0], [0, 0]]})", {c3});
  const Value crop = b.call("crop", "Cropping2D", R"({"cropping": [[0, 0], [3, 0]]})", {pad});
  CHECK(b.field(c1) == "3x3 stride 1x1 start -1x-1");
  CHECK(b.field(c2) == "5x5 stride 2x2 start -1x-2");  // 32 rows need one pixel of padding, below
  CHECK(b.field(c3) == "9x9 stride 2x2 start -3x-4");
  CHECK(b.field(pad) == "9x9 stride 2x2 start -7x-4");
  CHECK(b.field(crop) == "9x9 stride 2x2 start -7x2");
}

TEST_CASE("the field of merged branches is their union") {
  Builder b;
  const Value x = b.input("x", "[null, 16, 16, 2]");
  const Value wide =
      b.call("wide", "Conv2D", R"({"filters": 2, "kernel_size": [1, 7], "padding": "same"})", {x});
  const Value tall =
      b.call("tall", "Conv2D", R"({"filters": 2, "kernel_size": [5, 1], "padding": "same"})", {x});
  const Value sum = b.call("sum", "Add", "{}", {wide, tall, x});
  const Value both = b.call("both", "Concatenate", "{}", {wide, tall});
  CHECK(b.field(sum) == "5x7 stride 1x1 start -2x-3");
  CHECK(b.field(both) == b.field(sum));
  const Value rows = b.call("rows", "Concatenate", R"({"axis": 1})", {wide, tall});
  CHECK(b.field(rows) == "none");
}

TEST_CASE("an input of one value per channel does not remove the field") {
  Builder b;
  const Value x = b.input("x", "[null, 8, 8, 2]");
  const Value c = b.call("c", "Conv2D", conv3, {x});
  const Value g = b.call("g", "GlobalAveragePooling2D", "{}", {c});
  const Value m = b.call("m", "Multiply", "{}", {c, g});
  CHECK(b.field(g) == "none");
  CHECK(b.field(m) == "3x3 stride 1x1 start 0x0");
}

TEST_CASE("missing weights and wrong shapes are noted, once per layer") {
  Builder b;
  const Value x = b.input("x", "[null, 8, 8, 2]");
  const Value c = b.call("conv", "Conv2D", conv3, {x});
  b.call("good", "Conv2D", conv3, {x});
  b.again(2, "good#1", {c});
  b.call("few", "Conv2D", conv3, {x});
  b.call("many", "Flatten", "{}", {x});
  b.call("wrong", "Conv2D", conv3, {x});
  b.again(5, "wrong#1", {c});
  b.weigh("good", {{3, 3, 2, 2}, {2}});
  b.weigh("few", {{3, 3, 2, 2}});
  b.weigh("many", {{1}});
  b.weigh("wrong", {{5, 5, 2, 2}, {2}});
  const std::vector<std::string> notes = analyse(b.model).notes;
  CHECK(notes ==
        std::vector<std::string>{
            "layer conv (Conv2D): its weights are missing in the file",
            "layer few (Conv2D): 1 of its 2 weights are in the file",
            "layer many (Flatten): 1 weights are in the file, expected 0",
            "layer wrong (Conv2D): weight kernel is 5 x 5 x 2 x 2 in the file, expected 3 x 3 x 2 x 2"});
}

TEST_CASE("unknown axes of an expected weight fit any size") {
  LayerSpec s = spec("Dense");
  s.weights.push_back({"kernel", {7, 2}, "float32", nullptr});
  CHECK(weight_problem(s, {{"kernel", {Shape::unknown, 2}, true}}).empty());
  CHECK_FALSE(weight_problem(s, {{"kernel", {Shape::unknown, 3}, true}}).empty());
  CHECK_FALSE(weight_problem(s, {{"kernel", {Shape::unknown}, true}}).empty());
}

TEST_CASE("moving statistics and frozen layers are not trainable") {
  LayerSpec s = spec("BatchNormalization");
  for (int i = 0; i < 4; ++i) s.weights.push_back({"w", {8}, "float32", nullptr});
  const std::vector<Shape> shapes{{8}};
  const auto expected = layer("BatchNormalization")->weights(shapes);
  CHECK(s.parameters() == 32);
  CHECK(trainable_parameters(s, expected) == 16);
  CHECK(trainable_parameters(s, {}) == 32);
  s.trainable = false;
  CHECK(trainable_parameters(s, expected) == 0);
}

TEST_CASE(
    "a node's layout is that of its layer or its input, a model input has that of the layer that takes it") {
  Builder b;
  const Value x = b.input("x", "[null, 2, 8, 8]");
  const Value c =
      b.call("c", "Conv2D", R"({"filters": 4, "kernel_size": 3, "data_format": "channels_first"})", {x});
  const Value r = b.call("r", "ReLU", "{}", {c});
  const Value g = b.call("g", "GlobalAveragePooling2D", R"({"data_format": "channels_first"})", {r});
  CHECK(b.at(x).channels_first);
  CHECK(b.at(c).channels_first);
  CHECK(b.at(r).channels_first);
  CHECK_FALSE(b.at(g).channels_first);
  CHECK(b.at(c).output == Shape{4, 6, 6});
  CHECK(b.field(r) == "3x3 stride 1x1 start 0x0");
  Builder last;
  const Value y = last.input("x", "[null, 8, 8, 2]");
  last.call("c", "Conv2D", conv3, {y});
  CHECK_FALSE(last.at(y).channels_first);
}

TEST_CASE("extreme sizes of an untrusted file neither overflow nor throw") {
  const std::string huge = "2147483647";
  for (const std::string padding : {"same", "valid"}) {
    Builder b;
    Value x = b.input("x", "[null, 2147483647, 300, 300]");
    for (int i = 0; i < 8; ++i)
      x = b.call("c" + std::to_string(i), "Conv2D",
                 R"({"filters": )" + huge + R"(, "kernel_size": )" + huge + R"(, "strides": )" + huge +
                     R"(, "dilation_rate": )" + huge + R"(, "padding": ")" + padding + R"("})",
                 {x});
    b.call("pad", "ZeroPadding2D", R"({"padding": )" + huge + "}", {x});
    b.call("fc", "Dense", R"({"units": )" + huge + "}", {x});
    CHECK_NOTHROW((void)analyse(b.model).macs());
    Builder pools;
    Value y = pools.input("x", "[null, 64, 64, 1]");
    for (int i = 0; i < 8; ++i)
      y = pools.call("p" + std::to_string(i), "MaxPooling2D",
                     R"({"pool_size": )" + huge + R"(, "padding": ")" + padding + R"("})", {y});
    CHECK_NOTHROW((void)analyse(pools.model).macs());
  }
}

}  // namespace nv::test
