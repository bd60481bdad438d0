#include "nv/core/file.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

#include "data/support.h"
#include "nv/core/memory.h"

namespace nv {

namespace fs = std::filesystem;
using test::bytes_of;
using test::error_of;
using test::Folder;

namespace {

std::size_t entries(const fs::path& folder) {
  return static_cast<std::size_t>(std::distance(fs::directory_iterator(folder), fs::directory_iterator()));
}

/// While it exists, writes beyond `bytes` fail, as on a full disk.
class FullDisk {
 public:
  explicit FullDisk(rlim_t bytes) : handler_(std::signal(SIGXFSZ, SIG_IGN)) {
    ::getrlimit(RLIMIT_FSIZE, &old_);
    const rlimit small{bytes, old_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &small);
  }
  ~FullDisk() {
    ::setrlimit(RLIMIT_FSIZE, &old_);
    std::signal(SIGXFSZ, handler_);
  }
  FullDisk(const FullDisk&) = delete;
  FullDisk& operator=(const FullDisk&) = delete;

 private:
  rlimit old_{};
  void (*handler_)(int);
};

}  // namespace

TEST_CASE("a written file is read back byte for byte") {
  const Folder folder;
  Bytes bytes;
  for (int i = 0; i < 700'000; ++i) bytes.push_back(static_cast<std::byte>(i * 31 >> 3));
  write_file(folder.path("a.bin"), bytes);
  CHECK(read_file(folder.path("a.bin")) == bytes);
  write_file(folder.path("empty"), std::string_view());
  CHECK(read_file(folder.path("empty")).empty());
  CHECK(read_text(folder.write("text", "grüße\n")) == "grüße\n");
}

TEST_CASE("read_head returns as many bytes as asked for, or the whole file") {
  const Folder folder;
  const std::string path = folder.write("a", "abcdef");
  CHECK(read_head(path, 3) == bytes_of("abc"));
  CHECK(read_head(path, 100) == bytes_of("abcdef"));
  CHECK(read_head(path, 0).empty());
}

TEST_CASE("a file that cannot be read is an input error that names it") {
  const Folder folder;
  const std::string missing = folder.path("nowhere.h5");
  CHECK(error_of([&] { read_file(missing); }) == missing + ": no such file");
  CHECK(error_of([&] { read_head(missing, 4); }) == missing + ": no such file");
  CHECK(error_of([&] { read_file(folder.path("")); }).find("is a directory") != std::string::npos);
}

TEST_CASE("a file may be as large as the limit, but not larger") {
  const Folder folder;
  const std::string path = folder.write("a", "abcdef");
  CHECK(read_file(path, 6).size() == 6);
  CHECK(error_of([&] { read_file(path, 5); }) == path + ": larger than 5 bytes");
}

TEST_CASE("the directories above a written file are made") {
  const Folder folder;
  write_file(folder.path("a/b/c.txt"), std::string_view("x"));
  CHECK(read_text(folder.path("a/b/c.txt")) == "x");
}

TEST_CASE("writing leaves no temporary file, and the default permissions") {
  const Folder folder;
  write_file(folder.path("a"), std::string_view("one"));
  write_file(folder.path("a"), std::string_view("two"));
  CHECK(read_text(folder.path("a")) == "two");
  CHECK(entries(folder.path("")) == 1);
  std::ofstream(folder.path("b")) << "x";
  CHECK(fs::status(folder.path("a")).permissions() == fs::status(folder.path("b")).permissions());
}

TEST_CASE("a write that fails half-way leaves the old file and nothing beside it") {
  const Folder folder;
  const std::string path = folder.write("a", "the old text");
  const Bytes large(200'000, std::byte{1});
  std::string error;
  {
    const FullDisk full(100'000);
    error = error_of([&] { write_file(path, large); }, ErrorKind::output);
  }
  CHECK(error.find(path + ": cannot be written: ") == 0);
  CHECK(read_text(path) == "the old text");
  CHECK(entries(folder.path("")) == 1);
}

TEST_CASE("a path where no file can be written is an output error") {
  const Folder folder;
  const std::string file = folder.write("a", "x");
  CHECK(error_of([&] { write_file(file + "/below", std::string_view("y")); }, ErrorKind::output).find(file) ==
        0);
  fs::create_directory(folder.path("d"));
  CHECK(error_of([&] { write_file(folder.path("d"), std::string_view("y")); }, ErrorKind::output) ==
        folder.path("d") + ": is a directory");
}

TEST_CASE("a pipe is written to, not replaced") {
  const Folder folder;
  const std::string pipe = folder.path("pipe");
  REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
  const int reader = ::open(pipe.c_str(), O_RDONLY | O_NONBLOCK);
  REQUIRE(reader >= 0);
  write_file(pipe, std::string_view("through"));
  char text[16] = {};
  CHECK(::read(reader, text, sizeof text) == 7);
  CHECK(std::string(text) == "through");
  ::close(reader);
  CHECK(fs::is_fifo(pipe));
}

TEST_CASE("an open file is read at any offset") {
  const Folder folder;
  const std::string path = folder.write("a", "0123456789");
  FileReader file(path);
  CHECK(file.size() == 10);
  Bytes three(3);
  file.read(6, three);
  CHECK(three == bytes_of("678"));
  CHECK(error_of([&] { file.read(8, three); }) == path + ": ends before byte 11");
  CHECK(error_of([&] { FileReader none(folder.path("none")); }) == folder.path("none") + ": no such file");
  CHECK(error_of([&] { FileReader none(folder.path("")); }) == folder.path("") + ": is no regular file");
}

TEST_CASE("the hash is FNV-1a") {
  CHECK(hash_bytes({}) == 0xcbf29ce484222325ULL);
  CHECK(hash_bytes(bytes_of("a")) == 0xaf63dc4c8601ec8cULL);
  CHECK(hash_bytes(bytes_of("foobar")) == 0x85944171f73967e8ULL);
}

TEST_CASE("a pipe is read into memory to its end, up to the limit") {
  const auto through_pipe = [](std::string_view text) {
    int ends[2];
    REQUIRE(::pipe(ends) == 0);
    REQUIRE(::write(ends[1], text.data(), text.size()) == static_cast<ssize_t>(text.size()));
    ::close(ends[1]);
    const struct Closer {
      int fd;
      ~Closer() { ::close(fd); }
    } closer{ends[0]};
    return std::make_unique<FileReader>(fmt::format("/dev/fd/{}", ends[0]));
  };
  const auto file = through_pipe("abcdef");
  CHECK(file->spooled());
  CHECK(file->size() == 6);
  Bytes part(3);
  file->read(2, part);
  CHECK(part == bytes_of("cde"));
  CHECK(through_pipe("")->size() == 0);
  set_memory_limit(100);
  CHECK(error_of([&] { (void)through_pipe(std::string(101, 'x')); }).find("/dev/fd/") == 0);
  set_memory_limit(0);
}

TEST_CASE("opening a named pipe does not wait for a writer") {
  const Folder folder;
  REQUIRE(::mkfifo(folder.path("p").c_str(), 0600) == 0);
  CHECK(FileReader(folder.path("p")).size() == 0);
}

}  // namespace nv
