#include "nv/layers/common/batch_product.h"

#include <numeric>
#include <vector>

#include "nv/core/error.h"
#include "nv/kernels/gemm.h"
#include "nv/kernels/transpose.h"

namespace nv {

Tensor batch_product(const Tensor& a, const Tensor& b, Context& context) {
  const std::int64_t count = a.shape()[0], m = a.shape()[1], k = a.shape()[2], n = b.shape()[2];
  if (b.shape()[0] != count || b.shape()[1] != k)
    throw_input("matrices of {} and {} do not fit together", a.shape().str(), b.shape().str());
  Tensor c(Shape{count, m, n});
  context.pool.for_each(count, [&](std::int64_t i) {
    multiply({a.data() + i * m * k, m, k, k}, {b.data() + i * k * n, k, n, n},
             {c.data() + i * m * n, m, n, n}, context.pool);
  });
  return c;
}

Tensor transposed_matrices(const Tensor& x) {
  std::vector<int> order(static_cast<std::size_t>(x.shape().rank()));
  std::iota(order.begin(), order.end(), 0);
  std::swap(order[order.size() - 2], order.back());
  return transpose(x, order);
}

Tensor as_matrices(const Tensor& x) {
  std::int64_t count = 1;
  for (int a = 0; a < x.shape().rank() - 2; ++a) count *= x.shape()[a];
  return x.reshaped({count, x.shape()[-2], x.shape()[-1]});
}

}  // namespace nv
