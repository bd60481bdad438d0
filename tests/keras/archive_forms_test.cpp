// .keras files as other programs than Keras pack them.
#include <doctest/doctest.h>

#include "keras/zip_support.h"
#include "nv/keras/archive.h"
#include "nv/keras/reader.h"

namespace nv::test {

namespace {

const std::string intact = NV_FIXTURES "/odd/intact.keras";

/// The entries of intact.keras, in a folder of the archive.
std::vector<ZipEntry> entries(const std::string& folder = "") {
  const Archive archive(intact);
  std::vector<ZipEntry> list;
  for (const std::string& name : archive.entries()) list.push_back({folder + name, archive.read(name)});
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

TEST_CASE("an archive reads the same stored or deflated, sizes before the data or behind") {
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

TEST_CASE("entries for directories, and files that are none of Keras's, do no harm") {
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

TEST_CASE("an archive of two models is none") {
  const Folder folder;
  std::vector<ZipEntry> list = entries("a/");
  for (ZipEntry& e : entries("b/")) list.push_back(std::move(e));
  const std::string path = folder.write("m.keras", zip_of(list));
  CHECK(error_of([&] { (void)open_model(path); }) ==
        path + ": a zip archive, but not a Keras model (no config.json)");
}

TEST_CASE("an archive without weights says so") {
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
  CHECK(open_model(path, NV_FIXTURES "/odd/weights_only.h5").layers.size() ==
        open_model(intact).layers.size());
}

}  // namespace nv::test
