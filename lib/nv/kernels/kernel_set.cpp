#include "nv/kernels/kernel_set.h"

#include <vector>

namespace nv {

extern const KernelSet kernels_baseline;
#if defined(__x86_64__)
extern const KernelSet kernels_v3;
#endif

namespace {

std::vector<KernelSet> find_sets() {
  std::vector<KernelSet> sets{kernels_baseline};
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) sets.push_back(kernels_v3);
#endif
  return sets;
}

}  // namespace

std::span<const KernelSet> kernel_sets() {
  static const std::vector<KernelSet> sets = find_sets();
  return sets;
}

const KernelSet& kernel_set() {
  static const KernelSet& set = kernel_sets().back();
  return set;
}

}  // namespace nv
