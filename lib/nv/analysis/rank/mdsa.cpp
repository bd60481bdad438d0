// Mahalanobis-distance surprise adequacy (Kim 2020), as dnn-tip computes it by scikit-learn's
// EmpiricalCovariance: squared distance, by the pseudo-inverse of the covariance.
#include <fmt/format.h>

#include <Eigen/Eigenvalues>
#include <limits>

#include "nv/analysis/rank/distance.h"
#include "nv/analysis/rank/list.h"
#include "nv/core/error.h"

namespace nv::rank {

namespace {

class MdsaScorer final : public LayerScorer {
 public:
  explicit MdsaScorer(const Setup& setup) : LayerScorer(setup) {
    const LayerMoments& moments = *setup.profile->moments;
    const auto d = static_cast<Eigen::Index>(units());
    mean_ = Eigen::Map<const Eigen::VectorXd>(moments.mean.data(), d);
    const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(
        Eigen::Map<const Eigen::MatrixXd>(moments.covariance.data(), d, d));
    if (solver.info() != Eigen::Success)
      throw_input("{}: the covariance has no eigenvectors", setup.profile->file);
    // The cut-off of SciPy's pinvh.
    const Eigen::VectorXd& values = solver.eigenvalues();
    const double least =
        values.cwiseAbs().maxCoeff() * static_cast<double>(d) * std::numeric_limits<double>::epsilon();
    Eigen::Index first = 0;  // eigenvalues are ascending
    while (first < d && values[first] <= least) ++first;
    if (first == d) throw_input("{}: the activations of the layer do not vary", setup.profile->file);
    const Eigen::Index kept = d - first;
    whitening_ =
        (solver.eigenvectors().rightCols(kept) * values.tail(kept).cwiseSqrt().cwiseInverse().asDiagonal())
            .transpose();
  }

  void score(const Pass& pass, std::span<double> scores) override {
    score_each(pass, scores, [&](std::int64_t i) {
      const Eigen::VectorXd x =
          Eigen::Map<const Eigen::VectorXf>(values(pass, i).data(), mean_.size()).cast<double>() - mean_;
      return (whitening_ * x).squaredNorm();
    });
  }

 private:
  Eigen::VectorXd mean_;
  Eigen::MatrixXd whitening_;  ///< rows: eigenvectors / sqrt(eigenvalue)
};

}  // namespace

Metric mdsa() {
  return {.name = "mdsa",
          .summary = "squared Mahalanobis distance from the profile",
          .reference = "Kim 2020 (MDSA)",
          .group = Group::distance,
          .needs = {.moments = true},
          .make = [](const Setup& setup) { return std::make_unique<MdsaScorer>(setup); }};
}

}  // namespace nv::rank
