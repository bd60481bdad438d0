#include "nv/keras/hdf5/lzf.h"

#include <doctest/doctest.h>

#include "keras/support.h"
#include "nv/keras/hdf5/file.h"

namespace nv::test {

namespace {

/// The decompressed block, with room for `room` bytes; "damaged" if it cannot be decompressed.
std::string unpacked(std::string_view hex, std::size_t room = 100) {
  Bytes into(room);
  const auto n = unpack_lzf(from_hex(hex), into);
  return n ? std::string(reinterpret_cast<const char*>(into.data()), *n) : "damaged";
}

}  // namespace

TEST_CASE("LZF: literal bytes and copies of earlier ones") {
  CHECK(unpacked("").empty());
  CHECK(unpacked("02616263") == "abc");
  CHECK(unpacked("02616263"             // abc
                 "2002") == "abcabc");  // 3 bytes from 3 back
  CHECK(unpacked("0061"
                 "8000") == "aaaaaaa");  // 6 bytes from 1 back: source and copy overlap
  CHECK(unpacked("0061"
                 "e00300") == "aaaaaaaaaaaaa");  // 7 + 3 + 2 bytes
}

TEST_CASE("LZF: damaged blocks are refused, and nothing is written past the end") {
  CHECK(unpacked("02616263", 2) == "damaged");
  CHECK(unpacked("026162") == "damaged");
  CHECK(unpacked("2000") == "damaged");      // nothing came before
  CHECK(unpacked("00612001") == "damaged");  // nor so far before
  CHECK(unpacked("006120") == "damaged");
  CHECK(unpacked("0061e0") == "damaged");
  CHECK(unpacked("0061e003") == "damaged");
  CHECK(unpacked("00618000", 6) == "damaged");
}

TEST_CASE("LZF: a dataset that h5py compressed is read, and a damaged one is an input error") {
  const Folder folder;
  const std::string path = folder.path("a.h5");
  // 16 numbers 0: one byte and 63 that repeat it.
  const Bytes block = from_hex("0000e03600");
  {
    const Hdf5Maker m(path);
    m.packed_block("known", {16}, 32000, {4, 261, 64}, block);  // as h5py: versions, bytes of a chunk
    m.packed_block("unknown", {16}, 32000, {}, block);
    m.packed_block("wrong", {16}, 32000, {4, 261, 8}, block);
    m.packed_block("damaged", {16}, 32000, {4, 261, 64}, from_hex("0000e036"));
    m.packed_block("short", {16}, 32000, {4, 261, 64}, from_hex("0000"));
    m.packed_block("foreign", {16}, 32099, {}, block);
  }
  const auto f = Hdf5File::open(path);
  for (const char* name : {"known", "unknown"}) {
    CAPTURE(name);
    const Tensor t = f->read(name);
    REQUIRE(t.size() == 16);
    for (const float x : t.values()) CHECK(x == 0.0F);
  }
  for (const char* name : {"wrong", "damaged", "short"}) {
    CAPTURE(name);
    CHECK(error_of([&] { (void)f->read(name); }) == path + ": damaged HDF5: " + name + " cannot be read");
  }
  CHECK(error_of([&] { (void)f->read("foreign"); }) ==
        path + ": foreign is packed by a filter that nv does not have (number 32099)");
}

}  // namespace nv::test
