// Nearest rows of a matrix.
#pragma once

#include <cstdint>
#include <vector>

#include "nv/core/parallel.h"
#include "nv/core/tensor.h"
#include "nv/kernels/gemm.h"

namespace nv::rank {

/// A row, and its distance from a query.
struct Neighbour {
  std::int64_t row = -1;  ///< -1: there are no rows
  double squared = 0;     ///< squared Euclidean distance
};

/// Finds the nearest of a set of rows. Candidates come from matrix products in float32, with a bound on their
/// error; their distances are then computed in double precision, so that the result is exact.
class NearestRows {
 public:
  /// `rows`: (rows, units).
  NearestRows(const Tensor& rows, ThreadPool& pool);

  /// The nearest row of each query, the first of equally near ones. `queries`: (queries, units).
  std::vector<Neighbour> nearest(const Tensor& queries, ThreadPool& pool) const;
  /// The `count` nearest rows of each query, or all if there are fewer, nearest first.
  std::vector<std::vector<Neighbour>> nearest(const Tensor& queries, std::int64_t count,
                                              ThreadPool& pool) const;

 private:
  /// Rows that a product takes at once.
  struct Block {
    std::int64_t first = 0, rows = 0;
    PackedMatrix packed;  ///< of the rows minus centre_, transposed
  };
  struct Candidate {
    std::int64_t row;
    double least;  ///< bound on the squared distance
  };

  /// Of queries [first, first + count).
  void search(const Tensor& queries, std::int64_t first, std::int64_t count, std::size_t wanted,
              ThreadPool& pool, std::vector<std::vector<Neighbour>>& found) const;
  std::vector<Neighbour> closest(const float* query, const std::vector<Candidate>& candidates, double most,
                                 std::size_t wanted) const;

  Tensor rows_;
  std::int64_t units_;
  std::vector<float>
      centre_;  ///< mean of the rows: differences from it are small, and so are rounding errors
  std::vector<double> squares_;  ///< squared norms of the rows minus centre_
  std::vector<Block> blocks_;
};

}  // namespace nv::rank
