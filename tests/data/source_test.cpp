#include "nv/data/source.h"

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <zlib.h>

#include "nv/core/memory.h"
#include "support.h"

using namespace nv;
using namespace nv::test;

namespace fs = std::filesystem;

namespace {

Bytes gzipped(std::span<const std::byte> bytes) {
  z_stream stream{};
  deflateInit2(&stream, 9, Z_DEFLATED, MAX_WBITS + 16, 9, Z_DEFAULT_STRATEGY);
  Bytes packed(deflateBound(&stream, bytes.size()) + 32);
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<std::byte*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  deflate(&stream, Z_FINISH);
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  return packed;
}

/// Sets the memory limit for a test.
class Limit {
 public:
  explicit Limit(std::uint64_t bytes) { set_memory_limit(bytes); }
  ~Limit() { set_memory_limit(before_); }
  Limit(const Limit&) = delete;
  Limit& operator=(const Limit&) = delete;

 private:
  std::uint64_t before_ = memory_limit();
};

std::string refusal(const Bytes& bytes, const std::string& file = "a") {
  return error_of([&] { open_source(bytes, file); });
}

}  // namespace

TEST_CASE("source: an array stays in its file, whatever its type and byte order") {
  const Folder folder;
  // numpy.arange(6).reshape(2, 3) as ">i2", with a header of 64 bytes.
  std::string header = "{'descr': '>i2', 'fortran_order': False, 'shape': (2, 3), }";
  header.resize(117, ' ');
  const Bytes file = joined(bytes_of(std::string("\x93NUMPY\x01\x00\x76\x00", 10) + header + "\n"),
                            from_hex("000000010002000300040005"));
  SourceCache cache(1, 1 << 20);
  const std::string path = folder.write("a.npy", file);
  const auto source = cache.open({path});
  const StoredArray& array = std::get<ArraySource>(*source).array;
  const Tensor part = array.as_float(1, Shape{4});
  CHECK(std::vector<float>(part.values().begin(), part.values().end()) == std::vector<float>{1, 2, 3, 4});
  fs::resize_file(path, file.size() - 2);
  CHECK(array.as_float(0, Shape{5})[4] == 4.0F);
  CHECK(error_of([&] { array.as_float(5, Shape{1}); }).starts_with(path + ": ends before byte "));
}

TEST_CASE("source: a file in Fortran order is read into C order") {
  std::string header = "{'descr': '|u1', 'fortran_order': True, 'shape': (2, 3), }";
  header.resize(117, ' ');
  const Folder folder;
  const std::string path =
      folder.write("f.npy", joined(bytes_of(std::string("\x93NUMPY\x01\x00\x76\x00", 10) + header + "\n"),
                                   from_hex("000301040205")));
  SourceCache cache(1, 1 << 20);
  const auto source = cache.open({path});
  const Tensor all = std::get<ArraySource>(*source).array.as_float(0, Shape{6});
  CHECK(std::vector<float>(all.values().begin(), all.values().end()) == std::vector<float>{0, 1, 2, 3, 4, 5});
}

TEST_CASE("source: packed arrays have as many bytes as their headers claim") {
  const Bytes pictures = idx_pictures(3, 4, 4);
  const Bytes array = encode_npy(Tensor(Shape{2, 3}, 7.0F));
  CHECK(picture_count(open_source(gzipped(pictures), "a")) == 3);
  CHECK(std::get<ArraySource>(open_source(gzipped(array), "a")).array.as_float(5, Shape{1})[0] == 7.0F);
  CHECK(refusal(gzipped(joined(pictures, Bytes(1)))) ==
        "a: more than 48 bytes after the IDX header, 3 x 4 x 4 uint8 need 48");
  CHECK(refusal(gzipped(Bytes(pictures.begin(), pictures.end() - 1))) ==
        "a: at most 47 bytes after the IDX header, 3 x 4 x 4 uint8 need 48");
  CHECK(refusal(gzipped(joined(array, Bytes(1)))) ==
        "a: holds more than the array that its header describes");
  Bytes damaged = gzipped(pictures);
  damaged[damaged.size() - 6] ^= std::byte{1};  // its checksum
  CHECK(refusal(damaged) == "a: the gzip file is damaged");
}

TEST_CASE("source: small files that claim much memory are refused before it is allocated") {
  const Limit limit(1 << 20);
  // 2^24 pictures of 28 x 28 cannot be packed into a few bytes.
  Bytes claim = bytes_of(std::string_view("\0\0\x08\x03\0\xff\xff\xff\0\0\0\x1c\0\0\0\x1c", 16));
  CHECK(refusal(gzipped(claim)).find("bytes after the IDX header") != std::string::npos);
  // The bytes that the header claims exist, but exceed the limit.
  CHECK(refusal(gzipped(idx_pictures(255, 80, 80))) ==
        "a: 255 x 80 x 80 uint8: needs 1.6 MB of memory, the limit is 1.0 MB");
  CHECK(refusal(gzipped(encode_npy(Tensor(Shape{1 << 19}, 0.0F)))) ==
        "a: 524288 float32: needs 2.0 MB of memory, the limit is 1.0 MB");
  Bytes records;
  for (int i = 0; i < 400; ++i) records = joined(std::move(records), cifar10_record(3, 1, 2, 3));
  CHECK(refusal(gzipped(records)) == "a: needs 1.2 MB of memory, the limit is 1.0 MB");
  // Not the beginning of a data set: nothing is unpacked.
  CHECK(refusal(gzipped(Bytes(1 << 22, std::byte{200}))) == "a: not an image, an array or a data set");
  const Bytes archive = encode_npz(std::vector<std::pair<std::string, Tensor>>{
      {"x", Tensor(Shape{1 << 18}, 0.0F)}, {"y", Tensor(Shape{200000}, 0.0F)}});
  const Source source = open_source(archive, "a.npz");
  CHECK(error_of([&] { std::get<ArchiveSource>(source).array("x"); }).empty());
  CHECK(error_of([&] {
          std::get<ArchiveSource>(source).array("y");
        }).starts_with("a.npz: its arrays, unpacked: needs"));
}

TEST_CASE("source: an array of a packed archive that claims more than its entry can hold") {
  Bytes archive = encode_npz(std::vector<std::pair<std::string, Tensor>>{{"x", Tensor(Shape{4}, 0.0F)}});
  std::string text(reinterpret_cast<const char*>(archive.data()), archive.size());
  text.replace(text.find("(4,)"), 17, "(99999999999,), }");
  CHECK(error_of([&] { NpzReader(bytes_of(text), "a.npz").read("x"); }).starts_with("a.npz:x: cut short: "));
}

TEST_CASE("source: errors of a file are kept") {
  const Folder folder;
  const std::string path = folder.write("a.gz", gzipped(Bytes(10, std::byte{200})));
  SourceCache cache(1, 1 << 20);
  const std::string first = error_of([&] { cache.open({path}); });
  CHECK(first == path + ": not an image, an array or a data set");
  fs::remove(path);
  CHECK(error_of([&] { cache.open({path}); }).empty() == false);
  const Bytes archive =
      encode_npz(std::vector<std::pair<std::string, Tensor>>{{"x", Tensor(Shape{400}, 1.5F)}});
  Bytes damaged = archive;
  damaged[400] ^= std::byte{1};
  const std::string file = folder.write("a.npz", damaged);
  const auto source = cache.open({file});
  const auto read = [&] { std::get<ArchiveSource>(*source).array("x"); };
  const std::string message = error_of(read);
  CHECK(message.starts_with(file + ":x: damaged"));
  folder.write("a.npz", archive);
  CHECK(error_of(read) == message);
}

TEST_CASE("source: names from a file are regular files, names inside a folder stay below it") {
  const Folder folder;
  const std::string pipe = folder.path("pipe");
  REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
  folder.write("in/a.pgm", pgm(4, 4, 0));
  folder.write("b.pgm", pgm(4, 4, 0));
  fs::create_symlink("../b.pgm", folder.path("in/link.pgm"));
  SourceCache cache(1, 1 << 20);
  const auto refused = [&](const FileName& name) { return error_of([&] { cache.outline(name); }); };
  CHECK(refused({pipe, FileName::Reach::regular}) == pipe + ": is no regular file");
  CHECK(refused({"/dev/zero", FileName::Reach::regular}) == "/dev/zero: is no regular file");
  CHECK(refused({"/dev/zero"}) == "/dev/zero: is no regular file");
  CHECK(refused({"-", FileName::Reach::regular}) == "-: no such file");
  CHECK(refused(inside(folder.path("in"), "a.pgm")).empty());
  CHECK_FALSE(refused(inside(folder.path("in"), "link.pgm")).empty());
  CHECK_FALSE(error_of([&] { inside(folder.path("in"), "../b.pgm"); }).empty());
  CHECK(refused({folder.path("in/link.pgm"), FileName::Reach::regular}).empty());
}

TEST_CASE("source: pictures that nv does not read are named") {
  CHECK(refusal(from_hex("49492a00080000000000")) == "a: a TIFF picture, which nv does not read");
}
