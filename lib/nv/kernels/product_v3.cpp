// The matrix product for x86-64-v3.
#if defined(__x86_64__)
#define NV_LANES 8
#include "nv/kernels/product_kernel.h"

namespace nv {

const Product product_v3 = product;

}  // namespace nv
#endif
