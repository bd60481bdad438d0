#include "nv/core/bytes.h"

#include <doctest/doctest.h>

#include "data/support.h"

namespace nv::test {

TEST_CASE("bytes as text, and back") {
  const Bytes bytes = to_bytes("a\x80z");
  CHECK(bytes.size() == 3);
  CHECK(as_text(bytes) == "a\x80z");
  CHECK(as_text({}).empty());
  CHECK(starts_with(bytes, "a\x80"));
  CHECK(starts_with(bytes, ""));
  CHECK_FALSE(starts_with(bytes, "a\x80zz"));
}

TEST_CASE("little-endian numbers of 1 to 8 bytes") {
  const Bytes bytes = to_bytes("\x01\x02\x03\x04\x05\x06\x07\xff");
  CHECK(little_endian(bytes, 0, 1) == 1);
  CHECK(little_endian(bytes, 1, 2) == 0x0302);
  CHECK(little_endian(bytes, 6, 2) == 0xff07);
  CHECK(little_endian(bytes, 0, 8) == 0xff07060504030201);
}

TEST_CASE("zip archives begin with an entry or with the end of an empty directory") {
  CHECK(is_zip(to_bytes("PK\x03\x04....")));
  CHECK(is_zip(to_bytes("PK\x05\x06")));
  CHECK_FALSE(is_zip(to_bytes("PK\x01\x02")));
  CHECK_FALSE(is_zip(to_bytes("PK\x03")));
}

TEST_CASE("the HDF5 signature is found at 0, 512, 1024, 2048...") {
  const auto at = [](std::size_t offset) {
    return find_hdf5(to_bytes(std::string(offset, ' ') + std::string(hdf5_signature)));
  };
  CHECK(at(0) == 0U);
  CHECK(at(512) == 512U);
  CHECK(at(2048) == 2048U);
  CHECK_FALSE(at(1));
  CHECK_FALSE(at(1536));
  CHECK_FALSE(find_hdf5(to_bytes(hdf5_signature.substr(0, 7))));
  const Folder folder;
  const FileReader file(folder.write("f", std::string(512, ' ') + std::string(hdf5_signature)));
  CHECK(is_hdf5(file));
  CHECK(find_hdf5(file, {500, 20}) == std::nullopt);
  CHECK(find_hdf5(file, {512, 8}) == 0U);
}

TEST_CASE("only letters of ASCII are made lower-case") {
  CHECK(ascii_lower("aBZ_9") == "abz_9");
  CHECK(ascii_lower("Ä") == "Ä");
}

}  // namespace nv::test
