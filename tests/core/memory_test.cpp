#include "nv/core/memory.h"

#include <doctest/doctest.h>

#include "nv/core/error.h"

using namespace nv;

TEST_CASE("amounts of memory") {
  CHECK(parse_memory("1000000") == 1000000);
  CHECK(parse_memory("512M") == 512u << 20);
  CHECK(parse_memory("1.5g") == 3u << 29);
  CHECK(parse_memory("4GiB") == std::uint64_t{4} << 30);
  CHECK(parse_memory("2KB") == 2048);
  for (const char* bad : {"", "x", "-1", "0", "nan", "inf", "1X", "4GiBs", "1e40", "4 G"})
    CHECK_THROWS_AS(parse_memory(bad), Error);
  CHECK(memory_text(10) == "10 bytes");
  CHECK(memory_text(std::uint64_t{6} << 30) == "6.0 GB");
  CHECK(memory_text(12 << 20) == "12 MB");
}

TEST_CASE("more memory than the limit is refused") {
  const std::uint64_t before = memory_limit();
  CHECK(before > 0);
  set_memory_limit(1000);
  CHECK_NOTHROW(check_memory(1000, "a.npy"));
  CHECK_THROWS_WITH(check_memory(std::uint64_t{6} << 30, "a.npy"),
                    "a.npy: needs 6.0 GB of memory, the limit is 1000 bytes");
  set_memory_limit(before);
}
