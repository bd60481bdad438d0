#include "nv/analysis/rank/covariance_sums.h"

#include <Eigen/Core>

namespace nv::rank {

namespace {
constexpr Eigen::Index block_rows = 128;
}  // namespace

struct CovarianceSums::State {
  explicit State(Eigen::Index columns)
      : block(block_rows, columns),
        first(columns),
        sum(Eigen::VectorXd::Zero(columns)),
        products(Eigen::MatrixXd::Zero(columns, columns)) {}

  void flush() {
    if (filled == 0) return;
    const auto filled_rows = block.topRows(filled);
    sum += filled_rows.colwise().sum().transpose();
    products.selfadjointView<Eigen::Lower>().rankUpdate(filled_rows.transpose());
    filled = 0;
  }

  Eigen::Index filled = 0;
  std::int64_t rows = 0;
  Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor> block;
  Eigen::VectorXd first, sum;
  Eigen::MatrixXd products;  ///< lower triangle
};

CovarianceSums::CovarianceSums(std::int64_t columns) : state_(std::make_unique<State>(columns)) {}
CovarianceSums::~CovarianceSums() = default;
CovarianceSums::CovarianceSums(CovarianceSums&&) noexcept = default;

std::uint64_t CovarianceSums::bytes(std::int64_t columns) {
  const auto n = static_cast<std::uint64_t>(columns);
  return sizeof(double) * n * (3 * n + block_rows);
}

void CovarianceSums::add(std::span<const double> row) {
  State& s = *state_;
  const Eigen::Map<const Eigen::VectorXd> values(row.data(), s.sum.size());
  if (s.rows == 0) s.first = values;
  ++s.rows;
  s.block.row(s.filled++) = (values - s.first).transpose();
  if (s.filled == block_rows) s.flush();
}

std::int64_t CovarianceSums::rows() const {
  return state_->rows;
}

std::vector<double> CovarianceSums::mean() const {
  state_->flush();
  const Eigen::VectorXd mean = state_->first + state_->sum / static_cast<double>(state_->rows);
  return {mean.begin(), mean.end()};
}

std::vector<double> CovarianceSums::covariance() {
  state_->flush();
  const auto n = static_cast<double>(state_->rows);
  const Eigen::VectorXd offset = state_->sum / n;
  Eigen::MatrixXd covariance = state_->products.selfadjointView<Eigen::Lower>();
  covariance = covariance / n - offset * offset.transpose();
  return {covariance.data(), covariance.data() + covariance.size()};
}

}  // namespace nv::rank
