#include "nv/figures/pass/overview_steps.h"

#include <doctest/doctest.h>

#include "keras/support.h"

namespace nv::test {

namespace {

using figures::Feed;
using figures::OverviewStep;
using figures::OverviewSteps;

struct L {
  std::string name, kind;
  std::vector<std::string> inputs;
};

std::string list_of(const std::vector<std::string>& names, const std::string& tail) {
  std::string text;
  for (const std::string& n : names) text += (text.empty() ? "[\"" : ", [\"") + n + "\", 0, 0" + tail + "]";
  return "[" + text + "]";
}

/// A functional model of inputs of 8 x 8 x 2, 1 x 1 convolutions that keep that shape, and other kinds.
Model model_of(const std::vector<L>& layers, const std::vector<std::string>& outputs) {
  std::string text;
  std::vector<std::string> inputs;
  for (const L& l : layers) {
    std::string config = "\"name\": \"" + l.name + "\"";
    if (l.kind == "InputLayer") config += ", \"batch_input_shape\": [null, 8, 8, 2]";
    if (l.kind == "Conv2D") config += ", \"filters\": 2, \"kernel_size\": 1";
    if (l.kind == "Dense") config += ", \"units\": 3";
    if (l.inputs.empty()) inputs.push_back(l.name);
    text += (text.empty() ? R"({"class_name": ")" : R"(, {"class_name": ")") + l.kind + R"(", "name": ")" +
            l.name + R"(", "config": {)" + config + R"(}, "inbound_nodes": )" +
            (l.inputs.empty() ? "[]" : "[" + list_of(l.inputs, ", {}") + "]") + "}";
  }
  return graph(R"({"class_name": "Functional", "config": {"name": "m", "layers": [)" + text +
                   R"(], "input_layers": )" + list_of(inputs, "") + R"(, "output_layers": )" +
                   list_of(outputs, "") + "}}",
               2);
}

OverviewSteps steps_of(const Model& model, const std::vector<std::string>& left_out = {},
                       std::size_t most = 100) {
  const Structure structure = analyse(model);
  std::vector<bool> kept;
  for (const Node& n : model.nodes) kept.push_back(std::ranges::find(left_out, n.path) == left_out.end());
  return figures::overview_steps(model, structure, output_kinds(model, structure), kept, most);
}

/// "x; a < x; add < x, a~": a step and what feeds it; "~": through layers that are not shown.
std::string text_of(const Model& model, const OverviewSteps& steps) {
  const auto name = [&](int i) {
    return model.nodes[steps.steps[static_cast<std::size_t>(i)].block.first].path;
  };
  std::string text;
  for (std::size_t i = 0; i < steps.steps.size(); ++i) {
    text += (i == 0 ? "" : "; ") + name(static_cast<int>(i));
    std::string feeds;
    for (const Feed& f : steps.steps[i].feeds)
      feeds += (feeds.empty() ? " < " : ", ") + name(f.from) + (f.direct ? "" : "~");
    text += feeds;
  }
  return text;
}

const std::vector<L> residual = {{"x", "InputLayer", {}},       {"stem", "Conv2D", {"x"}},
                                 {"a", "Conv2D", {"stem"}},     {"b", "Conv2D", {"a"}},
                                 {"add", "Add", {"stem", "b"}}, {"flat", "Flatten", {"add"}},
                                 {"out", "Dense", {"flat"}}};

}  // namespace

TEST_CASE("a skip feeds the layer that merges it, layers that only reshape are passed through") {
  const Model model = model_of(residual, {"out"});
  const OverviewSteps steps = steps_of(model);
  CHECK(text_of(model, steps) == "x; stem < x; a < stem; b < a; add < stem, b; out < add");
  CHECK(steps.steps.front().kind == OverviewStep::Kind::input);
  CHECK(steps.steps.back().kind == OverviewStep::Kind::scores);
  CHECK(steps.layers == 4);
  CHECK(steps.shown == 4);
}

TEST_CASE("paths through layers that are not shown are distinguished from direct ones") {
  const Model model = model_of(residual, {"out"});
  CHECK(text_of(model, steps_of(model, {"b"})) == "x; stem < x; a < stem; add < stem, a~; out < add");
  CHECK(text_of(model, steps_of(model, {"a", "b"})) == "x; stem < x; add < stem~; out < add");
  CHECK(text_of(model, steps_of(model, {"stem", "a", "b", "add"})) == "x; out < x~");
}

TEST_CASE("each branch is shown as a whole, with its own input, before they join") {
  const Model model = model_of({{"x", "InputLayer", {}},
                                {"y", "InputLayer", {}},
                                {"a1", "Conv2D", {"x"}},
                                {"b1", "Conv2D", {"y"}},
                                {"a2", "Conv2D", {"a1"}},
                                {"b2", "Conv2D", {"b1"}},
                                {"join", "Add", {"a2", "b2"}}},
                               {"join"});
  CHECK(text_of(model, steps_of(model)) == "x; a1 < x; a2 < a1; y; b1 < y; b2 < b1; join < a2, b2");
}

TEST_CASE("two outputs that classify are two cards, and an output that feeds another stays connected") {
  const Model model = model_of({{"x", "InputLayer", {}},
                                {"flat", "Flatten", {"x"}},
                                {"one", "Dense", {"flat"}},
                                {"two", "Dense", {"one"}}},
                               {"one", "two"});
  CHECK(text_of(model, steps_of(model)) == "x; one < x; two < one");
}

TEST_CASE("a model with too many layers is shown by the ends of its blocks, chosen layers are all shown") {
  std::vector<L> layers = {{"x", "InputLayer", {}}, {"add0", "Conv2D", {"x"}}};
  for (int i = 1; i <= 10; ++i) {
    const std::string n = std::to_string(i), before = "add" + std::to_string(i - 1);
    layers.push_back({"a" + n, "Conv2D", {before}});
    layers.push_back({"b" + n, "Conv2D", {"a" + n}});
    layers.push_back({"add" + n, "Add", {before, "b" + n}});
  }
  const Model model = model_of(layers, {"add10"});
  const OverviewSteps ends = steps_of(model, {}, 12);
  CHECK(ends.layers == 31);
  CHECK(ends.shown == 11);
  CHECK(text_of(model, ends).starts_with("x; add0 < x; add1 < add0~; add2 < add1~;"));
  const OverviewSteps fewer = steps_of(model, {}, 6);
  CHECK(fewer.shown == 5);
  CHECK(text_of(model, fewer).ends_with("add10 < add7~"));
  CHECK(steps_of(model, {"a1"}, 6).shown == 30);
}

TEST_CASE("a U-Net with too many layers is shown with its lowest resolution, though no path has to pass it") {
  std::vector<L> layers = {{"x", "InputLayer", {}}};
  std::string last = "x";
  const auto add = [&](const std::string& name, const std::string& kind, const std::string& beside = "") {
    layers.push_back({name, kind, beside.empty() ? std::vector{last} : std::vector{beside, last}});
    last = name;
  };
  for (const char* name : {"a1", "a2", "a3", "a4"}) add(name, "Conv2D");
  add("down", "MaxPooling2D");
  for (const char* name : {"low1", "low2"}) add(name, "Conv2D");
  add("up", "UpSampling2D");
  add("join", "Concatenate", "a4");
  for (const char* name : {"b1", "b2", "b3", "b4"}) add(name, "Conv2D");
  const Model model = model_of(layers, {"b4"});
  const OverviewSteps steps = steps_of(model, {}, 8);
  CHECK(steps.shown < steps.layers);
  CHECK(text_of(model, steps).find("low2 < ") != std::string::npos);
}

}  // namespace nv::test
