#include "nv/data/items.h"

#include <doctest/doctest.h>

#include "support.h"

using namespace nv;
using nv::test::error_of;

TEST_CASE("items: numbers and ranges, in the order given") {
  CHECK(ItemRanges("17").below(100) == std::vector<std::int64_t>{17});
  CHECK(ItemRanges("8-10,3, 5").below(100) == std::vector<std::int64_t>{8, 9, 10, 3, 5});
}

TEST_CASE("items: a range far beyond the end of a file costs nothing") {
  const ItemRanges ranges("2-999999999999");
  CHECK(ranges.below(4) == std::vector<std::int64_t>{2, 3});
  CHECK(ranges.count_below(4) == 2);
  CHECK(ranges.first_beyond(4) == 4);
  CHECK_FALSE(ItemRanges("0-3").first_beyond(4));
  CHECK(ItemRanges("7").first_beyond(4) == 7);
}

TEST_CASE("items: text that is no range is a usage error") {
  for (const char* text : {"", "a", "1-", "-1", "1,,2", "1-2-3", "0x1", "99999999999999999999"}) {
    CAPTURE(text);
    CHECK(error_of([&] { ItemRanges{text}; }, ErrorKind::usage)
              .starts_with("expected numbers from 0 and ranges"));
  }
  CHECK(error_of([] { ItemRanges{"5-3"}; }, ErrorKind::usage) ==
        "expected ranges from low to high, got '5-3'");
}
