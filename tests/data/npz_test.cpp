#include "nv/data/npz.h"

#include <doctest/doctest.h>

#include "support.h"

using namespace nv;
using namespace nv::test;

namespace {

using Arrays = std::vector<std::pair<std::string, Tensor>>;

/// numpy.savez_compressed(a=numpy.arange(3, dtype="int32"))
const char* const compressed =
    "504b03042d00000008000000210002ecbda9ffffffffffffffff05001400612e6e7079010010008c000000000000004c00000000"
    "000000"
    "9bec17ea1b10c9c850c650ad9e925a9c5ca46ea5a06e9369a2aea3a09e965f54529498179f5f94920a12774bcc294e058a176724"
    "16a402"
    "f91ac63a9a3a0ab50a14002e062060046226200600504b01022d032d00000008000000210002ecbda94c0000008c000000050000"
    "0000"
    "00000000000000800100000000612e6e7079504b0506000000000100010033000000830000000000";

}  // namespace

TEST_CASE("npz: numpy's compressed archives") {
  const NpzReader archive(from_hex(compressed), "a.npz");
  CHECK(archive.names() == std::vector<std::string>{"a"});
  CHECK(archive.header("a").shape == Shape{3});
  CHECK(archive.read("a").as_integers("a.npz") == std::vector<std::int64_t>{0, 1, 2});
}

TEST_CASE("npz: an unknown array is an error that lists the arrays") {
  const NpzReader archive(from_hex(compressed), "a.npz");
  CHECK(error_of([&] { archive.read("b"); }) == "a.npz: holds no array 'b'");
  try {
    archive.read("b");
  } catch (const Error& e) {
    CHECK(e.hint() == "it holds a");
  }
}

TEST_CASE("npz: written archives are read back, with slashes and UTF-8 in their names") {
  const Bytes file =
      encode_npz(Arrays{{"block1/conv#1@0", Tensor(Shape{2, 3}, 0.5F)}, {"größe", Tensor(Shape{}, 7.0F)}});
  const NpzReader archive(file, "a.npz");
  CHECK(archive.names() == std::vector<std::string>{"block1/conv#1@0", "größe"});
  CHECK(archive.read("block1/conv#1@0").shape == Shape{2, 3});
  CHECK(archive.read("größe").as_float()[0] == 7.0F);
}

TEST_CASE("npz: the same arrays give the same bytes, dated 1980-01-01") {
  const Arrays arrays{{"a", Tensor(Shape{4}, 1.0F)}};
  const Bytes file = encode_npz(arrays);
  CHECK(file == encode_npz(arrays));
  // Stored, 1980-01-01 00:00: method, time and date of the first local header.
  CHECK(Bytes(file.begin() + 8, file.begin() + 14) == from_hex("000000002100"));
}

TEST_CASE("npz: names that an archive cannot hold are refused") {
  const auto refusal = [](const Arrays& arrays) {
    return error_of([&] { encode_npz(arrays); }, ErrorKind::output);
  };
  const Tensor one(Shape{1}, 1.0F);
  CHECK(refusal({{"a", one}, {"a", one}}) == "two arrays named 'a' in one .npz");
  CHECK(refusal({{"", one}}) == "an array without a name in an .npz");
  CHECK(refusal(Arrays(65536, {"a", one})).starts_with("65536 arrays are too many"));
}

TEST_CASE("npz: damage is detected") {
  const Bytes whole = from_hex(compressed);
  const auto refusal = [](const Bytes& bytes) {
    return error_of([&] { NpzReader(bytes, "a.npz").read("a"); });
  };
  CHECK(refusal(Bytes(whole.begin(), whole.begin() + 100)).starts_with("a.npz: a damaged zip archive"));
  Bytes flipped = whole;
  flipped[70] ^= std::byte{0xff};
  CHECK(refusal(flipped).starts_with("a.npz:a: "));
}
