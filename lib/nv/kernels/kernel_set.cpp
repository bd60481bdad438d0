#include "nv/kernels/kernel_set.h"

#include <cstdlib>
#include <string>
#include <vector>

#include "nv/core/error.h"
#include "nv/core/text.h"

#if defined(__x86_64__)
#include <cpuid.h>
#endif

namespace nv {

extern const KernelSet kernels_baseline;
#if defined(__x86_64__)
extern const KernelSet kernels_v3;
#endif

namespace {

constexpr std::uint32_t bit(int n) {
  return std::uint32_t{1} << n;
}

std::vector<KernelSet> find_sets() {
  std::vector<KernelSet> sets{kernels_baseline};
#if defined(__x86_64__)
  if (has_x86_64_v3(cpu_bits())) sets.push_back(kernels_v3);
#endif
  return sets;
}

constexpr std::string_view v3 = "x86-64-v3";

}  // namespace

CpuBits cpu_bits() {
  CpuBits cpu;
#if defined(__x86_64__)
  unsigned a = 0, b = 0, c = 0, d = 0;
  if (__get_cpuid(1, &a, &b, &c, &d) != 0) cpu.leaf1_ecx = c;
  if (__get_cpuid_count(7, 0, &a, &b, &c, &d) != 0) cpu.leaf7_ebx = b;
  if (__get_cpuid(0x80000001, &a, &b, &c, &d) != 0) cpu.extended_ecx = c;
  if ((cpu.leaf1_ecx & bit(27)) != 0) {
    std::uint32_t low = 0, high = 0;
    __asm__("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    cpu.xcr0 = std::uint64_t{high} << 32 | low;
  }
#endif
  return cpu;
}

bool has_x86_64_v3(const CpuBits& cpu) {
  // SSE3, SSSE3, FMA, CMPXCHG16B, SSE4.1, SSE4.2, MOVBE, POPCNT, OSXSAVE, AVX, F16C
  constexpr std::uint32_t leaf1 = bit(0) | bit(9) | bit(12) | bit(13) | bit(19) | bit(20) | bit(22) |
                                  bit(23) | bit(27) | bit(28) | bit(29);
  constexpr std::uint32_t leaf7 = bit(3) | bit(5) | bit(8);  // BMI1, AVX2, BMI2
  constexpr std::uint32_t extended = bit(0) | bit(5);        // LAHF, LZCNT
  constexpr std::uint64_t registers = 2 | 4;                 // of SSE and AVX
  return (cpu.leaf1_ecx & leaf1) == leaf1 && (cpu.leaf7_ebx & leaf7) == leaf7 &&
         (cpu.extended_ecx & extended) == extended && (cpu.xcr0 & registers) == registers;
}

std::span<const KernelSet> kernel_sets() {
  static const std::vector<KernelSet> sets = find_sets();
  return sets;
}

const KernelSet& kernel_set_named(std::string_view name) {
  if (name.empty()) return kernel_sets().back();
  if (name != "baseline" && name != "v3" && name != v3)
    throw_usage("NV_ISA: expected baseline or v3, got '{}'", one_line(name));
  for (const KernelSet& set : kernel_sets())
    if (name == set.name || (name == "v3" && set.name == v3)) return set;
  throw Error(ErrorKind::usage, fmt::format("NV_ISA is '{}', which this CPU cannot run", name), "baseline");
}

const KernelSet& kernel_set() {
  static const KernelSet& set = []() -> const KernelSet& {
    const char* name = std::getenv("NV_ISA");
    return kernel_set_named(name == nullptr ? "" : name);
  }();
  return set;
}

}  // namespace nv
