// .keras files in the forms that other programs than Keras write.
#include <doctest/doctest.h>

#include "keras/archive/zip_support.h"
#include "keras/support.h"
#include "nv/keras/archive/archive.h"
#include "nv/keras/reader.h"

namespace nv::test {

namespace {

const std::string intact = NV_FIXTURES "/odd/intact.keras";

/// The entries of intact.keras, in a folder of the archive.
std::vector<ZipEntry> entries(const std::string& folder = "") {
  const Archive archive(std::make_shared<FileReader>(intact));
  std::vector<ZipEntry> list;
  for (const ArchiveEntry& e : archive.entries()) list.push_back({folder + e.name, archive.read(e.name)});
  return list;
}

/// The first number of each weight.
std::vector<float> weights(const std::string& file) {
  std::vector<float> numbers;
  const Model model = open_model(file);
  for (const LayerSpec& l : model.layers)
    for (const Weight& w : l.weights) numbers.push_back(w.data->read()[0]);
  return numbers;
}

}  // namespace

TEST_CASE("an archive reads the same stored or deflated, with sizes before or after the data") {
  const Folder folder;
  const std::vector<float> expected = weights(intact);
  REQUIRE(expected.size() == 4);
  for (const bool deflated : {false, true})
    for (const bool descriptor : {false, true}) {
      CAPTURE(deflated);
      CAPTURE(descriptor);
      CHECK(weights(folder.write("m.keras", zip_of(entries(), {deflated, descriptor}))) == expected);
    }
}

TEST_CASE("entries for directories and of other programs are ignored") {
  const Folder folder;
  std::vector<ZipEntry> list{{"assets/", {}}, {"layers/", {}}, {"assets/config.json", bytes_of("{")}};
  for (ZipEntry& e : entries()) list.push_back(std::move(e));
  list.push_back({".DS_Store", Bytes(100)});
  CHECK(weights(folder.write("m.keras", zip_of(list))) == weights(intact));
}

TEST_CASE("an archive of the folder that holds the files is read, with either slash") {
  const Folder folder;
  for (const char* prefix : {"model/", "model\\", "./", "a/b/"}) {
    CAPTURE(prefix);
    std::vector<ZipEntry> list = entries(prefix);
    list.insert(list.begin(), {prefix, {}});
    CHECK(weights(folder.write("m.keras", zip_of(list))) == weights(intact));
  }
}

TEST_CASE("an archive of two models is refused") {
  const Folder folder;
  std::vector<ZipEntry> list = entries("a/");
  for (ZipEntry& e : entries("b/")) list.push_back(std::move(e));
  const std::string path = folder.write("m.keras", zip_of(list));
  CHECK(error_of([&] { (void)open_untrusted(path); }) ==
        path + ": a zip archive, but not a Keras model (no config.json)");
}

TEST_CASE("an archive without weights is noted") {
  const Folder folder;
  std::vector<ZipEntry> list = entries();
  std::erase_if(list, [](const ZipEntry& e) { return e.name == "model.weights.h5"; });
  const std::string path = folder.write("m.keras", zip_of(list));
  const Model model = open_model(path);
  CHECK(model.notes == std::vector<std::string>{"a Keras archive without weights (no model.weights.h5)"});
  CHECK(model.parameters() == open_model(intact).parameters());
  for (const LayerSpec& layer : model.layers)
    for (const Weight& w : layer.weights)
      CHECK(error_of([&] { (void)w.data->read(); }) ==
            path + ": a Keras archive without weights (no model.weights.h5)");
  // ... and takes those of another file.
  CHECK(open_model(path, {.weights = NV_FIXTURES "/odd/weights_only.h5"}).layers.size() ==
        open_model(intact).layers.size());
}

namespace {

/// Offset of `text` in `bytes`, from `from` on.
std::size_t find(const Bytes& bytes, std::string_view text, std::size_t from = 0) {
  const std::string_view all(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  return all.find(text, from);
}

/// intact.keras with the bits of its weights inverted.
Bytes other_model() {
  std::vector<ZipEntry> list = entries();
  for (ZipEntry& e : list)
    if (e.name == "model.weights.h5")
      for (std::size_t i = e.content.size() - 64; i < e.content.size(); ++i) e.content[i] ^= std::byte{1};
  return zip_of(list);
}

std::string refusal(const Folder& folder, const Bytes& bytes, WeightUse use = WeightUse::read) {
  const std::string path = folder.write("m.keras", bytes),
                    error = error_of([&] { (void)open_untrusted(path, "", use); });
  CHECK(error_of([&] { (void)open_model(path, {.use = use}); }) == error);  // without a child process too
  return error.find(path + ": ") == 0 ? error.substr(path.size() + 2) : "no file: " + error;
}

}  // namespace

TEST_CASE("an archive inside an archive is ignored") {
  const Folder folder;
  for (const bool first : {true, false}) {
    std::vector<ZipEntry> list = entries();
    list.insert(first ? list.begin() : list.end(), {"assets/inner.keras", other_model()});
    CHECK(weights(folder.write("m.keras", zip_of(list))) == weights(intact));
  }
}

TEST_CASE("a flipped bit anywhere in an entry is an error, also if it is read in place") {
  const Folder folder;
  const Archive archive(std::make_shared<FileReader>(intact));
  const Extent at = *archive.stored_at("model.weights.h5");
  for (const WeightUse use : {WeightUse::described, WeightUse::read})
    for (std::uint64_t i = 0; i < at.size; i += 997) {
      Bytes bytes = read_file(intact);
      bytes[at.offset + i] ^= std::byte{4};
      CHECK(refusal(folder, bytes, use) == "model.weights.h5 is damaged: its checksum is wrong");
    }
}

TEST_CASE("two entries of one name, or an entry with two names, are refused") {
  const Folder folder;
  std::vector<ZipEntry> twice = entries();
  twice.push_back(twice.back());
  CHECK(refusal(folder, zip_of(twice)) ==
        fmt::format("damaged zip archive (it has two entries named {})", twice.back().name));
  Bytes renamed = zip_of(entries());
  renamed[find(renamed, "config.json")] = std::byte{'C'};  // in the entry's own header, which comes first
  CHECK(refusal(folder, renamed) ==
        "damaged zip archive (entry config.json is named Config.json in its own header)");
}

TEST_CASE("encrypted entries and wrong sizes are refused") {
  const Folder folder;
  const Bytes whole = zip_of(entries());
  const std::size_t local = find(whole, "PK\x03\x04"), central = find(whole, "PK\x01\x02");
  Bytes encrypted = whole;
  for (std::size_t at = local; at != std::string::npos; at = find(encrypted, "PK\x03\x04", at + 4))
    encrypted[at + 6] |= std::byte{1};
  for (std::size_t at = central; at != std::string::npos; at = find(encrypted, "PK\x01\x02", at + 4))
    encrypted[at + 8] |= std::byte{1};
  CHECK(refusal(folder, encrypted).find(" is encrypted") != std::string::npos);
  for (const std::size_t field : {16U, 20U, 24U}) {  // checksum, size packed, size unpacked
    Bytes wrong = whole;
    wrong[central + field] ^= std::byte{1};
    CHECK(refusal(folder, wrong).find("the two headers of ") != std::string::npos);
    // ... the same in both headers.
    wrong[local + field - 2] ^= std::byte{1};
    CHECK(refusal(folder, wrong) != "no file: ");
  }
}

TEST_CASE("an archive that is not the whole file, or has two ends, is refused") {
  const Folder folder;
  const Bytes whole = zip_of(entries());
  CHECK(refusal(folder, joined(other_model(), whole)).find("its directory is misplaced") !=
        std::string::npos);
  CHECK(refusal(folder, joined(whole, Bytes(10))).find("truncated, or its directory is broken") !=
        std::string::npos);
  // A second end in the comment of the first: programs that search from different sides see different
  // archives.
  Bytes end(whole.end() - 22, whole.end()), twice = whole;
  twice[twice.size() - 2] = std::byte{22};
  CHECK(refusal(folder, joined(twice, end)).find("it has two ends") != std::string::npos);
  // A comment alone does no harm.
  Bytes comment = whole;
  comment[comment.size() - 2] = std::byte{5};
  CHECK(weights(folder.write("m.keras", joined(comment, bytes_of("hello")))) == weights(intact));
}

TEST_CASE("ZIP64 records are read, and must agree with the others") {
  const Folder folder;
  const Bytes whole = zip_of(entries());
  const std::size_t end = whole.size() - 22;
  const auto number = [&](std::size_t at, int size) {
    std::uint64_t n = 0;
    for (int i = size; i-- > 0;)
      n = n << 8 | std::to_integer<std::uint64_t>(whole[at + static_cast<std::size_t>(i)]);
    return n;
  };
  const auto zip64 = [&](std::uint64_t offset, bool saturated) {
    Bytes bytes(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(end));
    const std::size_t at = bytes.size();
    bytes = joined(bytes, bytes_of("PK\x06\x06"));
    append(bytes, 44, 8);
    append(bytes, 45 | 45 << 16, 4);
    append(bytes, 0, 8);  // disks
    append(bytes, number(end + 8, 2), 8);
    append(bytes, number(end + 10, 2), 8);
    append(bytes, number(end + 12, 4), 8);
    append(bytes, offset, 8);
    bytes = joined(bytes, bytes_of("PK\x06\x07"));
    append(bytes, 0, 4);
    append(bytes, at, 8);
    append(bytes, 1, 4);
    Bytes last(whole.begin() + static_cast<std::ptrdiff_t>(end), whole.end());
    if (saturated)
      for (std::size_t i = 8; i < 20; ++i) last[i] = std::byte{0xff};
    return joined(bytes, last);
  };
  const std::uint64_t offset = number(end + 16, 4);
  for (const bool saturated : {true, false})
    CHECK(weights(folder.write("m.keras", zip64(offset, saturated))) == weights(intact));
  CHECK(refusal(folder, zip64(offset - 1, false)).find("its two directories differ") != std::string::npos);
  CHECK(refusal(folder, zip64(offset - 1, true)).find("its directory is misplaced") != std::string::npos);
}

}  // namespace nv::test
