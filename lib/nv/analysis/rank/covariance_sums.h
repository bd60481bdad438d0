// Mean and covariance of rows that come one after the other.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace nv::rank {

/// In float64. Products are of blocks of a fixed number of rows, relative to the first row, so that little
/// precision is lost and the result does not depend on how rows are divided into batches.
class CovarianceSums {
 public:
  explicit CovarianceSums(std::int64_t columns);
  ~CovarianceSums();
  CovarianceSums(CovarianceSums&&) noexcept;
  CovarianceSums& operator=(CovarianceSums&&) = delete;

  /// Bytes that sums of so many columns need, results included.
  static std::uint64_t bytes(std::int64_t columns);

  void add(std::span<const double> row);
  std::int64_t rows() const;
  std::vector<double> mean() const;
  /// columns x columns; divided by the number of rows. Not before the first row.
  std::vector<double> covariance();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace nv::rank
