#include "nv/kernels/kernel_set.h"

#include <algorithm>
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
extern const ProductSet product_v4;
extern const WinogradSet winograd_v4;
#endif

namespace {

constexpr std::uint32_t bit(int n) {
  return std::uint32_t{1} << n;
}

std::vector<KernelSet> find_sets() {
  std::vector<KernelSet> sets{kernels_baseline};
#if defined(__x86_64__)
  const CpuBits cpu = cpu_bits();
  if (has_x86_64_v3(cpu)) sets.push_back(kernels_v3);
  if (has_x86_64_v4(cpu)) {
    const KernelSet v4{"x86-64-v4", product_v4, winograd_v4, kernels_v3.loops};
    sets.insert(has_wide_avx512(cpu) ? sets.end() : sets.end() - 1, v4);
  }
#endif
  return sets;
}

/// "v3" of "x86-64-v3".
std::string_view short_name(std::string_view name) {
  return name.substr(name.rfind('-') + 1);
}

}  // namespace

CpuBits cpu_bits() {
  CpuBits cpu;
#if defined(__x86_64__)
  unsigned a = 0, b = 0, c = 0, d = 0;
  if (__get_cpuid(0, &a, &b, &c, &d) != 0) cpu.amd = c == signature_AMD_ecx;
  if (__get_cpuid(1, &a, &b, &c, &d) != 0) {
    cpu.leaf1_ecx = c;
    cpu.family = (a >> 8 & 0xf) + (a >> 20 & 0xff);
  }
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

bool has_x86_64_v4(const CpuBits& cpu) {
  constexpr std::uint32_t leaf7 =
      bit(16) | bit(17) | bit(28) | bit(30) | bit(31);  // AVX-512 F, DQ, CD, BW, VL
  constexpr std::uint64_t registers = 32 | 64 | 128;    // masks, upper halves, registers 16 to 31
  return has_x86_64_v3(cpu) && (cpu.leaf7_ebx & leaf7) == leaf7 && (cpu.xcr0 & registers) == registers;
}

bool has_wide_avx512(const CpuBits& cpu) {
  return has_x86_64_v4(cpu) && !(cpu.amd && cpu.family == 0x19);
}

std::span<const KernelSet> kernel_sets() {
  static const std::vector<KernelSet> sets = find_sets();
  return sets;
}

const KernelSet& kernel_set_named(std::string_view name) {
  if (name.empty()) return kernel_sets().back();
#if defined(__x86_64__)
  // x86-64-v2 has no wider vectors than any x86-64: compiled for it, the same kernels take the same time.
  if (name == "v2" || name == "x86-64-v2") return kernel_sets().front();
#endif
  std::string known;
  for (const KernelSet& set : kernel_sets()) {
    if (name == set.name || name == short_name(set.name)) return set;
    known += fmt::format("{}{}", known.empty() ? "" : ", ", short_name(set.name));
  }
  constexpr std::string_view others[] = {"v3", "v4", "x86-64-v3", "x86-64-v4"};
  if (std::ranges::find(others, name) == std::end(others))
    throw_usage("NV_ISA: expected baseline, v2, v3 or v4, got '{}'", one_line(name));
  throw Error(ErrorKind::usage, fmt::format("NV_ISA is '{}', which this CPU cannot run", name), known);
}

const KernelSet& kernel_set() {
  static const KernelSet& set = []() -> const KernelSet& {
    const char* name = std::getenv("NV_ISA");
    return kernel_set_named(name == nullptr ? "" : name);
  }();
  return set;
}

}  // namespace nv
