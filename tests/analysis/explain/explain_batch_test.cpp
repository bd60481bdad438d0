// Requests for several methods and classes, baselines, and the study of filters.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "analysis/attacks/support.h"
#include "keras/support.h"
#include "nv/analysis/explain/explain.h"
#include "nv/analysis/explain/layer_maps.h"
#include "nv/analysis/explain/summary.h"
#include "nv/core/error.h"

namespace nv {
namespace {

using explain::Answer;
using explain::ClassChoice;
using Kind = ClassChoice::Kind;

struct Asked {
  Engine engine = test::lenet();
  std::vector<OutputKind> outputs = output_kinds(engine.model(), engine.structure());
  std::vector<Input> inputs = test::digit_inputs();

  std::vector<std::vector<Answer>> answers(const explain::Request& request, std::size_t count) {
    std::vector<Tensor> items;
    std::vector<explain::Item> about;
    for (std::size_t i = 0; i < count; ++i) {
      items.push_back(inputs[i].tensors[0]);
      about.push_back({static_cast<std::int64_t>(i), i, std::nullopt});
    }
    const std::vector<Tensor> batch{stack(items)};
    return explain::explain_batch(engine, outputs, request, batch, engine.forward(batch), about);
  }
};

explain::Request asking(std::vector<std::string> methods, std::vector<ClassChoice> classes) {
  std::vector<const explain::Method*> found;
  for (const std::string& name : methods) found.push_back(&explain::find_method(name));
  explain::Request request;
  request.runs = explain::settle_runs(found, {});
  request.classes = std::move(classes);
  return request;
}

}  // namespace

namespace {

/// The layer whose maps class activation mapping takes; `layers`: those between a picture of 8 x 8 and the
/// output.
std::string default_layer(const std::string& layers) {
  const Engine engine(test::graph(R"({"class_name": "Sequential", "config": {"name": "s", "layers": [
          {"class_name": "InputLayer", "config": {"name": "x", "batch_shape": [null, 8, 8, 3]}},)" +
                                  layers + "]}}"),
                      {1});
  return engine.model().nodes[explain::last_convolution(engine.model(), engine.structure())].path;
}

std::string conv(const std::string& name, const std::string& activation = "relu") {
  return R"({"class_name": "Conv2D", "config": {"name": ")" + name +
         R"(", "filters": 4, "kernel_size": 3, "padding": "same", "activation": ")" + activation + R"("}})";
}

}  // namespace

TEST_CASE("explain: class activation maps look at the last convolution that is not itself the output") {
  const std::string mean = R"({"class_name": "GlobalAveragePooling2D", "config": {"name": "mean"}})",
                    dense = R"({"class_name": "Dense", "config": {"name": "fc", "units": 4}})",
                    softmax = R"({"class_name": "Softmax", "config": {"name": "softmax"}})",
                    up = R"({"class_name": "UpSampling2D", "config": {"name": "up"}})",
                    flat =
                        R"({"class_name": "Reshape", "config": {"name": "flat", "target_shape": [64, 4]}})";
  const std::string a = conv("a"), b = conv("b"), scores = conv("scores", "linear");
  CHECK(default_layer(a + "," + b + "," + mean + "," + dense) == "b");
  CHECK(default_layer(a + "," + b + "," + mean + "," + softmax) == "b");
  CHECK(default_layer(a + "," + b + "," + scores) == "b");
  CHECK(default_layer(a + "," + b + "," + scores + "," + softmax) == "b");
  CHECK(default_layer(a + "," + b + "," + scores + "," + flat + "," + softmax) == "b");
  CHECK(default_layer(a + "," + b + "," + scores + "," + up + "," + softmax) == "b");
  CHECK_THROWS_AS(default_layer(scores + "," + softmax), Error);
}

TEST_CASE("explain: the colours of a method are those of its kind, whatever the input") {
  Asked asked;
  const auto answers =
      asked.answers(asking({"lrp", "grad-cam", "vargrad", "gradient"}, {{Kind::predicted, 0}}), 2);
  for (const auto& of_input : answers) {
    REQUIRE(of_input.size() == 4);
    for (std::size_t k = 0; k < 4; ++k) {
      const bool never = k == 1 || k == 2;
      CHECK(of_input[k].explanation.never_negative == never);
      if (never)
        for (const float v : of_input[k].explanation.maps[0].values()) CHECK(v >= 0);
    }
  }
}

TEST_CASE("explain: several methods and classes give the same as each alone") {
  Asked asked;
  const auto all = asked.answers(
      asking({"gradient", "grad-cam"}, {{Kind::predicted, 0}, {Kind::second, 0}, {Kind::number, 4}}), 3);
  REQUIRE(all.size() == 3);
  for (std::size_t i = 0; i < 3; ++i) {
    REQUIRE(all[i].size() == 6);
    CHECK(all[i][0].label != all[i][2].label);
    CHECK(*all[i][4].label == 4);
    for (std::size_t k = 0; k < 6; ++k) CHECK(all[i][k].run == k % 2);
  }
  const auto second = asked.answers(asking({"grad-cam"}, {{Kind::second, 0}}), 3);
  for (std::size_t i = 0; i < 3; ++i) {
    CHECK(second[i][0].label == all[i][3].label);
    CHECK(std::ranges::equal(second[i][0].explanation.maps[0].values(),
                             all[i][3].explanation.maps[0].values()));
  }
}

TEST_CASE("explain: the second class has the second largest value, of one unit it is the other class") {
  const std::vector<float> three{0.1F, 0.6F, 0.3F, NAN, 0.5F, 0.5F}, two{0.9F, 0.2F};
  const std::vector<std::optional<std::int64_t>> none(2);
  const auto of = [&](const std::vector<float>& values, std::int64_t units) {
    Tensor t(Shape{static_cast<std::int64_t>(values.size()) / units, units});
    std::ranges::copy(values, t.data());
    return explain::chosen_classes(t, units == 1 ? "sigmoid" : "softmax", {Kind::second, 0}, none);
  };
  CHECK(of(three, 3) == std::vector<std::optional<std::int64_t>>{2, std::nullopt});
  CHECK(of(two, 1) == std::vector<std::optional<std::int64_t>>{0, 1});
}

TEST_CASE("explain: baselines are pictures in the model's scale, the input's mean, or the input blurred") {
  const std::vector<InputSpec> specs{{"x", {4, 6, 3}, false}};
  Preprocess scale;
  scale.scale = Scale::signed_unit;
  Tensor x(Shape{4, 6, 3});
  std::iota(x.data(), x.data() + x.size(), 0.0F);
  const auto of = [&](explain::BaselineKind kind) {
    return explain::baseline_of({kind, {}}, {x}, specs, scale)[0];
  };
  CHECK(std::ranges::all_of(of(explain::BaselineKind::zero).values(), [](float v) { return v == 0; }));
  CHECK(std::ranges::all_of(of(explain::BaselineKind::black).values(), [](float v) { return v == -1; }));
  CHECK(std::ranges::all_of(of(explain::BaselineKind::white).values(), [](float v) { return v == 1; }));
  const Tensor mean = of(explain::BaselineKind::mean), blur = of(explain::BaselineKind::blur);
  for (std::int64_t k = 0; k < 3; ++k) CHECK(mean[k] == doctest::Approx(34.5 + static_cast<double>(k)));
  CHECK(mean[3] == mean[0]);
  CHECK(std::ranges::max(blur.values()) < std::ranges::max(x.values()));
  CHECK(std::accumulate(blur.values().begin(), blur.values().end(), 0.0) ==
        doctest::Approx(std::accumulate(x.values().begin(), x.values().end(), 0.0)).epsilon(1e-4));
  CHECK(explain::baseline_of({{}, {x}}, {x}, specs, scale)[0][5] == 5);
  CHECK_THROWS_AS((void)explain::baseline_of({{}, {Tensor(Shape{4, 6, 1}, 0.0F)}}, {x}, specs, scale), Error);
  const Tensor vector(Shape{5}, 1.0F);
  CHECK_THROWS_WITH_AS((void)explain::baseline_of({explain::BaselineKind::blur, {}}, {vector}, specs, scale),
                       doctest::Contains("no image"), Error);
}

TEST_CASE("explain: integrated gradients from the input itself are 0") {
  Asked asked;
  explain::Request request = asking({"integrated-gradients"}, {{}});
  request.baseline.given = asked.inputs[0].tensors;
  const auto answers = asked.answers(request, 2);
  CHECK(std::ranges::all_of(answers[0][0].explanation.maps[0].values(), [](float v) { return v == 0; }));
  CHECK(std::ranges::any_of(answers[1][0].explanation.maps[0].values(), [](float v) { return v != 0; }));
}

TEST_CASE("explain: channels are frozen one after the other, and their maps add up to the layer's") {
  Asked asked;
  explain::Request request = asking({"filters"}, {{}});
  request.study = explain::StudyOptions{16, true};  // all channels of conv2
  const explain::FilterStudy study = *asked.answers(request, 1)[0][0].study;
  REQUIRE(study.channels.size() == 16);
  for (std::int64_t p = 0; p < study.map.size(); ++p) {
    double sum = 0;
    for (const auto& c : study.channels) sum += static_cast<double>(c.map[p]);
    CHECK(sum == doctest::Approx(study.map[p]).epsilon(1e-4).scale(1));
  }
  const explain::Freezing& f = *study.freezing;
  REQUIRE(f.values.size() == 17);
  CHECK(f.random_values[0] == doctest::Approx(f.values[0]));
  CHECK(f.random_values[16] == doctest::Approx(f.values[16]));  // all are frozen
  CHECK(f.values[4] < f.random_values[4]);
  CHECK(std::ranges::all_of(f.map.values(), [](float v) { return v == 0; }));
  REQUIRE(f.fall());
  CHECK(f.predictions[*f.fall()]->index != f.predictions[0]->index);
  for (std::size_t n = 0; n < *f.fall(); ++n) CHECK(f.predictions[n]->index == f.predictions[0]->index);
}

TEST_CASE(
    "explain: without a number of channels they are frozen until the class changes, at most all that count") {
  Asked asked;
  explain::Request request = asking({"filters"}, {{}});
  request.study = explain::StudyOptions{0, true};
  const auto answers = asked.answers(request, 6);
  bool changed = false;
  for (const std::vector<Answer>& answer : answers) {
    const explain::FilterStudy& study = *answer[0].study;
    const explain::Freezing& f = *study.freezing;
    REQUIRE(f.values.size() == study.channels.size() + 1);
    REQUIRE(f.random_values.size() == f.values.size());
    for (const auto& c : study.channels) CHECK(c.relevance > 0);
    if (f.fall()) {
      changed = true;
      CHECK(*f.fall() == study.channels.size());
      CHECK_FALSE(f.every);
    } else {
      CHECK(f.every);
    }
  }
  CHECK(changed);
}

TEST_CASE("explain: each picture of a model with several has its own map, of the layer that sees it") {
  Engine engine(open_model(NV_FIXTURES "/two_pictures/model.h5"), {1});
  const std::vector<OutputKind> outputs = output_kinds(engine.model(), engine.structure());
  Tensor left(Shape{1, 8, 8, 1}), right(Shape{1, 6, 10, 3});
  for (std::int64_t i = 0; i < left.size(); ++i) left[i] = static_cast<float>(i % 7) / 7;
  for (std::int64_t i = 0; i < right.size(); ++i) right[i] = static_cast<float>(i % 5) / 5;
  const std::vector<Tensor> batch{left, right};
  const explain::Item item;
  for (const char* name : {"gradient", "grad-cam", "ablation-cam", "score-cam", "occlusion"}) {
    CAPTURE(name);
    const auto answers = explain::explain_batch(engine, outputs, asking({name}, {{}}), batch,
                                                engine.forward(batch), {&item, 1});
    const explain::Explanation& e = answers[0][0].explanation;
    REQUIRE(e.maps.size() == 2);
    for (std::size_t port = 0; port < 2; ++port) {
      const explain::PositionMap map = explain::position_map(e, port, engine.model(), engine.structure());
      CHECK(map.height == (port == 0 ? 8 : 6));
      CHECK(map.width == (port == 0 ? 8 : 10));
      if (std::string_view(name).ends_with("cam"))
        CHECK(explain::layer_text(e, port, engine.model()) == (port == 0 ? "left_conv" : "right_conv"));
    }
    CHECK(answers[0][0].words.starts_with("left: "));
    CHECK(answers[0][0].words.find("; right: ") != std::string::npos);
  }
  // A given layer sees one of them.
  explain::Request given = asking({"grad-cam"}, {{}});
  for (std::size_t i = 0; i < engine.model().nodes.size(); ++i)
    if (engine.model().nodes[i].path == "right_conv") given.runs[0].settings.node = i;
  const auto answers =
      explain::explain_batch(engine, outputs, given, batch, engine.forward(batch), {&item, 1});
  CHECK(answers[0][0].explanation.ports == std::vector<std::size_t>{1});
  CHECK(answers[0][0].words.starts_with("right: "));
}

TEST_CASE("explain: a map in words") {
  explain::PositionMap map{6, 6, std::vector<float>(36, 0.0F), false};
  CHECK(explain::in_words(map) == "no value is positive");
  map.values[5] = 2;
  map.values[35] = 1;
  map.values[20] = -9;
  CHECK(explain::in_words(map) == "half of it on 2.8 % of the pixels, most (67 %) at the top right");
  CHECK(explain::in_short_words(map) == std::vector<std::string>{"half on 2.8 %", "top right 67 %"});
  map = {6, 6, std::vector<float>(36, -5.0F), true};
  map.values[14] = -4;
  CHECK(explain::in_words(map) == "half of its excess on 2.8 % of the pixels, most (100 %) at the centre");
}

TEST_CASE("explain: parameters go to the methods that have them") {
  const std::vector<const explain::Method*> both{&explain::find_method("rise"), &explain::find_method("lrp")};
  using Set = std::vector<std::pair<std::string, std::string>>;
  const auto runs = explain::settle_runs(both, Set{{"masks", "7"}});
  CHECK(runs[0].settings.parameter("masks") == 7);
  CHECK(runs[1].settings.parameters.empty());
  CHECK_THROWS_WITH_AS((void)explain::settle_runs(both, Set{{"steps", "7"}}), doctest::Contains("steps"),
                       Error);
}

TEST_CASE("explain: methods say why they cannot explain a model") {
  const Engine engine = test::lenet();
  const auto reason = [&](const char* method, std::size_t inputs) {
    return explain::not_applicable(explain::find_method(method), engine.model(), engine.structure(),
                                   std::nullopt, inputs);
  };
  CHECK(reason("grad-cam", 1).empty());
  CHECK(reason("expected-gradients", 2).empty());
  CHECK_FALSE(reason("expected-gradients", 1).empty());
}

}  // namespace nv
