// Linear CKA against its definition, with Gram matrices in double precision.
#include "nv/analysis/cka.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>
#include <vector>

#include "nv/analysis/batches.h"
#include "nv/keras/reader.h"

namespace nv {
namespace {

using Rows = std::vector<std::vector<double>>;

/// Inner products of the rows, each column minus its mean.
Rows gram(Rows x) {
  const auto n = static_cast<double>(x.size());
  for (std::size_t c = 0; c < x[0].size(); ++c) {
    double mean = 0;
    for (const auto& row : x) mean += row[c] / n;
    for (auto& row : x) row[c] -= mean;
  }
  Rows k(x.size(), std::vector<double>(x.size()));
  for (std::size_t i = 0; i < x.size(); ++i)
    for (std::size_t j = 0; j < x.size(); ++j)
      k[i][j] = std::inner_product(x[i].begin(), x[i].end(), x[j].begin(), 0.0);
  return k;
}

double product(const Rows& k, const Rows& l) {
  double sum = 0;
  for (std::size_t i = 0; i < k.size(); ++i)
    sum += std::inner_product(k[i].begin(), k[i].end(), l[i].begin(), 0.0);
  return sum;
}

double expected_cka(const Rows& k, const Rows& l) {
  return product(k, l) / std::sqrt(product(k, k) * product(l, l));
}

/// Song et al. (2012), equation 5, times n (n - 3), as it is written.
double unbiased(Rows k, Rows l) {
  const auto n = static_cast<double>(k.size());
  double sum_k = 0, sum_l = 0, rows = 0;
  for (std::size_t i = 0; i < k.size(); ++i) k[i][i] = l[i][i] = 0;
  for (std::size_t i = 0; i < k.size(); ++i) {
    const double row_k = std::accumulate(k[i].begin(), k[i].end(), 0.0),
                 row_l = std::accumulate(l[i].begin(), l[i].end(), 0.0);
    sum_k += row_k;
    sum_l += row_l;
    rows += row_k * row_l;
  }
  return product(k, l) + sum_k * sum_l / ((n - 1) * (n - 2)) - 2 * rows / (n - 2);
}

/// The mean of CKA over many random permutations of the second factor.
double mean_of_shuffled(const Rows& k, const Rows& l) {
  std::vector<std::size_t> order(l.size());
  std::iota(order.begin(), order.end(), 0U);
  std::mt19937 random(1);
  double sum = 0;
  constexpr int trials = 400;
  for (int t = 0; t < trials; ++t) {
    std::ranges::shuffle(order, random);
    Rows shuffled(l.size(), std::vector<double>(l.size()));
    for (std::size_t i = 0; i < l.size(); ++i)
      for (std::size_t j = 0; j < l.size(); ++j) shuffled[i][j] = l[order[i]][order[j]];
    sum += expected_cka(k, shuffled) / trials;
  }
  return sum;
}

/// Two models of one architecture with other weights: LeNet, and the same with filters frozen.
struct TwoModels {
  Engine a, b;
  Matching matching;
  std::vector<bool> all;
  Tensor inputs;

  explicit TwoModels(std::int64_t count)
      : a(open_model(NV_FIXTURES "/sequential_lenet/model.h5"), {2}),
        b(open_model(NV_FIXTURES "/sequential_lenet/model.h5"), {2}),
        matching(match_layers(a.model(), a.structure(), b.model(), b.structure())),
        all(a.model().nodes.size(), true) {
    b.freeze({{1, {0, 2}}});
    const Shape& item = *a.structure().nodes[static_cast<std::size_t>(a.model().inputs[0].value.node)].output;
    std::vector<std::int64_t> sizes{count};
    for (int i = 0; i < item.rank(); ++i) sizes.push_back(item[i]);
    inputs = Tensor(Shape(sizes));
    std::mt19937 random(7);
    std::uniform_real_distribution<float> uniform(0, 1);
    for (float& x : inputs.values()) x = uniform(random);
  }

  /// Reads three at a time.
  CkaResult cka() {
    return linear_cka(a, b, matching, all, static_cast<std::size_t>(inputs.shape()[0]),
                      [&](std::size_t first, std::size_t most) {
                        const std::size_t n = std::min<std::size_t>(most, 3);
                        return StackedInputs{
                            n,
                            {inputs.items(static_cast<std::int64_t>(first), static_cast<std::int64_t>(n))}};
                      });
  }

  static Rows rows(const Tensor& outputs) {
    Rows rows;
    for (std::int64_t i = 0; i < outputs.shape()[0]; ++i) {
      const Tensor item = outputs.item(i);
      rows.emplace_back(item.values().begin(), item.values().end());
    }
    return rows;
  }
};

}  // namespace

TEST_CASE("CKA of every layer is that of its definition, likewise the debiased one, and chance") {
  TwoModels models(40);  // layers of few units are summed up by columns, others by rows
  const CkaResult result = models.cka();
  CHECK(result.inputs == 40);
  CHECK(result.of == 40);
  REQUIRE(result.layers.size() == models.matching.pairs.size());
  const Trace x = models.a.forward({&models.inputs, 1}), y = models.b.forward({&models.inputs, 1});
  for (std::size_t i = 0; i < result.layers.size(); ++i) {
    const LayerSimilarity& layer = result.layers[i];
    INFO(layer.path);
    CHECK(layer.index == i);
    const Rows k = gram(TwoModels::rows(x.outputs[i])), l = gram(TwoModels::rows(y.outputs[i]));
    CHECK(layer.cka == doctest::Approx(expected_cka(k, l)).epsilon(1e-5));
    const double debiased = unbiased(k, l) / std::sqrt(unbiased(k, k) * unbiased(l, l));
    CHECK(layer.debiased == doctest::Approx(debiased).epsilon(1e-4));
    CHECK(std::abs(layer.chance - mean_of_shuffled(k, l)) < 0.02);
  }
  CHECK(result.layers[0].cka == doctest::Approx(1));  // the inputs
  CHECK(result.layers.back().cka < 0.999);
}

TEST_CASE("CKA says how much chance there is in few inputs, two inputs are always alike") {
  TwoModels many(60), few(5), two(2);
  const CkaResult of_many = many.cka(), of_few = few.cka(), of_two = two.cka();
  REQUIRE(of_few.least_certain() != nullptr);
  CHECK(of_few.least_certain()->chance > too_much_chance);
  CHECK(of_many.layers.back().chance < of_few.layers.back().chance);
  CHECK(of_two.layers.back().cka == doctest::Approx(1));
  CHECK(of_two.layers.back().chance == doctest::Approx(1));
  CHECK(std::isnan(of_two.layers.back().debiased));
}

TEST_CASE("a layer that gives the same output for every input has no CKA") {
  TwoModels models(6);
  std::ranges::fill(models.inputs.values(), 0.5F);
  for (const LayerSimilarity& layer : models.cka().layers) CHECK(std::isnan(layer.cka));
}

TEST_CASE("inputs that cannot be used are left out, a single one has no CKA") {
  TwoModels models(10);
  const auto reader = [&](std::size_t first, std::size_t) {
    if (first % 2 == 1) return StackedInputs{1, {}};
    return StackedInputs{1, {models.inputs.items(static_cast<std::int64_t>(first), 1)}};
  };
  const CkaResult result = linear_cka(models.a, models.b, models.matching, models.all, 10, reader);
  CHECK(result.inputs == 5);
  CHECK(!result.layers.empty());
  CHECK(linear_cka(models.a, models.b, models.matching, models.all, 1, reader).layers.empty());
}

}  // namespace nv
