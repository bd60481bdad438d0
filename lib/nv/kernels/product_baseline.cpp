// The matrix product for any CPU.
#define NV_LANES 4
#include "nv/kernels/product_kernel.h"

namespace nv {

const Product product_baseline = product;

}  // namespace nv
