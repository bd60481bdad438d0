#include "nv/analysis/cka.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

#include "nv/kernels/gemm.h"
#include "nv/kernels/transpose.h"

namespace nv {

namespace {

constexpr std::int64_t block_numbers = std::int64_t{1} << 25;  // floats of a block; two are held at once
constexpr std::int64_t largest_block = 2048;                   // inputs
constexpr std::size_t most_blocks = 8;
constexpr std::int64_t most_columns = 1024;  // of a layer that is summed up by products of columns

/// Outputs of a layer, a row per input.
struct Features {
  std::int64_t columns = 0;
  std::vector<float> values;

  std::int64_t rows() const { return columns == 0 ? 0 : std::ssize(values) / columns; }
  ConstMatrix matrix() const { return {values.data(), rows(), columns, columns}; }
};

/// Of both models, by layer.
struct Block {
  std::vector<Features> a, b;
};

/// Sums over all pairs of inputs (i, j) of products of k and l, the inner products of their outputs in A and
/// in B, and over the diagonal, i = j.
struct PairSums {
  double kl = 0, kk = 0, ll = 0;
  double diagonal_kl = 0, diagonal_kk = 0, diagonal_ll = 0;
  double trace_k = 0, trace_l = 0;
};

/// Products of columns in A, in B, and between them.
struct ColumnProducts {
  std::vector<double> aa, bb, ab;
};

void centre(Features& features, const std::vector<double>& means) {
  for (std::size_t i = 0; i < features.values.size(); ++i)
    features.values[i] =
        static_cast<float>(static_cast<double>(features.values[i]) - means[i % means.size()]);
}

void add_to_sums(std::vector<double>& sums, const Features& features) {
  sums.resize(static_cast<std::size_t>(features.columns));
  for (std::size_t i = 0; i < features.values.size(); ++i)
    sums[i % sums.size()] += static_cast<double>(features.values[i]);
}

double squared_norm(const Features& f, std::int64_t row) {
  double sum = 0;
  for (std::int64_t c = 0; c < f.columns; ++c) {
    const auto x = static_cast<double>(f.values[static_cast<std::size_t>(row * f.columns + c)]);
    sum += x * x;
  }
  return sum;
}

void add_diagonal(PairSums& sums, const Features& a, const Features& b) {
  for (std::int64_t i = 0; i < a.rows(); ++i) {
    const double k = squared_norm(a, i), l = squared_norm(b, i);
    sums.diagonal_kl += k * l;
    sums.diagonal_kk += k * k;
    sums.diagonal_ll += l * l;
    sums.trace_k += k;
    sums.trace_l += l;
  }
}

/// Inner products of the rows of x and y.
std::vector<float> row_products(const Features& x, const Features& y, ThreadPool& pool) {
  std::vector<float> products(static_cast<std::size_t>(x.rows() * y.rows()));
  multiply_transposed(x.matrix(), y.matrix(), {products.data(), x.rows(), y.rows(), y.rows()}, pool);
  return products;
}

/// Adds the pairs of inputs of two blocks, `weight` times.
void add_pairs(PairSums& sums, const std::vector<float>& k, const std::vector<float>& l, double weight) {
  double kl = 0, kk = 0, ll = 0;
  for (std::size_t i = 0; i < k.size(); ++i) {
    const auto x = static_cast<double>(k[i]), y = static_cast<double>(l[i]);
    kl += x * y;
    kk += x * x;
    ll += y * y;
  }
  sums.kl += weight * kl;
  sums.kk += weight * kk;
  sums.ll += weight * ll;
}

/// The columns of x as rows.
std::vector<float> transposed(const Features& x) {
  std::vector<float> rows(x.values.size());
  transpose_matrix(x.rows(), x.columns, x.values.data(), x.columns, rows.data(), x.rows());
  return rows;
}

/// Adds the products of the columns of x and y.
void add_column_products(std::vector<double>& sums, const std::vector<float>& x_columns, const Features& x,
                         const Features& y, ThreadPool& pool) {
  std::vector<float> products(static_cast<std::size_t>(x.columns * y.columns));
  multiply({x_columns.data(), x.columns, x.rows(), x.rows()}, y.matrix(),
           {products.data(), x.columns, y.columns, y.columns}, pool);
  sums.resize(products.size());
  for (std::size_t i = 0; i < sums.size(); ++i) sums[i] += static_cast<double>(products[i]);
}

double sum_of_squares(const std::vector<double>& values) {
  double sum = 0;
  for (const double v : values) sum += v * v;
  return sum;
}

/// HSIC by the unbiased estimator, times n (n - 3), of centred k and l: `all` is the sum over all pairs,
/// `diagonal` that over the diagonal.
double unbiased_hsic(double n, double all, double diagonal, double trace_k, double trace_l) {
  return all - diagonal + trace_k * trace_l / ((n - 1) * (n - 2)) - 2 * diagonal / (n - 2);
}

void set_figures(LayerSimilarity& layer, const PairSums& s, std::int64_t inputs) {
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  const auto n = static_cast<double>(inputs);
  const double norms = std::sqrt(s.kk) * std::sqrt(s.ll);
  const bool defined = norms > 0 && std::isfinite(norms);
  layer.cka = defined ? s.kl / norms : nan;
  layer.chance = defined && inputs > 1 ? s.trace_k * s.trace_l / ((n - 1) * norms) : nan;
  layer.debiased = nan;
  if (!defined || inputs < 4) return;
  const double kk = unbiased_hsic(n, s.kk, s.diagonal_kk, s.trace_k, s.trace_k),
               ll = unbiased_hsic(n, s.ll, s.diagonal_ll, s.trace_l, s.trace_l);
  if (kk > 0 && ll > 0)
    layer.debiased =
        unbiased_hsic(n, s.kl, s.diagonal_kl, s.trace_k, s.trace_l) / (std::sqrt(kk) * std::sqrt(ll));
}

class Cka {
 public:
  Cka(Engine& a, Engine& b, const Matching& matching, const std::vector<bool>& chosen, std::size_t inputs,
      const StackedReader& read)
      : a_(a), b_(b), read_(read), keep_a_(a.model().nodes.size()), keep_b_(b.model().nodes.size()) {
    std::int64_t numbers = 0;
    for (const auto& [i, j] : matching.pairs) {
      const auto &x = a.structure().nodes[i].output, &y = b.structure().nodes[j].output;
      if (!chosen[i] || !x || !y || !x->known() || !y->known()) continue;
      if (x->elements() == 0 || y->elements() == 0) continue;
      pairs_.emplace_back(i, j);
      keep_a_[i] = keep_b_[j] = true;
      numbers += x->elements() + y->elements();
    }
    const std::int64_t fitting = block_numbers / std::max<std::int64_t>(numbers, 1);
    block_size_ = static_cast<std::size_t>(std::clamp<std::int64_t>(fitting, 1, largest_block));
    choose_forms(static_cast<double>(inputs));
    by_rows_ = std::ranges::count(by_columns_, false) > 0;
    inputs_ = by_rows_ ? std::min(inputs, block_size_ * most_blocks) : inputs;
    result_.of = static_cast<std::int64_t>(inputs);
  }

  CkaResult result() {
    if (pairs_.empty() || inputs_ < 2) return result_;
    measure_means();
    std::vector<PairSums> sums(pairs_.size());
    std::vector<ColumnProducts> columns(pairs_.size());
    for (std::size_t k = 0; k < blocks(); ++k) {
      const Block block = centred(k);
      for (std::size_t l = 0; l < pairs_.size(); ++l) {
        add_diagonal(sums[l], block.a[l], block.b[l]);
        if (by_columns_[l])
          add_columns(columns[l], block.a[l], block.b[l]);
        else
          add_rows(sums[l], block, block, l, 1);
      }
      for (std::size_t other = 0; by_rows_ && other < k; ++other) add_block_pair(sums, block, centred(other));
    }
    for (std::size_t l = 0; l < pairs_.size(); ++l) add_layer(l, sums[l], columns[l]);
    return result_;
  }

 private:
  std::size_t blocks() const { return (inputs_ + block_size_ - 1) / block_size_; }

  /// By columns where that takes fewer multiply-adds.
  void choose_forms(double n) {
    for (const auto& [i, j] : pairs_) {
      const std::int64_t columns_a = a_.structure().nodes[i].output->elements(),
                         columns_b = b_.structure().nodes[j].output->elements();
      const auto p = static_cast<double>(columns_a), q = static_cast<double>(columns_b);
      by_columns_.push_back(std::max(columns_a, columns_b) <= most_columns &&
                            p * p + q * q + p * q < n * (p + q) / 2);
    }
  }

  /// Outputs of the inputs of block `k`.
  Block load(std::size_t k) {
    Block block{std::vector<Features>(pairs_.size()), std::vector<Features>(pairs_.size())};
    const std::size_t end = std::min(inputs_, (k + 1) * block_size_);
    for (std::size_t at = k * block_size_; at < end;) {
      const StackedInputs part = read_(at, end - at);
      at += part.read;
      if (part.tensors.empty()) continue;
      const Trace trace_a = a_.forward(part.tensors, keep_a_), trace_b = b_.forward(part.tensors, keep_b_);
      for (std::size_t l = 0; l < pairs_.size(); ++l) {
        append(block.a[l], trace_a.outputs[pairs_[l].first]);
        append(block.b[l], trace_b.outputs[pairs_[l].second]);
      }
    }
    return block;
  }

  static void append(Features& features, const Tensor& outputs) {
    features.columns = outputs.size() / outputs.shape()[0];
    features.values.insert(features.values.end(), outputs.values().begin(), outputs.values().end());
  }

  void measure_means() {
    means_a_.resize(pairs_.size());
    means_b_.resize(pairs_.size());
    for (std::size_t k = 0; k < blocks(); ++k) {
      Block block = load(k);
      result_.inputs += block.a[0].rows();
      for (std::size_t l = 0; l < pairs_.size(); ++l) {
        if (block.a[l].columns == 0) continue;  // none of the block's inputs can be used
        add_to_sums(means_a_[l], block.a[l]);
        add_to_sums(means_b_[l], block.b[l]);
      }
      if (blocks() == 1) only_ = std::move(block);
    }
    for (std::vector<std::vector<double>>* means : {&means_a_, &means_b_})
      for (std::vector<double>& of_layer : *means)
        for (double& sum : of_layer) sum /= static_cast<double>(result_.inputs);
  }

  Block centred(std::size_t k) {
    Block block = only_ ? std::move(*only_) : load(k);
    for (std::size_t l = 0; l < pairs_.size(); ++l) {
      if (block.a[l].columns == 0) continue;
      centre(block.a[l], means_a_[l]);
      centre(block.b[l], means_b_[l]);
    }
    return block;
  }

  void add_columns(ColumnProducts& products, const Features& a, const Features& b) {
    if (a.values.empty()) return;
    const std::vector<float> columns_a = transposed(a), columns_b = transposed(b);
    add_column_products(products.aa, columns_a, a, a, a_.pool());
    add_column_products(products.bb, columns_b, b, b, a_.pool());
    add_column_products(products.ab, columns_a, a, b, a_.pool());
  }

  void add_rows(PairSums& sums, const Block& x, const Block& y, std::size_t layer, double weight) {
    if (x.a[layer].values.empty() || y.a[layer].values.empty()) return;
    add_pairs(sums, row_products(x.a[layer], y.a[layer], a_.pool()),
              row_products(x.b[layer], y.b[layer], a_.pool()), weight);
  }

  /// Each pair of inputs counts in both orders.
  void add_block_pair(std::vector<PairSums>& sums, const Block& x, const Block& y) {
    for (std::size_t l = 0; l < pairs_.size(); ++l)
      if (!by_columns_[l]) add_rows(sums[l], x, y, l, 2);
  }

  void add_layer(std::size_t l, PairSums sums, const ColumnProducts& columns) {
    if (by_columns_[l]) {
      sums.kk = sum_of_squares(columns.aa);
      sums.ll = sum_of_squares(columns.bb);
      sums.kl = sum_of_squares(columns.ab);
    }
    const auto [i, j] = pairs_[l];
    const Model& model = a_.model();
    LayerSimilarity layer;
    layer.index = i;
    layer.path = model.nodes[i].path;
    layer.kind = model.layer_of(model.nodes[i]).kind;
    if (b_.model().nodes[j].path != layer.path) layer.path_b = b_.model().nodes[j].path;
    layer.shape = *a_.structure().nodes[i].output;
    set_figures(layer, sums, result_.inputs);
    result_.layers.push_back(std::move(layer));
  }

  Engine& a_;
  Engine& b_;
  const StackedReader& read_;
  std::vector<std::pair<std::size_t, std::size_t>> pairs_;  // nodes of A and B
  std::vector<bool> keep_a_, keep_b_;                       // by node
  std::vector<bool> by_columns_;                            // by layer; else by rows
  bool by_rows_ = false;                                    // any layer is
  std::size_t block_size_ = 1, inputs_ = 0;
  std::vector<std::vector<double>> means_a_, means_b_;
  std::optional<Block> only_;  // if there is one block
  CkaResult result_;
};

}  // namespace

const LayerSimilarity* CkaResult::least_certain() const {
  const LayerSimilarity* least = nullptr;
  for (const LayerSimilarity& layer : layers)
    if (!std::isnan(layer.chance) && (least == nullptr || layer.chance > least->chance)) least = &layer;
  return least;
}

CkaResult linear_cka(Engine& a, Engine& b, const Matching& matching, const std::vector<bool>& chosen,
                     std::size_t inputs, const StackedReader& read) {
  return Cka(a, b, matching, chosen, inputs, read).result();
}

}  // namespace nv
