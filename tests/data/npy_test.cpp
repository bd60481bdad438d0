#include "nv/data/npy.h"

#include <doctest/doctest.h>

#include <cmath>
#include <cstring>

#include "support.h"

using namespace nv;
using namespace nv::test;

namespace {

Bytes npy(const std::string& header, const Bytes& data, int version = 1) {
  Bytes bytes = bytes_of("\x93NUMPY");
  bytes.push_back(static_cast<std::byte>(version));
  bytes.push_back(std::byte{0});
  bytes.push_back(static_cast<std::byte>(header.size()));
  bytes.insert(bytes.end(), version == 1 ? 1 : 3, std::byte{0});
  return joined(joined(bytes, bytes_of(header)), data);
}

std::string header(const std::string& descr, const std::string& shape, bool fortran = false) {
  return fmt::format("{{'descr': '{}', 'fortran_order': {}, 'shape': {}, }}\n", descr,
                     fortran ? "True" : "False", shape);
}

std::vector<float> floats(const NpyArray& array) {
  const Tensor tensor = array.as_float();
  return {tensor.values().begin(), tensor.values().end()};
}

}  // namespace

TEST_CASE("npy: big-endian float64 in Fortran order, as numpy 2.4 writes it") {
  const Bytes file = npy(header(">f8", "(2, 3)", true),
                         from_hex("3ff0000000000000401000000000000040000000000000004014000000000000"
                                  "40080000000000004018000000000000"));
  const NpyArray array = parse_npy(file, "a.npy");
  CHECK(array.shape == Shape{2, 3});
  CHECK(array.type == ScalarType::float64);
  CHECK(floats(array) == std::vector<float>{1, 2, 3, 4, 5, 6});
}

TEST_CASE("npy: all types of numbers are converted to float32") {
  struct Case {
    const char* descr;
    const char* hex;  // of two elements
    std::vector<float> expected;
  };
  const std::vector<Case> cases{{"|b1", "0001", {0, 1}},
                                {"|i1", "ff7f", {-1, 127}},
                                {"|u1", "ff00", {255, 0}},
                                {"<i2", "feff0100", {-2, 1}},
                                {">i2", "fffe0001", {-2, 1}},
                                {">u2", "ffff0001", {65535, 1}},
                                {"<i4", "ffffffff02000000", {-1, 2}},
                                {"<u4", "ffffffff02000000", {4294967296.0F, 2}},
                                {"<i8", "ffffffffffffffff0300000000000000", {-1, 3}},
                                {">u8", "00000000000000050000000000000006", {5, 6}},
                                {"<f2", "003c00c0", {1, -2}},
                                {">f2", "00018400", {5.9604645e-8F, -6.1035156e-5F}},
                                {">f4", "3fc00000c0000000", {1.5F, -2}},
                                {"<f8", "000000000000f83f00000000000000c0", {1.5F, -2}}};
  for (const Case& c : cases) {
    CAPTURE(c.descr);
    CHECK(floats(parse_npy(npy(header(c.descr, "(2,)"), from_hex(c.hex)), "a.npy")) == c.expected);
  }
}

TEST_CASE("npy: float16 infinities and NaN") {
  const auto values = floats(parse_npy(npy(header("<f2", "(3,)"), from_hex("007c00fc007e")), "a.npy"));
  CHECK(values[0] == INFINITY);
  CHECK(values[1] == -INFINITY);
  CHECK(std::isnan(values[2]));
}

TEST_CASE("npy: versions 2 and 3, scalars, and the longs of Python 2") {
  const Bytes data = from_hex("0000803f");
  CHECK(parse_npy(npy(header("<f4", "()"), data, 2), "a.npy").shape.rank() == 0);
  CHECK(parse_npy(npy(header("<f4", "(1L, 1L)"), data, 3), "a.npy").shape == Shape{1, 1});
}

TEST_CASE("npy: only uint8 arrays are pictures") {
  CHECK(parse_npy(npy(header("|u1", "(1,)"), Bytes(1)), "a.npy").is_picture());
  CHECK_FALSE(parse_npy(npy(header("|i1", "(1,)"), Bytes(1)), "a.npy").is_picture());
}

TEST_CASE("npy: whole numbers, also those written as floats") {
  const NpyArray whole = parse_npy(npy(header("<f4", "(2,)"), from_hex("0000803f00000040")), "y.npy");
  CHECK(whole.as_integers("y.npy") == std::vector<std::int64_t>{1, 2});
  const NpyArray half = parse_npy(npy(header("<f4", "(1,)"), from_hex("0000003f")), "y.npy");
  CHECK(error_of([&] { half.as_integers("y.npy"); }) == "y.npy: element 0 is 0.5, not a whole number");
  const NpyArray nan = parse_npy(npy(header("<f4", "(1,)"), from_hex("0000c07f")), "y.npy");
  CHECK(error_of([&] { nan.as_integers("y.npy"); }) == "y.npy: element 0 is nan, not a whole number");
}

TEST_CASE("npy: errors are one line that begins with the file") {
  const auto refusal = [](const Bytes& file) { return error_of([&] { parse_npy(file, "a.npy"); }); };
  CHECK(refusal(npy(header("|O", "(2,)"), Bytes(16))) ==
        "a.npy: an array of Python objects, not of real numbers");
  CHECK(refusal(npy(header("<U3", "(2,)"), Bytes(24))) == "a.npy: an array of text, not of real numbers");
  CHECK(refusal(npy(header("<c8", "(2,)"), Bytes(16))) ==
        "a.npy: an array of complex numbers, not of real numbers");
  CHECK(refusal(npy("{'descr': [('x', '<f4')], 'fortran_order': False, 'shape': (1,), }\n", Bytes(4))) ==
        "a.npy: an array of records, not of numbers");
  CHECK(refusal(npy(header("<f4", "(2, 3)"), Bytes(23))) ==
        "a.npy: cut short: 23 of the 24 bytes that 2 x 3 float32 need");
  CHECK(refusal(npy(header("<f4", "(1048576, 1048576, 1048576)"), {})).starts_with("a.npy: a tensor of"));
  CHECK(refusal(npy(header("<f4", "(99999999999999999999,)"), {})).find("too long") != std::string::npos);
  CHECK(refusal(npy(header("<f4", "(1,1,1,1,1,1,1,1,1)"), Bytes(4))) ==
        "a.npy: an array of more than 8 axes");
  CHECK(refusal(npy(header("<f4", "(-2,)"), {})) == "a.npy: damaged .npy header");
  CHECK(refusal(npy("{'descr': '<f4', 'shape': (1,), }\n", Bytes(4))) == "a.npy: damaged .npy header");
  CHECK(refusal(bytes_of("\x93NUMPY\x01")) == "a.npy: the .npy header is cut short");
  CHECK(refusal(npy(header("<f4", "(1,)"), Bytes(4), 4)) == "a.npy: version 4 of .npy is unknown");
  CHECK(refusal(bytes_of("hello, world")) == "a.npy: not an .npy file");
}

TEST_CASE("npy: written files are the same bytes as numpy's") {
  const std::vector<float> values{1.5F, -2.0F};
  const Bytes file = encode_npy(Tensor(Shape{1, 2}, values));
  std::string expected("\x93NUMPY\x01\x00v\x00{'descr': '<f4', 'fortran_order': False, 'shape': (1, 2), }",
                       69);
  expected += std::string(127 - expected.size(), ' ') + "\n";
  CHECK(file == joined(bytes_of(expected), from_hex("0000c03f000000c0")));
}

TEST_CASE("npy: written files are read back, whatever their axes") {
  for (const Shape& shape : {Shape{}, Shape{3}, Shape{2, 0, 4}, Shape{2, 3, 4, 5}}) {
    const Tensor tensor(shape, 0.25F);
    const Bytes file = encode_npy(tensor);
    CHECK((file.size() - static_cast<std::size_t>(tensor.size()) * 4) % 64 == 0);
    const NpyArray back = parse_npy(file, "a.npy");
    CHECK(back.shape == shape);
    CHECK(floats(back) == std::vector<float>(static_cast<std::size_t>(tensor.size()), 0.25F));
  }
}

TEST_CASE("npy: whole numbers and text are written along one axis") {
  const std::vector<std::int64_t> numbers{-1, 7, std::int64_t{1} << 40};
  const NpyArray read = parse_npy(encode_npy(numbers), "n.npy");
  CHECK(read.type == ScalarType::int64);
  CHECK(read.shape == Shape{3});
  CHECK(read.as_integers("n.npy") == numbers);

  // NumPy's text is UTF-32, padded with zeros to the longest.
  const std::vector<std::string> texts{"ab", "\xC3\xA4\xE2\x82\xAC\xF0\x9F\x98\x80", ""};
  const Bytes file = encode_npy(texts);
  const std::string_view header(reinterpret_cast<const char*>(file.data()), file.size());
  CHECK(header.find("'descr': '<U3'") != std::string_view::npos);
  CHECK(header.find("'shape': (3,)") != std::string_view::npos);
  const std::u32string expected{U'a', U'b', 0, U'\u00E4', U'\u20AC', U'\U0001F600', 0, 0, 0};
  REQUIRE(file.size() % 64 == (expected.size() * 4) % 64);
  CHECK(std::memcmp(file.data() + file.size() - expected.size() * 4, expected.data(), expected.size() * 4) ==
        0);
}
