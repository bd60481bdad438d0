#include "nv/data/idx.h"

#include <doctest/doctest.h>

#include "support.h"

using namespace nv;
using namespace nv::test;

namespace {
NpyArray parse_idx(std::span<const std::byte> bytes, const std::string& file) {
  MemoryStream memory(bytes);
  HeadStream stream(memory);
  return read_idx(stream, file);
}
}  // namespace

TEST_CASE("idx: pictures and labels") {
  const NpyArray pictures = parse_idx(idx_pictures(3, 5, 4), "i");
  CHECK(pictures.shape == Shape{3, 5, 4});
  CHECK(pictures.is_picture());
  CHECK(pictures.as_float(40, Shape{20})[0] == 2.0F);
  CHECK(parse_idx(idx_labels({7, 2, 1}), "l").as_integers("l") == std::vector<std::int64_t>{7, 2, 1});
}

TEST_CASE("idx: wider types are big-endian") {
  const NpyArray doubles = parse_idx(from_hex("00000e01000000023ff8000000000000c000000000000000"), "d");
  CHECK(doubles.type == ScalarType::float64);
  CHECK(doubles.as_float()[0] == 1.5F);
  CHECK(doubles.as_float()[1] == -2.0F);
  CHECK(parse_idx(from_hex("00000b0100000001fffe"), "s").as_integers("s") == std::vector<std::int64_t>{-2});
}

TEST_CASE("idx: other files, and wrong sizes, are refused") {
  const auto refusal = [](const Bytes& bytes) { return error_of([&] { parse_idx(bytes, "i"); }); };
  Bytes file = idx_pictures(2, 2, 2);
  file.pop_back();
  CHECK(refusal(file) == "i: 7 bytes after the IDX header, 2 x 2 x 2 uint8 need 8");
  file.resize(file.size() + 2);
  CHECK(refusal(file) == "i: 9 bytes after the IDX header, 2 x 2 x 2 uint8 need 8");
  CHECK(refusal(from_hex("0000070100000001ff")) == "i: not an IDX file");
  CHECK(refusal(from_hex("0000080300000001")) == "i: the IDX header is cut short");
  CHECK(refusal(from_hex("00000804ffffffffffffffffffffffffffffffff")).starts_with("i: a tensor of"));
}
