#include "nv/keras/hdf5/file.h"

#include <doctest/doctest.h>

#include <thread>

#include "keras/support.h"
#include "nv/core/bytes.h"

namespace nv::test {

namespace {

using Texts = std::vector<std::string>;

/// A file made by `make`, open.
template <typename Make>
std::shared_ptr<const Hdf5File> file(const Folder& folder, const Make& make) {
  const std::string path = folder.path("a.h5");
  {
    const Hdf5Maker maker(path);
    make(maker);
  }
  return Hdf5File::open(path);
}

std::vector<float> values(const Tensor& t) {
  return {t.values().begin(), t.values().end()};
}

}  // namespace

TEST_CASE("groups, datasets and their members") {
  const Folder folder;
  const auto f = file(folder, [](const Hdf5Maker& m) {
    m.group("weights/b");
    m.dataset("weights/a/kernel:0", {2}, {1, 2});
  });
  CHECK(f->file() == folder.path("a.h5"));
  CHECK(f->is_group(""));
  CHECK(f->is_group("/"));
  CHECK(f->is_group("weights/b"));
  CHECK_FALSE(f->is_group("weights/a/kernel:0"));
  CHECK(f->is_dataset("weights/a/kernel:0"));
  CHECK_FALSE(f->is_dataset("weights"));
  CHECK_FALSE(f->is_dataset("nowhere/at/all"));
  CHECK_FALSE(f->is_group("weights/a/kernel:0/below"));
  CHECK(f->members("weights") == Texts{"a", "b"});
  CHECK(error_of([&] { (void)f->members("nowhere"); }).find(f->file() + ": damaged HDF5: nowhere") == 0);
  CHECK(error_of([&] { (void)f->members("weights/a/kernel:0"); }).find("is not a group") !=
        std::string::npos);
}

TEST_CASE("texts of fixed and of variable length read the same") {
  const Folder folder;
  const auto f = file(folder, [](const Hdf5Maker& m) {
    m.fixed_texts("/", "fixed", {"conv1", "a", "predictions"});
    m.variable_texts("/", "variable", {"conv1", "", "größe"});
    m.text("/", "one", "{\"class_name\": 1}");
  });
  CHECK(f->texts("/", "fixed") == Texts{"conv1", "a", "predictions"});
  CHECK(f->texts("/", "variable") == Texts{"conv1", "", "größe"});
  CHECK(f->text("/", "one") == "{\"class_name\": 1}");
  CHECK(f->text("", "fixed") == "conv1");
  CHECK(f->has_attribute("/", "one"));
  CHECK_FALSE(f->has_attribute("/", "two"));
  CHECK_FALSE(f->has_attribute("nowhere", "one"));
  CHECK_FALSE(f->text("/", "two").has_value());
  CHECK(f->texts("/", "two").empty());
}

TEST_CASE("a list that Keras had to split is joined in the order of its parts") {
  const Folder folder;
  const auto f = file(folder, [](const Hdf5Maker& m) {
    m.variable_texts("/", "layer_names0", {"a", "b"});
    m.fixed_texts("/", "layer_names1", {"c"});
    m.variable_texts("/", "layer_names2", {"d"});
    m.variable_texts("/", "layer_names4", {"not any more"});
  });
  CHECK(f->texts("/", "layer_names") == Texts{"a", "b", "c", "d"});
}

TEST_CASE("a layer without weights has an empty array of doubles for their names") {
  const Folder folder;
  const auto f = file(folder, [](const Hdf5Maker& m) {
    m.numbers("/", "weight_names", {});
    m.no_value("/", "null");
    m.numbers("/", "numbers", {1});
  });
  CHECK(f->texts("/", "weight_names").empty());
  CHECK(f->texts("/", "null").empty());
  CHECK_FALSE(f->text("/", "null").has_value());
  CHECK(error_of([&] { (void)f->texts("/", "numbers"); }).find("attribute numbers is not text") !=
        std::string::npos);
}

TEST_CASE("numbers of any type, byte order and storage are read as float32") {
  const std::vector<std::pair<hid_t, std::string>> types = {
      {H5T_IEEE_F32LE, "float32"}, {H5T_IEEE_F32BE, "float32"}, {H5T_IEEE_F64LE, "float64"},
      {H5T_IEEE_F64BE, "float64"}, {H5T_STD_I64LE, "int64"},    {H5T_STD_U8LE, "uint8"},
      {H5T_STD_I16BE, "int16"}};
  for (const auto& [type, name] : types)
    for (const bool packed : {false, true}) {
      const std::string shown(name);  // clang 14 cannot capture structured bindings
      CAPTURE(shown);
      const Folder folder;
      const hid_t stored = type;
      const auto f = file(folder, [&](const Hdf5Maker& m) {
        m.dataset("d", {2, 3}, {1, 2, 3, 4, 5, 100}, stored, packed);
      });
      CHECK(f->describe("d").shape == Shape{2, 3});
      CHECK(f->describe("d").dtype == name);
      CHECK(values(f->read("d")) == std::vector<float>{1, 2, 3, 4, 5, 100});
    }
}

TEST_CASE("scalars and arrays without elements") {
  const Folder folder;
  const auto f = file(folder, [](const Hdf5Maker& m) {
    m.dataset("scalar", {}, {7});
    m.dataset("none", {3, 0}, {});
  });
  CHECK(f->describe("scalar").shape == Shape{});
  CHECK(values(f->read("scalar")) == std::vector<float>{7});
  CHECK(f->read("none").shape() == Shape{3, 0});
}

TEST_CASE("a dataset that claims more than the file can hold is damaged, and costs no memory") {
  const Folder folder;
  const auto f = file(folder, [](const Hdf5Maker& m) { m.dataset("huge", {1 << 20, 1 << 10}, {}); });
  CHECK(error_of([&] { (void)f->read("huge"); }).find("huge is larger than the file") != std::string::npos);
  CHECK(error_of([&] { (void)f->read("nothing"); }).find("nothing is missing or not a dataset") !=
        std::string::npos);
}

TEST_CASE("an image in memory reads like the file") {
  const Folder folder;
  (void)file(folder, [](const Hdf5Maker& m) { m.dataset("d", {2}, {1, 2}); });
  const auto f = Hdf5File::open_image(read_file(folder.path("a.h5")), folder.path("a.h5"));
  CHECK(values(f->read("d")) == std::vector<float>{1, 2});
  CHECK(f->file() == folder.path("a.h5"));
}

TEST_CASE("a part of a file is read like a whole file, and not beyond its end") {
  const Folder folder;
  (void)file(folder, [](const Hdf5Maker& m) { m.dataset("d", {2}, {1, 2}); });
  const Bytes whole = read_file(folder.path("a.h5"));
  const std::string path = folder.write("b.zip", joined(joined(Bytes(77), whole), Bytes(99)));
  CHECK(values(Hdf5File::open_part(std::make_shared<FileReader>(path), {77, whole.size()})->read("d")) ==
        std::vector<float>{1, 2});
  CHECK_FALSE(
      error_of([&] {
        (void)Hdf5File::open_part(std::make_shared<FileReader>(path), {77, whole.size() / 2})->read("d");
      }).empty());
  CHECK(error_of([&] {
          Hdf5File::open_part(std::make_shared<FileReader>(path), {77, whole.size() + 100});
        }).find(path) == 0);
  CHECK(error_of([&] { Hdf5File::open_part(std::make_shared<FileReader>(path), {0, 0}); }).find(path) == 0);
}

TEST_CASE("numbers are found after a user block") {
  const Folder folder;
  (void)file(folder, [](const Hdf5Maker& m) { m.dataset("d", {3}, {1, 2, 3}); });
  const std::string path = folder.write("b.h5", joined(Bytes(1024), read_file(folder.path("a.h5"))));
  CHECK(values(Hdf5File::open(path)->read("d")) == std::vector<float>{1, 2, 3});
}

TEST_CASE("check_readable() throws as read() does") {
  const Folder folder;
  const auto f = file(folder, [](const Hdf5Maker& m) {
    m.dataset("d", {2}, {1, 2});
    m.dataset("huge", {1 << 20, 1 << 10}, {});
  });
  CHECK_NOTHROW(f->check_readable("d"));
  CHECK(error_of([&] { f->check_readable("huge"); }) == error_of([&] { (void)f->read("huge"); }));
  CHECK(error_of([&] { f->check_readable("none"); }) == error_of([&] { (void)f->read("none"); }));
}

TEST_CASE("a file that is not HDF5, or is cut off anywhere, is an input error that names it") {
  const Folder folder;
  const std::string text = folder.write("text.h5", "nothing of the kind");
  CHECK(error_of([&] { Hdf5File::open(text); }) ==
        text + ": damaged HDF5: truncated, or its header is broken");
  CHECK(error_of([&] { Hdf5File::open_image(bytes_of("nothing"), "x"); }).find("x: damaged HDF5") == 0);
  CHECK(error_of([&] { Hdf5File::open_image({}, "x"); }).find("x: damaged HDF5") == 0);
  (void)file(folder, [](const Hdf5Maker& m) {
    m.dataset("g/d", {64}, std::vector<double>(64, 1));
    m.variable_texts("g", "names", {"a", "b"});
  });
  const Bytes whole = read_file(folder.path("a.h5"));
  for (std::size_t size = 1; size < whole.size(); size += 37) {
    Bytes part(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
    CHECK_FALSE(error_of([&] { (void)Hdf5File::open_image(part, "x")->read("g/d"); }).empty());
  }
}

TEST_CASE("the signature may follow a user block") {
  const Folder folder;
  (void)file(folder, [](const Hdf5Maker&) {});
  const Bytes bytes = read_file(folder.path("a.h5"));
  const auto is = [&](const Bytes& content) { return is_hdf5(FileReader(folder.write("b", content))); };
  CHECK(is(bytes));
  CHECK(is(joined(Bytes(512), bytes)));
  CHECK(is(joined(Bytes(2048), bytes)));
  CHECK(is(joined(Bytes(std::size_t{1} << 20), bytes)));
  CHECK_FALSE(is(joined(Bytes(100), bytes)));
  CHECK_FALSE(is(bytes_of("\x89HDF")));
  CHECK_FALSE(is({}));
}

TEST_CASE("several threads may read one file") {
  const Folder folder;
  const auto f =
      file(folder, [](const Hdf5Maker& m) { m.dataset("d", {1000}, std::vector<double>(1000, 3)); });
  std::vector<std::thread> readers;
  for (int t = 0; t < 4; ++t)
    readers.emplace_back([&] {
      for (int i = 0; i < 20; ++i) CHECK(f->read("d")[999] == 3.0F);
    });
  for (std::thread& r : readers) r.join();
}

TEST_CASE("the version of libhdf5") {
  CHECK(hdf5_version().starts_with("1."));
}

}  // namespace nv::test
