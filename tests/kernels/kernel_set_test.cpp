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

TEST_CASE("x86-64-v4 needs x86-64-v3 and AVX-512") {
  CpuBits cpu{~0U, ~0U, ~0U, ~std::uint64_t{0}, true, 0x1a};
  REQUIRE(has_x86_64_v4(cpu));
  CHECK(has_wide_avx512(cpu));
  cpu.family = 0x19;  // Zen 4
  CHECK_FALSE(has_wide_avx512(cpu));
  CHECK(has_x86_64_v4(cpu));
  for (const int n : {16, 17, 28, 30, 31}) {
    CpuBits less = cpu;
    less.leaf7_ebx ^= 1U << n;
    CAPTURE(n);
    CHECK(has_x86_64_v3(less));
    CHECK_FALSE(has_x86_64_v4(less));
  }
  for (const int n : {5, 6, 7}) {
    CpuBits less = cpu;
    less.xcr0 ^= std::uint64_t{1} << n;
    CHECK_FALSE(has_x86_64_v4(less));
  }
  cpu.leaf1_ecx ^= 1U << 12;  // FMA
  CHECK_FALSE(has_x86_64_v4(cpu));
}

TEST_CASE("an instruction set can be selected by name") {
  CHECK(std::string(kernel_set_named("baseline").name) == "baseline");
  CHECK(&kernel_set_named("") == &kernel_sets().back());
#if defined(__x86_64__)
  CHECK(&kernel_set_named("v2") == &kernel_set_named("baseline"));
  CHECK(&kernel_set_named("x86-64-v2") == &kernel_set_named("baseline"));
#endif
  const auto check = [](bool has, const std::string& name) {
    const std::string full = "x86-64-" + name;
    if (has) {
      CHECK(std::string(kernel_set_named(name).name) == full);
      CHECK(&kernel_set_named(full) == &kernel_set_named(name));
    } else {
      CHECK_THROWS_WITH_AS(kernel_set_named(name),
                           ("NV_ISA is '" + name + "', which this CPU cannot run").c_str(), Error);
    }
  };
  check(has_x86_64_v3(cpu_bits()), "v3");
  check(has_x86_64_v4(cpu_bits()), "v4");
  CHECK_THROWS_WITH_AS(kernel_set_named("avx9"), "NV_ISA: expected baseline, v2, v3 or v4, got 'avx9'",
                       Error);
}

}  // namespace nv
