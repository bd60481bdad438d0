// Kernels for any CPU.
#include "nv/kernels/lanes.h"

namespace nv {
namespace {
using Lanes = Four;
}
}  // namespace nv

#include "nv/kernels/loops_kernel.h"
#include "nv/kernels/product_kernel.h"
#include "nv/kernels/winograd_kernel.h"

namespace nv {

extern const KernelSet kernels_baseline;
const KernelSet kernels_baseline{"baseline", make_product_set(Four::fused), make_winograd_set(),
                                 make_loop_set()};

}  // namespace nv
