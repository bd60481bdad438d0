// Properties that define the methods. Their numbers are compared with TensorFlow's by
// scripts/check_explanations.py.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "analysis/attacks/support.h"
#include "nv/analysis/explain/method.h"
#include "nv/analysis/explain/versions.h"
#include "nv/core/error.h"

namespace nv {
namespace {

using explain::Explanation;

/// Some digits, explained `batch` at a time.
struct Digits {
  Engine engine;
  OutputKind output;
  std::vector<Tensor> items;
  std::vector<std::int64_t> classes;

  explicit Digits(std::size_t count, int threads = 1,
                  const std::string& model = NV_EXAMPLES "/models/lenet5-mnist.h5")
      : engine(open_model(model), {threads}) {
    const std::vector<Input> inputs = test::digit_inputs();
    for (std::size_t i = 0; i < count; ++i) items.push_back(inputs[i].tensors[0]);
    output = *classifier_of(output_kinds(engine.model(), engine.structure()));
    const Tensor all = stack(items);
    for (const auto& c : predicted_classes(run_output(engine, output, {&all, 1}), output.activation))
      classes.push_back(*c);
  }

  std::vector<Explanation> explained(const std::string& name,
                                     std::vector<std::pair<std::string, std::string>> set = {},
                                     std::size_t batch = 8) {
    const explain::Method& method = explain::find_method(name);
    const explain::Settings settings = explain::settle(method, set);
    const auto scalar = explain::class_scalar(output, Objective::logit, classes);
    std::vector<std::vector<Tensor>> background;
    for (const Tensor& item : items) background.push_back({item});
    std::vector<Explanation> all;
    for (std::size_t first = 0; first < items.size(); first += batch) {
      const std::size_t n = std::min(batch, items.size() - first);
      std::vector<std::int64_t> rows(n);
      std::iota(rows.begin(), rows.end(), static_cast<std::int64_t>(first));
      const std::vector<std::vector<Tensor>> zeros(n, {Tensor(items[0].shape(), 0.0F)});
      const explain::Task task{engine,
                               *scalar,
                               {stack(std::span(items).subspan(first, n))},
                               rows,
                               {rows.begin(), rows.end()},
                               zeros,
                               background,
                               settings};
      for (Explanation& e : method.run(task)) all.push_back(std::move(e));
    }
    return all;
  }

  /// The logit of the predicted class of any input.
  double logit(const Tensor& x, std::size_t item) {
    const std::vector<std::int64_t> rows{static_cast<std::int64_t>(item)};
    const explain::Settings none;
    const auto scalar = explain::class_scalar(output, Objective::logit, classes);
    return explain::scalar_values({engine, *scalar, {stack({&x, 1})}, rows, {0}, {}, {}, none})[0];
  }
};

double sum_of(const Tensor& map) {
  return std::accumulate(map.values().begin(), map.values().end(), 0.0);
}

std::vector<std::pair<std::string, std::string>> quick(const std::string& method) {
  if (method == "rise") return {{"masks", "40"}};
  if (method == "smoothgrad" || method == "vargrad") return {{"samples", "5"}};
  if (method == "expected-gradients") return {{"baselines", "9"}};
  return {};
}

}  // namespace

TEST_CASE("explain: an input's result depends neither on its batch nor on the number of threads") {
  Digits one(5), three(5, 3);
  for (const explain::Method& m : explain::methods()) {
    CAPTURE(m.name);
    const std::string name(m.name);
    const std::vector<Explanation> a = one.explained(name, quick(name), 5),
                                   b = three.explained(name, quick(name), 2);
    REQUIRE(a.size() == 5);
    for (std::size_t i = 0; i < a.size(); ++i) {
      REQUIRE(a[i].maps.size() == b[i].maps.size());
      for (std::size_t p = 0; p < a[i].maps.size(); ++p)
        CHECK(std::ranges::equal(a[i].maps[p].values(), b[i].maps[p].values()));
      CHECK(std::ranges::equal(a[i].channels, b[i].channels, {}, &explain::ChannelRelevance::relevance,
                               &explain::ChannelRelevance::relevance));
    }
  }
}

TEST_CASE("explain: maps have the input's shape, or height and width") {
  Digits digits(2);  // expected-gradients draws one from the other
  for (const explain::Method& m : explain::methods()) {
    CAPTURE(m.name);
    const Explanation e = digits.explained(std::string(m.name), quick(std::string(m.name)))[0];
    if (m.name == "filters") {
      CHECK(e.maps.empty());
      CHECK(e.channels.size() == 16);
      continue;
    }
    REQUIRE(e.maps.size() == 1);
    const Shape& shape = e.maps[0].shape();
    CHECK((shape == Shape{28, 28, 1} || shape == Shape{28, 28}));
    CHECK(std::ranges::any_of(e.maps[0].values(), [](float v) { return v != 0; }));
  }
}

TEST_CASE("explain: the gradient predicts a small change of the logit") {
  Digits digits(2);
  const std::vector<Explanation> e = digits.explained("gradient");
  for (std::size_t i = 0; i < e.size(); ++i) {
    Tensor x = digits.items[i].clone();
    double expected = 0;
    for (std::int64_t k = 0; k < x.size(); ++k) {
      const float step = 1e-4F * (e[i].maps[0][k] > 0 ? 1.0F : -1.0F);
      x[k] += step;
      expected += static_cast<double>(step) * static_cast<double>(e[i].maps[0][k]);
    }
    CHECK(digits.logit(x, i) - digits.logit(digits.items[i], i) == doctest::Approx(expected).epsilon(0.02));
  }
}

TEST_CASE("explain: integrated gradients add up to the difference to the baseline, and the rest is the gap") {
  Digits digits(3);
  const Tensor black(digits.items[0].shape(), 0.0F);
  const std::vector<Explanation> coarse = digits.explained("integrated-gradients", {{"steps", "5"}}),
                                 fine = digits.explained("integrated-gradients", {{"steps", "400"}});
  for (std::size_t i = 0; i < fine.size(); ++i) {
    const double difference = digits.logit(digits.items[i], i) - digits.logit(black, i);
    CHECK(sum_of(fine[i].maps[0]) + *fine[i].completeness_gap == doctest::Approx(difference).epsilon(1e-5));
    CHECK(std::abs(*fine[i].completeness_gap) < 0.02 * std::abs(difference));
    CHECK(std::abs(*fine[i].completeness_gap) < std::abs(*coarse[i].completeness_gap));
  }
}

TEST_CASE("explain: occlusion by one window of the whole input is the loss of all of it") {
  Digits digits(1);
  const Explanation e = digits.explained("occlusion", {{"size", "28"}, {"stride", "1"}})[0];
  const double loss =
      digits.logit(digits.items[0], 0) - digits.logit(Tensor(digits.items[0].shape(), 0.0F), 0);
  for (const float v : e.maps[0].values()) CHECK(static_cast<double>(v) == doctest::Approx(loss));
}

TEST_CASE("explain: relevance is conserved, but for what biases take") {
  Digits digits(4);
  for (const Explanation& e : digits.explained("lrp"))
    CHECK(*e.conservation == doctest::Approx(1).epsilon(0.1));
}

TEST_CASE("explain: class activation maps are not negative, and filters are sorted") {
  Digits digits(2);
  for (const char* name : {"grad-cam", "grad-cam++", "hires-cam", "layer-cam", "ablation-cam", "score-cam"})
    for (const Explanation& e : digits.explained(name))
      CHECK(std::ranges::all_of(e.maps[0].values(), [](float v) { return v >= 0; }));
  const Explanation e = digits.explained("filters")[0];
  CHECK(std::ranges::is_sorted(e.channels, std::greater<>(), &explain::ChannelRelevance::relevance));
}

TEST_CASE("explain: another seed gives other random maps, the same seed the same") {
  Digits digits(1);
  const explain::Method& method = explain::find_method("smoothgrad");
  const auto scalar = explain::class_scalar(digits.output, Objective::logit, digits.classes);
  const auto map = [&](std::uint64_t seed) {
    explain::Settings settings =
        explain::settle(method, std::vector<std::pair<std::string, std::string>>{{"samples", "3"}});
    settings.seed = seed;
    return method.run({digits.engine, *scalar, {stack(digits.items)}, {0}, {0}, {}, {}, settings})[0].maps[0];
  };
  CHECK(std::ranges::equal(map(1).values(), map(1).values()));
  CHECK_FALSE(std::ranges::equal(map(1).values(), map(2).values()));
}

TEST_CASE("explain: a rule of a layer replaces its vjp alone") {
  Digits digits(1);
  Engine& engine = digits.engine;
  const Tensor x = stack(digits.items);
  const Trace trace = engine.forward({&x, 1});
  const auto scalar = explain::class_scalar(digits.output, Objective::logit, digits.classes);
  const std::vector<std::int64_t> rows{0};
  const std::vector<Seed> seeds = scalar->seeds(engine, trace, rows);
  const std::vector<std::size_t> input{0};
  std::vector<std::size_t> seen;
  const BackwardRule doubled = [&](std::size_t node, std::span<const Tensor> inputs, const Tensor& output,
                                   const Tensor& d, Context& context) -> std::optional<std::vector<Tensor>> {
    seen.push_back(node);
    if (engine.model().nodes[node].path != "conv1") return std::nullopt;
    std::vector<Tensor> result = engine.structure().nodes[node].layer->vjp(inputs, output, d, context);
    for (float& v : result[0].values()) v *= 2;
    return result;
  };
  const Tensor plain = engine.backward(trace, seeds, input)[0],
               twice = engine.backward(trace, seeds, input, doubled)[0];
  CHECK(std::ranges::is_sorted(seen, std::greater<>()));
  for (std::int64_t k = 0; k < plain.size(); ++k) CHECK(twice[k] == 2 * plain[k]);
}

TEST_CASE("explain: unknown methods, parameters and values are named") {
  const explain::Method& occlusion = explain::find_method("occlusion");
  using Set = std::vector<std::pair<std::string, std::string>>;
  CHECK_THROWS_WITH_AS((void)explain::find_method("grad-camm"), doctest::Contains("grad-camm"), Error);
  CHECK_THROWS_WITH_AS((void)explain::settle(occlusion, Set{{"masks", "3"}}), doctest::Contains("masks"),
                       Error);
  CHECK_THROWS_WITH_AS((void)explain::settle(occlusion, Set{{"size", "3.5"}}),
                       doctest::Contains("whole number"), Error);
  CHECK_THROWS_WITH_AS((void)explain::settle(occlusion, Set{{"size", "-1"}}), doctest::Contains("--set size"),
                       Error);
  CHECK_THROWS_WITH_AS((void)explain::settle(explain::find_method("smoothgrad"), Set{{"base", "rise"}}),
                       doctest::Contains("cannot be smoothed"), Error);
}

TEST_CASE("explain: one number of an output, and the sum of all") {
  Digits digits(2);
  const Tensor x = stack(digits.items);
  const Trace trace = digits.engine.forward({&x, 1});
  const Tensor& scores = trace.outputs.back();
  const Model& model = digits.engine.model();
  const std::string name = model.outputs[0].name;
  const std::vector<std::int64_t> rows{0, 1};
  const auto third = explain::element_scalar(name + "[3]", model, digits.engine.structure());
  const auto sum = explain::element_scalar("sum:0", model, digits.engine.structure());
  for (std::int64_t i = 0; i < 2; ++i) {
    const auto at = static_cast<std::size_t>(i);
    CHECK(third->values(digits.engine, trace, rows)[at] == doctest::Approx(scores.item(i)[3]));
    CHECK(sum->values(digits.engine, trace, rows)[at] == doctest::Approx(1));
  }
  for (const char* bad : {"nowhere[1]", "0[10]", "0[1,2]", "0[-1]", "0[]", "sum:7"}) {
    CAPTURE(bad);
    CHECK_THROWS_AS((void)explain::element_scalar(bad, model, digits.engine.structure()), Error);
  }
}

}  // namespace nv
