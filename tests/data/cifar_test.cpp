#include "nv/data/cifar.h"

#include <doctest/doctest.h>

#include "support.h"

using namespace nv;
using namespace nv::test;

TEST_CASE("cifar: planes become pixels, the first byte is the class") {
  const Bytes file = joined(cifar10_record(3, 10, 20, 30), cifar10_record(9, 40, 50, 60));
  const CifarRecords records(file, "c.bin");
  REQUIRE(records.size() == 2);
  CHECK(records.classes() == 10);
  CHECK(records.label(0) == 3);
  CHECK(records.label(1) == 9);
  const Picture picture = records.picture(1);
  CHECK(picture.width == 32);
  CHECK(picture.height == 32);
  REQUIRE(picture.pixels.size() == 3072);
  CHECK(std::vector<std::uint8_t>(picture.pixels.begin(), picture.pixels.begin() + 4) ==
        std::vector<std::uint8_t>{40, 50, 60, 40});
}

TEST_CASE("cifar: CIFAR-100 has a coarse class before the fine one") {
  Bytes file = cifar10_record(99, 1, 2, 3);
  file.insert(file.begin(), std::byte{19});
  const CifarRecords records(file, "c.bin");
  CHECK(records.classes() == 100);
  CHECK(records.label(0) == 99);
  CHECK(records.picture(0).pixels[2] == 3);
}

TEST_CASE("cifar: other sizes, and classes that do not exist, are not CIFAR") {
  CHECK_FALSE(CifarRecords::fits({}));
  CHECK_FALSE(CifarRecords::fits(cifar10_record(10, 0, 0, 0)));
  Bytes file = cifar10_record(1, 0, 0, 0);
  file.pop_back();
  CHECK_FALSE(CifarRecords::fits(file));
  CHECK(error_of([&] { CifarRecords(file, "c.bin"); }) == "c.bin: not a CIFAR-10 or CIFAR-100 binary file");
}
