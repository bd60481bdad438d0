#include "nv/data/gzip.h"

#include <doctest/doctest.h>

#include "support.h"

using namespace nv;
using namespace nv::test;

namespace {
Bytes gunzip(std::span<const std::byte> bytes, const std::string& file,
             std::size_t limit = std::size_t{1} << 32) {
  MemoryStream packed(bytes);
  GunzipStream stream(packed, file);
  return read_rest(stream, file, limit, claimed_size(bytes));
}

/// gzip.compress(b"nv nv nv nv")
const Bytes zipped = from_hex("1f8b0800000000000203cb2b53c8832200accbf54f0b000000");
}  // namespace

TEST_CASE("gzip: one member, several, and padding after them") {
  CHECK(is_gzip(zipped));
  CHECK(gunzip(zipped, "a.gz") == bytes_of("nv nv nv nv"));
  CHECK(gunzip(joined(zipped, zipped), "a.gz") == bytes_of("nv nv nv nvnv nv nv nv"));
  CHECK(gunzip(joined(zipped, Bytes(7)), "a.gz") == bytes_of("nv nv nv nv"));
}

TEST_CASE("gzip: a file cut short anywhere is refused") {
  for (std::size_t size = 3; size < zipped.size(); ++size) {
    CAPTURE(size);
    CHECK(error_of([&] { gunzip(std::span(zipped).first(size), "a.gz"); }) ==
          "a.gz: the gzip file is cut short");
  }
}

TEST_CASE("gzip: a wrong checksum and a small limit are errors") {
  Bytes damaged = zipped;
  damaged[18] ^= std::byte{1};
  CHECK(error_of([&] { gunzip(damaged, "a.gz"); }) == "a.gz: the gzip file is damaged");
  CHECK(error_of([&] { gunzip(zipped, "a.gz", 10); }) == "a.gz: larger than 10 bytes when unpacked");
  CHECK(gunzip(zipped, "a.gz", 11).size() == 11);
}
