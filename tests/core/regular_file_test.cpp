#include "nv/core/regular_file.h"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include "../data/support.h"
#include "nv/core/memory.h"

using namespace nv;
using namespace nv::test;

namespace fs = std::filesystem;

TEST_CASE("regular file: below a folder, and no name that leads out of it") {
  const Folder folder;
  folder.write("in/a/b.txt", "here");
  folder.write("secret.txt", "not for you");
  fs::create_symlink("../../secret.txt", folder.path("in/a/link.txt"));
  fs::create_directory_symlink("..", folder.path("in/up"));
  fs::create_symlink("b.txt", folder.path("in/a/also.txt"));
  const std::string in = folder.path("in");
  CHECK(read_regular(inside(in, "a/b.txt")) == bytes_of("here"));
  CHECK(read_regular(inside(in + "/", "a//b.txt")) == bytes_of("here"));
  for (const char* name : {"../secret.txt", "a/../../secret.txt", "a/link.txt", "up/secret.txt", "a/also.txt",
                           "..", "", "a", "a/none.txt", "a/b.txt/c"}) {
    CAPTURE(name);
    CHECK_FALSE(error_of([&] { read_regular(inside(in, name)); }).empty());
  }
  CHECK(error_of([&] { read_regular(inside(in, folder.path("secret.txt"))); }).find("secret.txt") !=
        std::string::npos);
  CHECK(error_of([&] {
          read_regular(inside(in, "a/link.txt"));
        }).ends_with("is a link, or reached through one; only files in the folder itself are read"));
}

TEST_CASE("regular file: a pipe does not hang, a device is not read") {
  const Folder folder;
  const std::string pipe = folder.path("pipe");
  REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
  for (const FileName& name : {FileName{pipe, FileName::Reach::regular}, inside(folder.path(""), "pipe"),
                               FileName{"/dev/zero", FileName::Reach::regular}})
    CHECK(error_of([&] { read_regular(name); }).ends_with(": is no regular file"));
  CHECK(error_of([&] {
          read_regular({folder.path(""), FileName::Reach::regular});
        }).ends_with(": is a directory"));
}

TEST_CASE("regular file: its size is checked against the memory limit") {
  const Folder folder;
  const std::string path = folder.write("a", std::string(3 << 20, 'x'));
  const std::uint64_t before = memory_limit();
  set_memory_limit(1 << 20);
  const std::string refused = error_of([&] { read_regular({path, FileName::Reach::regular}); });
  const std::string whole = error_of([&] { read_file(path); });
  set_memory_limit(before);
  CHECK(refused == path + ": needs 3.0 MB of memory, the limit is 1.0 MB");
  CHECK(whole == refused);
  CHECK(read_regular({path, FileName::Reach::regular}).size() == 3 << 20);
  CHECK(error_of([&] {
          read_regular({path, FileName::Reach::regular}, 100);
        }) == path + ": larger than 100 bytes");
}
