// HDF5 files that refer to other files: those are not opened, and the error names the layer.
#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <functional>

#include "keras/archive/zip_support.h"
#include "keras/support.h"
#include "nv/core/memory.h"
#include "nv/keras/archive/archive.h"
#include "nv/keras/hdf5/file.h"
#include "nv/keras/reader.h"

namespace nv::test {

namespace {

const std::string odd = NV_FIXTURES "/odd/";
const std::string kernel_h5 = "model_weights/conv/small/conv/kernel";
const std::string kernel_keras = "layers/conv2d/vars/0";

/// A file that the C API has open for writing.
class Editor {
 public:
  explicit Editor(const std::string& path) : file_(H5Fopen(path.c_str(), H5F_ACC_RDWR, H5P_DEFAULT)) {}
  ~Editor() { H5Fclose(file_); }
  Editor(const Editor&) = delete;
  Editor& operator=(const Editor&) = delete;

  void remove(const std::string& path) const { H5Ldelete(file_, path.c_str(), H5P_DEFAULT); }
  void move(const std::string& from, const std::string& to) const {
    H5Lmove(file_, from.c_str(), file_, to.c_str(), H5P_DEFAULT, H5P_DEFAULT);
  }
  void soft(const std::string& target, const std::string& path) const {
    H5Lcreate_soft(target.c_str(), file_, path.c_str(), H5P_DEFAULT, H5P_DEFAULT);
  }
  void external(const std::string& file, const std::string& target, const std::string& path) const {
    H5Lcreate_external(file.c_str(), target.c_str(), file_, path.c_str(), H5P_DEFAULT, H5P_DEFAULT);
  }
  void own_kind(const std::string& path) const {
    const auto follow = [](const char*, hid_t, const void*, std::size_t, hid_t, hid_t) -> hid_t {
      return -1;
    };
    const H5L_class_t link{
        H5L_LINK_CLASS_T_VERS, H5L_type_t(200), "own", nullptr, nullptr, nullptr, follow, nullptr, nullptr};
    H5Lregister(&link);
    H5Lcreate_ud(file_, path.c_str(), H5L_type_t(200), "x", 1, H5P_DEFAULT, H5P_DEFAULT);
  }
  /// Replaces a dataset by one of float32 of the same shape, with the properties that `options` sets.
  void replace(const std::string& path,
               const std::function<void(hid_t creation_properties, hid_t space)>& options) const {
    const hid_t old = H5Dopen2(file_, path.c_str(), H5P_DEFAULT), space = H5Dget_space(old);
    H5Dclose(old);
    remove(path);
    const hid_t creation_properties = H5Pcreate(H5P_DATASET_CREATE);
    options(creation_properties, space);
    H5Dclose(H5Dcreate2(file_, path.c_str(), H5T_IEEE_F32LE, space, H5P_DEFAULT, creation_properties,
                        H5P_DEFAULT));
    H5Pclose(creation_properties);
    H5Sclose(space);
  }

 private:
  hid_t file_;
};

using Change = std::function<void(const Editor&, const std::string& kernel)>;

void into_other_file(const Editor& e, const std::string& kernel) {
  e.replace(kernel, [](hid_t creation_properties, hid_t) {
    H5Pset_external(creation_properties, "secret.bin", 0, H5F_UNLIMITED);
  });
}
void virtual_dataset(const Editor& e, const std::string& kernel) {
  e.replace(kernel, [](hid_t creation_properties, hid_t space) {
    H5Pset_virtual(creation_properties, space, "secret.h5", "k", space);
  });
}
void plug_in(const Editor& e, const std::string& kernel) {
  e.replace(kernel, [](hid_t creation_properties, hid_t space) {
    hsize_t axes[4];
    H5Sget_simple_extent_dims(space, axes, nullptr);
    H5Pset_chunk(creation_properties, 4, axes);
    const unsigned level = 3;
    H5Pset_filter(creation_properties, 32015, H5Z_FLAG_OPTIONAL, 1, &level);
  });
}
void external_link(const Editor& e, const std::string& kernel) {
  e.remove(kernel);
  e.external("secret.h5", "k", kernel);
}
void external_group(const Editor& e, const std::string& kernel) {
  const std::string group = kernel.substr(0, kernel.rfind('/'));
  e.remove(group);
  e.external("secret.h5", "/", group);
}
void soft_to_external(const Editor& e, const std::string& kernel) {
  e.remove(kernel);
  e.external("secret.h5", "/", "out");
  e.soft("/out/k", kernel);
}
void own_link(const Editor& e, const std::string& kernel) {
  e.remove(kernel);
  e.own_kind(kernel);
}
void circle(const Editor& e, const std::string& kernel) {
  e.remove(kernel);
  e.soft("/b", kernel);
  e.soft("/" + kernel, "b");
}

const std::vector<std::pair<Change, std::string>> refused{
    {into_other_file, "keeps its numbers in another file (secret.bin)"},
    {virtual_dataset, "is put together from other datasets (secret.h5)"},
    {plug_in, "is packed by a filter that nv does not have (number 32015)"},
    {external_link, "is a link into another file (secret.h5)"},
    {external_group, "is a link into another file (secret.h5)"},
    {soft_to_external, "is a link into another file (secret.h5)"},
    {own_link, "is a link of a kind that its writer defined"},
    {circle, "lead in a circle"},
};

std::string changed_h5(const Folder& folder, const Change& change) {
  std::string path = folder.write("m.h5", read_file(odd + "intact.h5"));
  change(Editor(path), kernel_h5);
  return path;
}

std::string changed_keras(const Folder& folder, const Change& change, bool deflated) {
  const Archive archive(std::make_shared<FileReader>(odd + "intact.keras"));
  const std::string weights = folder.write("w.h5", archive.read("model.weights.h5"));
  change(Editor(weights), kernel_keras);
  std::vector<ZipEntry> entries;
  for (const ArchiveEntry& e : archive.entries())
    entries.push_back({e.name, e.name == "model.weights.h5" ? read_file(weights) : archive.read(e.name)});
  return folder.write("m.keras", zip_of(entries, {deflated}));
}

}  // namespace

TEST_CASE("links out of an .h5 are errors that name layer and link, for any use of the weights") {
  for (const auto& [change, reason] : refused)
    for (const WeightUse use : {WeightUse::described, WeightUse::read}) {
      const std::string expected(reason);
      CAPTURE(expected);
      const Folder folder;
      const std::string path = changed_h5(folder, change),
                        error = error_of([&] { (void)open_untrusted(path, "", use); });
      CHECK(error.find(path + ": ") == 0);
      CHECK(error.find(expected) != std::string::npos);
      CHECK(error.find("conv/small/conv") != std::string::npos);
      // The same as weights of another file.
      CHECK(error_of([&] { (void)open_untrusted(odd + "intact.h5", path, use); }) == error);
    }
}

TEST_CASE("links out of the HDF5 file in a .keras, compressed or not, are errors that name layer and link") {
  for (const auto& [change, reason] : refused)
    for (const bool deflated : {false, true}) {
      const std::string expected(reason);
      CAPTURE(expected);
      const Folder folder;
      const std::string path = changed_keras(folder, change, deflated),
                        error = error_of([&] { (void)open_untrusted(path); });
      CHECK(error.find(path + ": layer conv (Conv2D): ") == 0);
      CHECK(error.find(expected) != std::string::npos);
      CHECK(error.find("layers/conv2d/vars") != std::string::npos);
    }
}

TEST_CASE("links within the file are followed") {
  const std::vector<Change> within{[](const Editor& e, const std::string& kernel) {
                                     e.move(kernel, "elsewhere");
                                     e.soft("/elsewhere", kernel);
                                   },
                                   [](const Editor& e, const std::string& kernel) {
                                     e.move(kernel, kernel + "_");
                                     e.soft(kernel.substr(kernel.rfind('/') + 1) + "_", kernel);  // beside it
                                   },
                                   [](const Editor& e, const std::string& kernel) {
                                     const std::string group = kernel.substr(0, kernel.rfind('/'));
                                     e.move(group, "elsewhere");
                                     e.soft("/one", group);
                                     e.soft("elsewhere", "one");
                                   }};
  const Tensor expected = open_model(odd + "intact.h5").layers[1].weights.at(0).data->read();
  for (const Change& change : within) {
    const Folder folder;
    for (const std::string& path : {changed_h5(folder, change), changed_keras(folder, change, false)}) {
      const Tensor found = open_model(path).layers[1].weights.at(0).data->read();
      CHECK(std::ranges::equal(found.values(), expected.values()));
    }
  }
}

TEST_CASE("links out of a file can be listed without following them") {
  const Folder folder;
  const std::string path = changed_h5(folder, [](const Editor& e, const std::string& kernel) {
    into_other_file(e, kernel);
    e.external("secret.h5", "/k", "out");
    e.soft("/out", "soft");
    e.own_kind("own");
  });
  const auto file = Hdf5File::open(path);
  int datasets = 0, found = 0;
  for (const LinkInfo& link : file->links()) {
    datasets += link.dataset ? 1 : 0;
    if (link.path == "out") {
      ++found;
      CHECK(link.kind == LinkKind::external);
      CHECK(link.file == "secret.h5");
      CHECK(link.target == "/k");
    } else if (link.path == "soft") {
      ++found;
      CHECK(link.kind == LinkKind::soft);
      CHECK(link.target == "/out");
    } else if (link.path == "own") {
      ++found;
      CHECK(link.kind == LinkKind::other);
    } else {
      CHECK(link.kind == LinkKind::hard);
    }
  }
  CHECK(found == 3);
  CHECK(datasets == 4);
  CHECK(file->storage(kernel_h5).files == std::vector<std::string>{"secret.bin"});
  CHECK(file->storage("model_weights/conv/small/conv/bias").files.empty());
}

TEST_CASE("groups that contain themselves are listed once") {
  const Folder folder;
  {
    const Hdf5Maker maker(folder.path("a.h5"));
    maker.group("a/b");
  }
  {
    const hid_t file = H5Fopen(folder.path("a.h5").c_str(), H5F_ACC_RDWR, H5P_DEFAULT);
    H5Lcreate_hard(file, "/a", file, "/a/b/again", H5P_DEFAULT, H5P_DEFAULT);
    H5Fclose(file);
  }
  CHECK(Hdf5File::open(folder.path("a.h5"))->links().size() == 3);
}

TEST_CASE("a compressed chunk is compared with the limit of memory before it is decompressed") {
  const Folder folder;
  {
    const Hdf5Maker maker(folder.path("a.h5"));
    maker.packed_block("d", {std::size_t{1} << 27}, H5Z_FILTER_DEFLATE, {6}, Bytes(std::size_t{1} << 20));
  }
  const auto file = Hdf5File::open(folder.path("a.h5"));
  CHECK(file->storage("d").filters == std::vector<std::string>{"gzip"});
  CHECK(file->storage("d").chunk_bytes == std::uint64_t{1} << 29);
  CHECK_FALSE(file->describe("d").in_place);
  set_memory_limit(std::uint64_t{1} << 30);
  CHECK(error_of([&] { (void)file->read("d"); }) ==
        folder.path("a.h5") + ": d: needs 1.5 GB of memory, the limit is 1.0 GB");
  set_memory_limit(0);
}

TEST_CASE("a file that another program has locked for writing is read") {
  const Folder folder;
  const std::string path = folder.write("m.h5", read_file(odd + "intact.h5"));
  const int writer = ::open(path.c_str(), O_RDWR);
  REQUIRE(::flock(writer, LOCK_EX | LOCK_NB) == 0);
  CHECK(open_model(path).layers.size() == open_model(odd + "intact.h5").layers.size());
  ::close(writer);
}

TEST_CASE("a file whose header marks it as being written is not called damaged") {
  const Folder folder;
  const std::string path = folder.path("a.h5");
  { const Hdf5Maker maker(path, H5F_LIBVER_LATEST); }
  Bytes bytes = read_file(path);
  REQUIRE(bytes.at(8) == std::byte{3});
  const hid_t file = H5Fopen(path.c_str(), H5F_ACC_RDWR | H5F_ACC_SWMR_WRITE, H5P_DEFAULT);
  bytes = read_file(path);
  H5Fclose(file);
  const std::string copy = folder.write("b.h5", bytes);
  CHECK(error_of([&] { (void)Hdf5File::open(copy); }) ==
        copy + ": HDF5 that another program is writing, or that was never closed");
}

}  // namespace nv::test
