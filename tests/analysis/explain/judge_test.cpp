// Measures of explanations: values by hand, and properties of the table. scripts/check_explain.py compares
// them with Quantus.
#include "nv/analysis/explain/judge/judge.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <numeric>

#include "analysis/attacks/support.h"
#include "keras/support.h"
#include "layers/support.h"
#include "nv/analysis/explain/judge/controls.h"
#include "nv/analysis/explain/judge/list.h"
#include "nv/analysis/explain/judge/maps.h"
#include "nv/analysis/mutation/filters.h"

namespace nv {
namespace {

using namespace explain;
namespace j = explain::judge;

/// Values of a measure for a map, with a score that is the sum of an image of 1 x 4 pixels.
std::optional<j::Score> score_of(const j::Measure& measure, const std::vector<float>& map,
                                 const std::vector<float>& other = {},
                                 const std::vector<float>& random = {}) {
  static Engine engine = test::lenet();
  static const Settings settings;
  const Method& method = j::random_map();
  const OutputKind output = *classifier_of(output_kinds(engine.model(), engine.structure()));
  const auto scalar = class_scalar(output, Objective::logit, {0});
  const Task task{engine, *scalar, {}, {0}, {1}, {{Tensor(Shape{1, 4, 1}, 0.0F)}}, {}, settings};
  j::Features features;
  features.width = 4;
  features.image = true;
  const j::Options options;
  const std::function<std::vector<double>(std::int64_t, const std::function<Tensor(std::int64_t)>&)> sums =
      [](std::int64_t count, const std::function<Tensor(std::int64_t)>& make) {
        std::vector<double> values;
        for (std::int64_t k = 0; k < count; ++k) {
          const Tensor x = make(k);
          values.push_back(std::accumulate(x.values().begin(), x.values().end(), 0.0));
        }
        return values;
      };
  const std::vector<float> x{1, 2, 3, 4};
  return measure.run(
      {method, task, features, map, other, random, sums, options, Tensor(Shape{1, 4, 1}, std::span(x))});
}

struct JudgedDigits {
  Engine engine;
  OutputKind output;
  Tensor inputs;
  std::vector<std::optional<std::int64_t>> classes;
  std::vector<std::int64_t> numbers;

  explicit JudgedDigits(std::size_t count, int threads = 1) : engine(test::lenet(threads)) {
    std::vector<Tensor> items;
    const std::vector<Input> all = test::digit_inputs();
    for (std::size_t i = 0; i < count; ++i) items.push_back(all[i].tensors[0]);
    inputs = stack(items);
    output = *classifier_of(output_kinds(engine.model(), engine.structure()));
    classes = predicted_classes(run_output(engine, output, {&inputs, 1}), output.activation);
    for (const auto& c : classes) numbers.push_back(*c);
  }

  /// Adds the explanations of a method to the judge, `batch` inputs at a time.
  std::vector<j::Scores> add(j::Judge& judge, const Method& method, std::int64_t batch,
                             const std::vector<std::pair<std::string, std::string>>& set = {}) {
    const Settings settings = settle(method, set);
    const auto scalar = class_scalar(output, Objective::logit, numbers);
    std::vector<j::Scores> all;
    const std::int64_t count = inputs.shape()[0];
    for (std::int64_t first = 0; first < count; first += batch) {
      const std::int64_t n = std::min(batch, count - first);
      std::vector<std::int64_t> rows(static_cast<std::size_t>(n));
      std::iota(rows.begin(), rows.end(), first);
      const std::vector<std::vector<Tensor>> zeros(rows.size(), {Tensor(Shape{28, 28, 1}, 0.0F)});
      const Task task{engine, *scalar, {inputs.items(first, n)}, rows, {rows.begin(), rows.end()}, zeros,
                      {},     settings};
      const auto scores = judge.add(method, task, method.run(task), classes);
      all.insert(all.end(), scores.begin(), scores.end());
    }
    return all;
  }
  j::Judge judge(std::int64_t samples = 3) {
    return {engine, &output, 10, Objective::logit, {64, samples, 0}};
  }
};

std::size_t index_of(std::string_view measure) {
  const auto all = j::measures();
  return static_cast<std::size_t>(std::ranges::find(all, measure, &j::Measure::name) - all.begin());
}

}  // namespace

TEST_CASE("judge: deletion and pixel flipping follow the order of importance") {
  // Deletion has one step of a row (all 4 pixels): 10, then 0.
  CHECK(score_of(j::deletion(), {4, 3, 2, 1})->value == doctest::Approx(5));
  // Pixel flipping, to the least value 1: 10 - 3, - 2, - 1, - 0 in the order of the map.
  const auto down = score_of(j::pixel_flipping(), {1, 2, 3, 4});
  CHECK(down->curve == std::vector<double>{7, 5, 4, 4});
  CHECK(down->value == doctest::Approx(7 + 5 + 4 + 4 - 5.5));
  CHECK(score_of(j::pixel_flipping(), {4, 3, 2, 1})->curve == std::vector<double>{10, 9, 7, 4});
  CHECK(score_of(j::pixel_flipping(), {0, 0, 0, 0})->curve == std::vector<double>{10, 9, 7, 4});
}

TEST_CASE("judge: insertion ends with the input, and begins with it blurred") {
  const auto score = score_of(j::insertion(), {1, 2, 3, 4});
  REQUIRE(score->curve.size() == 2);
  CHECK(score->curve[1] == doctest::Approx(10));
  CHECK(score->curve[0] > 0);
  CHECK(score->curve[0] < 10);
}

TEST_CASE("judge: sparseness is the Gini coefficient, complexity the entropy") {
  CHECK(score_of(j::sparseness(), {0, 0, 0, -5})->value == doctest::Approx(0.75));
  CHECK(score_of(j::sparseness(), {2, -2, 2, 2})->value == doctest::Approx(0));
  CHECK(score_of(j::complexity(), {2, -2, 2, 2})->value == doctest::Approx(std::log(4.0)));
  CHECK(score_of(j::complexity(), {0, 0, 0, -5})->value == doctest::Approx(0));
  CHECK_FALSE(score_of(j::complexity(), {0, 0, 0, 0}));
}

TEST_CASE("judge: random logit is 1 for the same map, and lower for another one") {
  const std::vector<float> map{1, 2, 3, 5, 8, 1, 2, 9, -4}, other{3, -1, 2, 0, 1, 7, -5, 2, 2};
  CHECK(score_of(j::random_logit(), map, map)->value == doctest::Approx(1));
  CHECK(score_of(j::random_logit(), map, other)->value < 0.5);
  CHECK_FALSE(score_of(j::random_logit(), map, {}));
  CHECK_FALSE(score_of(j::random_logit(), {0, 0, 0, 0, 0, 0, 0}, {0, 0, 0, 0, 0, 0, 0}));
}

TEST_CASE("judge: the randomisation test is the relative rise of the entropy") {
  // Entropies of one value in four and of four different values: 0.562 and 1.386.
  CHECK(score_of(j::randomisation(), {0, 0, 0, 1}, {}, {0, 1, 2, 3})->value ==
        doctest::Approx((std::log(4.0) - 0.5623351) / 0.5623351).epsilon(1e-5));
  CHECK_FALSE(score_of(j::randomisation(), {1, 1, 1, 1}, {}, {0, 1, 2, 3}));
}

TEST_CASE("judge: rank correlation, with ties") {
  CHECK(*j::rank_correlation({1, 2, 3}, {10, 20, 90}) == doctest::Approx(1));
  CHECK(*j::rank_correlation({1, 2, 3}, {3, 2, 1}) == doctest::Approx(-1));
  CHECK(*j::rank_correlation({1, 1, 2, 3}, {1, 2, 2, 4}) == doctest::Approx(5.0 / 6).epsilon(0.07));
  CHECK_FALSE(j::rank_correlation({1, 1, 1}, {1, 2, 3}));
}

TEST_CASE("judge: the gradient of a linear model has no infidelity, and another map has one") {
  Model model = test::graph(R"({"class_name": "Sequential", "config": {"name": "s", "layers": [
      {"class_name": "InputLayer", "config": {"name": "x", "batch_shape": [null, 6, 9, 2]}},
      {"class_name": "Flatten", "config": {"name": "flat"}},
      {"class_name": "Dense", "config": {"name": "fc", "units": 3, "use_bias": false}}]}})");
  model.layers[2].weights = {{"kernel", {108, 3}, "float32", held(test::noise({108, 3}))}};
  Engine engine(std::move(model), {1});
  const OutputKind output = *classifier_of(output_kinds(engine.model(), engine.structure()));
  const std::vector<std::optional<std::int64_t>> classes{1};
  const auto scalar = class_scalar(output, Objective::logit, {1});
  const Settings settings;
  const Task task{engine, *scalar, {test::noise({1, 6, 9, 2}, 5)}, {0}, {1}, {{Tensor(Shape{6, 9, 2}, 0.0F)}},
                  {},     settings};
  j::Judge judge(engine, &output, 3, Objective::logit, {0, 2, 0});
  const Method& method = find_method("gradient");
  const std::size_t k = index_of("infidelity"), scaled = index_of("scaled-infidelity");
  std::vector<Explanation> maps = method.run(task);
  j::Scores scores = judge.add(method, task, maps, classes)[0];
  CHECK(*scores[k] < 1e-9);
  CHECK(*scores[scaled] < 1e-6);
  const auto scale = [&](float factor) {
    for (float& v : maps[0].maps[0].values()) v *= factor;
    scores = judge.add(method, task, maps, classes)[0];
  };
  // The scale of a map says nothing about it, its sign does.
  scale(2);
  CHECK(*scores[k] > 1e-3);
  CHECK(*scores[scaled] < 1e-6);
  scale(-1);
  CHECK(*scores[scaled] == 1);
  for (std::int64_t i = 0; i < 50; ++i) maps[0].maps[0][i] = 0.3F;
  scale(-1);
  CHECK(*scores[scaled] > 1e-3);
  CHECK(*scores[scaled] < 1);
}

TEST_CASE("judge: infidelity depends on the scale of a map, and does not count for the order") {
  for (const j::Measure& m : j::measures()) CHECK(m.comparable == (m.name != "infidelity"));
  j::Judgement judgement;
  for (const char* name : {"gradient", "lrp"}) {
    j::MethodJudgement m;
    m.method = name;
    m.scores.assign(j::measures().size(), {0.5, 0.1, 20});
    judgement.methods.push_back(m);
  }
  judgement.methods[0].scores[index_of("infidelity")].mean = 1000;
  j::conclude(judgement);
  CHECK(judgement.methods[0].mean_rank == judgement.methods[1].mean_rank);
  CHECK(judgement.remarks.empty());
}

TEST_CASE("judge: a method is better than a random order only where the same inputs show it") {
  const auto verdict = [](const j::Mean& difference) {
    j::Judgement judgement;
    for (const char* name : {"lrp", "random"}) {
      j::MethodJudgement m;
      m.method = name;
      // Inputs differ far more from each other than a method from the random order of the same input.
      m.scores.assign(j::measures().size(), {name == std::string("lrp") ? 0.4 : 0.5, 0.3, difference.inputs});
      m.against_random.assign(j::measures().size(), difference);
      if (judgement.methods.empty())
        judgement.methods.push_back(m);
      else
        judgement.control = m;
    }
    j::conclude(judgement);
    return judgement.verdict;
  };
  CHECK(verdict({-0.1, 0.01, 20}).find("lowers the class faster than a random order") != std::string::npos);
  CHECK(verdict({0.1, 0.01, 20}).find("more slowly than a random order") != std::string::npos);
  CHECK(verdict({-0.1, 0.09, 20}).find("not measurably faster") != std::string::npos);
  // Of two inputs a difference of four standard errors can be chance (t = 12.7).
  CHECK(verdict({-0.1, 0.025, 2}).find("not measurably faster") != std::string::npos);
  CHECK(verdict({-0.1, 0.025, 20}).find("faster than a random order") != std::string::npos);
  const double none = std::numeric_limits<double>::quiet_NaN();
  CHECK(verdict({-0.1, none, 1}).find("faster than one random order of this input") != std::string::npos);
}

TEST_CASE("judge: a note says when inputs are few, steps of more than half of the input are refused") {
  JudgedDigits one(1);
  j::Judge judge = one.judge();
  (void)one.add(judge, find_method("gradient"), 1);
  REQUIRE(judge.result().remarks.size() == 1);
  CHECK(judge.result().remarks[0].starts_with("judged by 1 input: "));
  j::Options options;
  options.step = 393;
  options.samples = 1;
  j::Judge coarse(one.engine, &one.output, 10, Objective::logit, options);
  CHECK_THROWS_WITH_AS((void)one.add(coarse, find_method("gradient"), 1), doctest::Contains("at most 392"),
                       Error);
}

TEST_CASE("judge: scores depend neither on the batch nor on the number of threads") {
  JudgedDigits one(3), three(3, 3);
  j::Judge a = one.judge(), b = three.judge();
  for (const char* method : {"gradient", "grad-cam", "smoothgrad"}) {
    CAPTURE(method);
    const std::vector<std::pair<std::string, std::string>> set =
        std::string_view(method) == "smoothgrad"
            ? std::vector<std::pair<std::string, std::string>>{{"samples", "3"}}
            : std::vector<std::pair<std::string, std::string>>{};
    CHECK(one.add(a, find_method(method), 3, set) == three.add(b, find_method(method), 1, set));
  }
  CHECK(a.result().verdict == b.result().verdict);
}

TEST_CASE(
    "judge: a method whose map does not depend on the weights is listed below the others, with a note") {
  JudgedDigits digits(4);
  j::Judge judge = digits.judge();
  Method same = j::random_map();  // the same numbers for any weights
  same.name = "constant";
  same.ignores_weights = false;  // so that it has to be found out
  (void)digits.add(judge, same, 4);
  (void)digits.add(judge, find_method("gradient"), 4);
  (void)digits.add(judge, find_method("guided-backprop"), 4);
  const j::Judgement judgement = judge.result();
  REQUIRE(judgement.methods.size() == 3);
  CHECK(judgement.methods[0].method == "gradient");
  CHECK_FALSE(judgement.methods[0].ignores_weights);
  CHECK(judgement.methods[0].weight_similarity.mean < 0.3);
  for (const j::MethodJudgement& m : judgement.methods) {
    CAPTURE(m.method);
    if (m.method != "constant") continue;
    CHECK(m.weight_similarity.mean == doctest::Approx(1));
    CHECK(m.ignores_weights);
    CHECK(m.scores[index_of("random-logit")].mean == doctest::Approx(1));
    CHECK(m.scores[index_of("max-sensitivity")].mean == doctest::Approx(0));
    CHECK(m.scores[index_of("randomisation")].mean == doctest::Approx(0));
  }
  REQUIRE(judgement.remarks.size() == 3);
  CHECK(judgement.remarks[0].starts_with("judged by "));
  CHECK(judgement.verdict.starts_with("gradient is first of 3 methods"));
}

TEST_CASE("judge: shuffled weights are the same numbers in another order") {
  const Model model = open_model(NV_EXAMPLES "/models/lenet5-mnist.h5");
  const Model shuffled = j::with_shuffled_weights(model, 1);
  for (std::size_t i = 0; i < model.layers.size(); ++i)
    for (std::size_t w = 0; w < model.layers[i].weights.size(); ++w) {
      const Tensor a = model.layers[i].weights[w].data->read(),
                   b = shuffled.layers[i].weights[w].data->read();
      std::vector<float> x(a.values().begin(), a.values().end()), y(b.values().begin(), b.values().end());
      CHECK(x != y);
      std::ranges::sort(x);
      std::ranges::sort(y);
      CHECK(x == y);
    }
}

}  // namespace nv
