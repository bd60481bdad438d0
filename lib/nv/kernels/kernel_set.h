// The kernels by instruction set. Each set is product_kernel.h and loops_kernel.h compiled for it.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "nv/kernels/loops.h"
#include "nv/kernels/product.h"
#include "nv/kernels/winograd_set.h"

namespace nv {

/// All kernels compiled for one instruction set.
struct KernelSet {
  const char* name;  ///< "baseline", "x86-64-v3", "x86-64-v4"
  ProductSet product;
  WinogradSet winograd;
  LoopSet loops;
};

/// Results of cpuid and xgetbv on an x86 CPU; all 0 on others.
struct CpuBits {
  std::uint32_t leaf1_ecx = 0, leaf7_ebx = 0, extended_ecx = 0;
  std::uint64_t xcr0 = 0;  ///< registers that the operating system saves
  bool amd = false;
  std::uint32_t family = 0;
};
/// Of the CPU that runs this.
CpuBits cpu_bits();

/// Whether the CPU has all features of x86-64-v3, of which the compiler may use any.
bool has_x86_64_v3(const CpuBits& cpu);
/// The same for x86-64-v4: AVX-512.
bool has_x86_64_v4(const CpuBits& cpu);
/// Whether AVX-512 is as wide as its registers: AMD's Zen 4 (family 0x19) computes them in halves.
bool has_wide_avx512(const CpuBits& cpu);

/// The sets that this CPU can run, the one for any CPU first, the fastest last.
std::span<const KernelSet> kernel_sets();

/// The set of that name ("baseline", which "v2" names too, "v3", "v4"); the fastest for "". Throws
/// Error(usage) for any other name, and for a set that this CPU cannot run.
const KernelSet& kernel_set_named(std::string_view name);
/// The set that the environment variable NV_ISA names, read once per process; see kernel_set_named.
const KernelSet& kernel_set();

}  // namespace nv
