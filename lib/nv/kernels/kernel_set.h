// The kernels by instruction set. Every set's code is product_kernel.h and loops_kernel.h, compiled for it.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "nv/kernels/loops.h"
#include "nv/kernels/product.h"

namespace nv {

struct KernelSet {
  const char* name;  ///< "baseline", "x86-64-v3"
  ProductSet product;
  LoopSet loops;
};

/// What cpuid and xgetbv say of an x86 CPU; all 0 on any other.
struct CpuBits {
  std::uint32_t leaf1_ecx = 0, leaf7_ebx = 0, extended_ecx = 0;
  std::uint64_t xcr0 = 0;  ///< registers that the system keeps
};
CpuBits cpu_bits();

/// Whether all of x86-64-v3 is there: a compiler told so uses any of it, so AVX2 and FMA alone do not do.
bool has_x86_64_v3(const CpuBits& cpu);

/// Those that this CPU can run, the fastest last.
std::span<const KernelSet> kernel_sets();

/// The set of that name ("baseline", "v3"); the fastest for "". Throws Error(usage) for any other name, and
/// for a set that this CPU cannot run.
const KernelSet& kernel_set_named(std::string_view name);
/// What the environment variable NV_ISA asks for, as kernel_set_named.
const KernelSet& kernel_set();

}  // namespace nv
