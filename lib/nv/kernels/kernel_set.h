// The kernels by instruction set. Every set's code is product_kernel.h and loops_kernel.h, compiled for it.
#pragma once

#include <span>

#include "nv/kernels/loops.h"
#include "nv/kernels/product.h"

namespace nv {

struct KernelSet {
  const char* name;  ///< "baseline", "x86-64-v3"
  ProductSet product;
  LoopSet loops;
};

/// Those that this CPU can run, the fastest last.
std::span<const KernelSet> kernel_sets();
/// The fastest of them.
const KernelSet& kernel_set();

}  // namespace nv
