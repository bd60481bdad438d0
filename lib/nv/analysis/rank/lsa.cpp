// Likelihood-based surprise adequacy (Kim 2019), as dnn-tip computes it by SciPy's gaussian_kde with Scott's
// bandwidth: - log density of the activations, on the units with the largest variance.
#include <fmt/format.h>

#include <Eigen/Cholesky>
#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>

#include "nv/analysis/rank/distance.h"
#include "nv/analysis/rank/list.h"
#include "nv/core/error.h"

namespace nv::rank {

namespace {

using RowMatrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

/// Numbers of `all` columns in their order, without those that depend linearly on columns before them: a
/// Cholesky decomposition, column by column.
std::vector<Eigen::Index> independent(const Eigen::MatrixXd& covariance) {
  const Eigen::Index d = covariance.rows();
  const double rounding = static_cast<double>(d) * 1e-15;
  Eigen::MatrixXd lower = Eigen::MatrixXd::Zero(d, d);  // rows: columns kept so far
  std::vector<Eigen::Index> kept;
  for (Eigen::Index j = 0; j < d; ++j) {
    const auto n = static_cast<Eigen::Index>(kept.size());
    Eigen::VectorXd row(n);
    for (Eigen::Index i = 0; i < n; ++i)
      row[i] = (covariance(j, kept[static_cast<std::size_t>(i)]) - lower.row(i).head(i).dot(row.head(i))) /
               lower(i, i);
    const double pivot = covariance(j, j) - row.squaredNorm();
    if (!(pivot > rounding * covariance(j, j))) continue;
    lower.row(n).head(n) = row.transpose();
    lower(n, n) = std::sqrt(pivot);
    kept.push_back(j);
  }
  return kept;
}

class LsaScorer final : public LayerScorer {
 public:
  explicit LsaScorer(const Setup& setup) : LayerScorer(setup) {
    const LayerActivations& layer = *setup.profile->activations;
    const auto n = static_cast<Eigen::Index>(layer.values.shape()[0]), d = static_cast<Eigen::Index>(units());
    if (n < 2) throw_input("{}: lsa needs a profile of two inputs or more", setup.profile->file);
    const Eigen::Map<const Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>> all(
        layer.values.data(), n, d);
    columns_ = largest_variance(all.cast<double>(), setup.settings.lsa_features);
    RowMatrix chosen = select(all.cast<double>());
    mean_ = chosen.colwise().mean().transpose();
    chosen.rowwise() -= mean_.transpose();
    const Eigen::MatrixXd covariance = chosen.transpose() * chosen / static_cast<double>(n - 1);
    const std::vector<Eigen::Index> kept = independent(covariance);
    if (kept.empty()) throw_input("{}: the activations of the layer do not vary", setup.profile->file);
    dropped_ = std::ssize(columns_) - std::ssize(kept);
    path_ = layer.path;
    std::vector<Eigen::Index> columns;
    for (const Eigen::Index k : kept) columns.push_back(columns_[static_cast<std::size_t>(k)]);
    columns_ = std::move(columns);
    mean_ = Eigen::VectorXd(mean_(kept));
    fit(chosen(Eigen::all, kept), covariance(kept, kept));
  }

  void score(const Pass& pass, std::span<double> scores) override {
    score_each(pass, scores, [&](std::int64_t i) { return surprise(values(pass, i)); });
  }

  std::string note() const override {
    return dropped_ == 0 ? ""
                         : fmt::format(
                               "lsa: {} of {} units of layer {} depend linearly on others, and are left "
                               "out",
                               dropped_, dropped_ + std::ssize(columns_), path_);
  }

 private:
  /// The columns with the largest variance, in their order; the last of equal ones, as NumPy's argsort.
  static std::vector<Eigen::Index> largest_variance(const RowMatrix& rows, std::int64_t most) {
    const Eigen::VectorXd mean = rows.colwise().mean().transpose();
    const Eigen::VectorXd variance = (rows.rowwise() - mean.transpose()).colwise().squaredNorm().transpose() /
                                     static_cast<double>(rows.rows());
    std::vector<Eigen::Index> order(static_cast<std::size_t>(rows.cols()));
    std::iota(order.begin(), order.end(), Eigen::Index{0});
    std::ranges::stable_sort(order,
                             [&](Eigen::Index a, Eigen::Index b) { return variance[a] < variance[b]; });
    order.erase(order.begin(), order.end() - std::min<std::ptrdiff_t>(std::ssize(order), most));
    std::ranges::sort(order);
    return order;
  }

  RowMatrix select(const RowMatrix& rows) const { return rows(Eigen::all, columns_); }

  void fit(const RowMatrix& rows, const Eigen::MatrixXd& covariance) {
    const auto n = static_cast<double>(rows.rows()), d = static_cast<double>(rows.cols());
    const double scott = std::pow(n, -1 / (d + 4));
    lower_ = Eigen::MatrixXd(covariance.llt().matrixL()) * scott;
    points_ = lower_.triangularView<Eigen::Lower>().solve(rows.transpose()).transpose();
    log_norm_ = -std::log(n) - d / 2 * std::log(2 * std::numbers::pi) - lower_.diagonal().array().log().sum();
  }

  /// - log of the mean of Gaussian kernels, by their logarithms: finite where the density underflows.
  double surprise(std::span<const float> values) const {
    Eigen::VectorXd x(mean_.size());
    for (Eigen::Index i = 0; i < x.size(); ++i)
      x[i] = static_cast<double>(values[static_cast<std::size_t>(columns_[static_cast<std::size_t>(i)])]) -
             mean_[i];
    lower_.triangularView<Eigen::Lower>().solveInPlace(x);
    const Eigen::VectorXd exponents = (points_.rowwise() - x.transpose()).rowwise().squaredNorm() * -0.5;
    const double largest = exponents.maxCoeff();
    return -(largest + std::log((exponents.array() - largest).exp().sum()) + log_norm_);
  }

  std::vector<Eigen::Index> columns_;  ///< units that are read
  std::ptrdiff_t dropped_ = 0;
  std::string path_;
  Eigen::VectorXd mean_;
  Eigen::MatrixXd lower_;  ///< of the kernel's covariance
  RowMatrix points_;       ///< of the profile, whitened
  double log_norm_ = 0;    ///< of a kernel, with 1 / n
};

}  // namespace

Metric lsa() {
  return {.name = "lsa",
          .summary = "- log density, by Gaussian kernels on the profile",
          .reference = "Kim 2019 (surprise adequacy)",
          .group = Group::distance,
          .needs = {.activations = true},
          .make = [](const Setup& setup) { return std::make_unique<LsaScorer>(setup); }};
}

}  // namespace nv::rank
