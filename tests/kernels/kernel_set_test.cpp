#include "nv/kernels/kernel_set.h"

#include <doctest/doctest.h>

#include <string>
#include <type_traits>

#include "nv/core/error.h"

namespace nv {

TEST_CASE("x86-64-v3 needs every one of its features") {
  CpuBits cpu{};
  CHECK_FALSE(has_x86_64_v3(cpu));
  for (const int n : {0, 9, 12, 13, 19, 20, 22, 23, 27, 28, 29}) cpu.leaf1_ecx |= 1U << n;
  for (const int n : {3, 5, 8}) cpu.leaf7_ebx |= 1U << n;
  for (const int n : {0, 5}) cpu.extended_ecx |= 1U << n;
  cpu.xcr0 = 7;
  REQUIRE(has_x86_64_v3(cpu));
  const auto without = [&cpu](auto CpuBits::*word, int n) {
    CpuBits less = cpu;
    auto& bits = less.*word;
    bits ^= static_cast<std::remove_reference_t<decltype(bits)>>(1) << n;
    return less;
  };
  for (const int n : {12, 22, 27, 28, 29}) {
    CAPTURE(n);
    CHECK_FALSE(has_x86_64_v3(without(&CpuBits::leaf1_ecx, n)));  // FMA, MOVBE, OSXSAVE, AVX, F16C
  }
  for (const int n : {3, 5, 8}) {
    CAPTURE(n);
    CHECK_FALSE(has_x86_64_v3(without(&CpuBits::leaf7_ebx, n)));  // BMI1, AVX2, BMI2
  }
  CHECK_FALSE(has_x86_64_v3(without(&CpuBits::extended_ecx, 5)));  // LZCNT
  for (const int n : {1, 2}) CHECK_FALSE(has_x86_64_v3(without(&CpuBits::xcr0, n)));
}

TEST_CASE("an instruction set can be selected by name") {
  CHECK(std::string(kernel_set_named("baseline").name) == "baseline");
  CHECK(&kernel_set_named("") == &kernel_sets().back());
  if (kernel_sets().size() > 1) {
    CHECK(std::string(kernel_set_named("v3").name) == "x86-64-v3");
    CHECK(&kernel_set_named("x86-64-v3") == &kernel_set_named("v3"));
  } else {
    CHECK_THROWS_WITH_AS(kernel_set_named("v3"), "NV_ISA is 'v3', which this CPU cannot run", Error);
  }
  CHECK_THROWS_WITH_AS(kernel_set_named("avx9"), "NV_ISA: expected baseline or v3, got 'avx9'", Error);
}

}  // namespace nv
