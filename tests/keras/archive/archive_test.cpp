#include "nv/keras/archive/archive.h"

#include <doctest/doctest.h>

#include "data/support.h"

namespace nv::test {

namespace {
const std::string intact_archive = NV_FIXTURES "/odd/intact.keras";
}

TEST_CASE("an archive lists its entries and returns their bytes") {
  const Archive archive(std::make_shared<FileReader>(intact_archive));
  CHECK(archive.contains("config.json"));
  CHECK_FALSE(archive.contains("config"));
  CHECK(archive.entries().size() == 3);
  const Bytes config = archive.read("config.json");
  CHECK(static_cast<char>(config.at(0)) == '{');
  CHECK(error_of([&] { archive.read("nowhere"); }) == intact_archive + ": nowhere is missing in the archive");
}

TEST_CASE("an uncompressed entry can be read in place") {
  const Archive archive(std::make_shared<FileReader>(intact_archive));
  const Bytes whole = read_file(intact_archive), entry = archive.read("model.weights.h5");
  const auto at = archive.stored_at("model.weights.h5");
  REQUIRE(at);
  CHECK(at->size == entry.size());
  CHECK(std::ranges::equal(std::span(whole).subspan(at->offset, at->size), entry));
  CHECK_FALSE(archive.stored_at("nowhere"));
}

TEST_CASE("a file that is not a whole archive is an input error that names it") {
  const Folder folder;
  const Bytes whole = read_file(intact_archive);
  for (const std::size_t size : {std::size_t{0}, std::size_t{4}, whole.size() / 2, whole.size() - 5}) {
    const std::string path = folder.write("a.keras", std::span(whole).first(size));
    CHECK(error_of([&] {
            const Archive archive(std::make_shared<FileReader>(path));
          }).find(path + ": damaged zip archive") == 0);
  }
}

TEST_CASE("a flipped byte in an entry is an error") {
  const Folder folder;
  Bytes bytes = read_file(intact_archive);
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  const std::size_t at = text.find("\"class_name\"");
  REQUIRE(at != std::string_view::npos);
  bytes[at + 2] ^= std::byte{1};
  const Archive archive(std::make_shared<FileReader>(folder.write("a.keras", bytes)));
  CHECK(error_of([&] { archive.read("config.json"); }).find("config.json is damaged or truncated") !=
        std::string::npos);
}

TEST_CASE("an entry that claims an absurd size is refused before memory is allocated") {
  const Folder folder;
  // 8 bytes that claim in both headers to decompress to 3 GB, which deflate cannot do.
  const auto number = [](std::uint32_t n, int bytes) {
    Bytes b;
    for (int i = 0; i < bytes; ++i) b.push_back(static_cast<std::byte>(n >> (8 * i)));
    return b;
  };
  const auto common = [&] {
    Bytes b = number(20, 2);
    for (const std::uint32_t field : {0U, 8U, 0U, 0U})
      b = joined(b, number(field, 2));  // flags, deflate, time, date
    for (const std::uint32_t field : {0U, 8U, 3'000'000'000U}) b = joined(b, number(field, 4));
    return joined(joined(b, number(1, 2)), number(0, 2));
  };
  const Bytes local = joined(joined(joined(bytes_of("PK\x03\x04"), common()), bytes_of("a")), Bytes(8));
  Bytes central = joined(joined(bytes_of("PK\x01\x02"), number(20, 2)), common());
  central = joined(joined(central, Bytes(14)), bytes_of("a"));
  Bytes end = joined(bytes_of("PK\x05\x06"), number(0, 4));
  end = joined(joined(end, number(1, 2)), number(1, 2));
  end = joined(joined(end, number(static_cast<std::uint32_t>(central.size()), 4)),
               number(static_cast<std::uint32_t>(local.size()), 4));
  const std::string path =
      folder.write("bomb.zip", joined(joined(local, central), joined(end, number(0, 2))));
  const Archive archive(std::make_shared<FileReader>(path));
  CHECK(error_of([&] { archive.read("a"); }) == path + ": a claims to hold 3000000000 bytes");
}

TEST_CASE("the version of libzip") {
  CHECK(libzip_version().starts_with("1."));
}

}  // namespace nv::test
