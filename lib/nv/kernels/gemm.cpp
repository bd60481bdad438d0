#include "nv/kernels/gemm.h"

#include <fmt/format.h>

#include <Eigen/Core>

namespace nv {

namespace {
using RowMajor = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using Stride = Eigen::OuterStride<>;
using In = Eigen::Map<const RowMajor, Eigen::Unaligned, Stride>;
using Out = Eigen::Map<RowMajor, Eigen::Unaligned, Stride>;
}  // namespace

void multiply(const ConstMatrix& a, const ConstMatrix& b, const Matrix& c) {
  const In left(a.data, a.rows, a.cols, Stride(a.stride));
  const In right(b.data, b.rows, b.cols, Stride(b.stride));
  Out(c.data, c.rows, c.cols, Stride(c.stride)).noalias() = left * right;
}

void multiply_transposed_add(const ConstMatrix& a, const ConstMatrix& b, const Matrix& c) {
  const In left(a.data, a.rows, a.cols, Stride(a.stride));
  const In right(b.data, b.rows, b.cols, Stride(b.stride));
  Out(c.data, c.rows, c.cols, Stride(c.stride)).noalias() += left * right.transpose();
}

void multiply_row(const float* x, const ConstMatrix& b, float* y) {
  const Eigen::Map<const Eigen::VectorXf> in(x, b.rows);
  const In matrix(b.data, b.rows, b.cols, Stride(b.stride));
  Eigen::Map<Eigen::VectorXf>(y, b.cols).noalias() = matrix.transpose() * in;
}

void multiply_column(const ConstMatrix& b, const float* x, float* y) {
  const Eigen::Map<const Eigen::VectorXf> in(x, b.cols);
  const In matrix(b.data, b.rows, b.cols, Stride(b.stride));
  Eigen::Map<Eigen::VectorXf>(y, b.rows).noalias() = matrix * in;
}

std::string eigen_version() {
  return fmt::format("{}.{}.{}", EIGEN_WORLD_VERSION, EIGEN_MAJOR_VERSION, EIGEN_MINOR_VERSION);
}

}  // namespace nv
