#include "nv/core/safe_folder.h"

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "data/support.h"
#include "nv/core/error.h"
#include "nv/core/file.h"
#include "nv/core/temporary_file.h"

namespace nv {

namespace fs = std::filesystem;
using test::bytes_of;
using test::error_of;
using test::Folder;

namespace {

std::size_t entries(const fs::path& folder) {
  std::size_t n = 0;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) n += entry.is_directory() ? 0 : 1;
  return n;
}

}  // namespace

TEST_CASE("safe folder: after a commit the files are complete, and no temporary file is left") {
  const Folder folder;
  SafeFolder files(folder.path("out"), true);
  CHECK(files.created());
  files.write("a/b/c", bytes_of("one"));
  files.write("top", bytes_of("two"));
  CHECK(files.kind("a/b/c") == EntryKind::none);
  files.commit();
  CHECK(read_text(folder.path("out/a/b/c")) == "one");
  CHECK(files.read_text("top") == "two");
  CHECK(files.kind("a") == EntryKind::folder);
  CHECK(entries(folder.path("out")) == 2);
  files.append("top", "three");
  CHECK(files.read_text("top") == "twothree");
  files.remove("a/b/c");
  CHECK_FALSE(fs::exists(folder.path("out/a")));
}

TEST_CASE("safe folder: the destructor commits, and so does writing many files") {
  const Folder folder;
  {
    SafeFolder files(folder.path("out"), true);
    for (int i = 0; i < 300; ++i) files.write(std::to_string(i), bytes_of("x"));
    CHECK(files.kind("0") == EntryKind::file);
  }
  CHECK(entries(folder.path("out")) == 300);
}

TEST_CASE("safe folder: no name leads outside or through a link") {
  const Folder folder;
  fs::create_directories(folder.path("precious"));
  folder.write("precious/t", "mine");
  SafeFolder files(folder.path("out"), true);
  fs::create_symlink(folder.path("precious"), folder.path("out/link"));
  fs::create_symlink(folder.path("precious/t"), folder.path("out/t"));
  for (const std::string name :
       {"link/t", "link/new", "../precious/t", "", ".", "a//b", "a/./b", "a/../b", "/tmp/x"}) {
    CAPTURE(name);
    CHECK(files.kind(name) == EntryKind::blocked);
    error_of([&] { files.write(name, bytes_of("x")); }, ErrorKind::output);
    error_of([&] { files.append(name, "x"); }, ErrorKind::output);
    error_of([&] { files.read(name); });
    files.remove(name);
  }
  CHECK(files.kind("t") == EntryKind::other);
  error_of([&] { files.read("t"); });
  error_of([&] { files.append("t", "x"); }, ErrorKind::output);
  files.remove("t");
  CHECK(fs::is_symlink(folder.path("out/t")));
  files.write("t", bytes_of("new"));  // replaces the link, as a rename does
  files.commit();
  CHECK(read_text(folder.path("precious/t")) == "mine");
  CHECK(read_text(folder.path("out/t")) == "new");
  CHECK(entries(folder.path("precious")) == 1);
}

TEST_CASE("safe folder: a folder replaced by a link before the commit is not followed") {
  const Folder folder;
  fs::create_directories(folder.path("precious"));
  SafeFolder files(folder.path("out"), true);
  files.write("a/b", bytes_of("x"));
  fs::remove(folder.path("out/a"));
  fs::create_symlink(folder.path("precious"), folder.path("out/a"));
  error_of([&] { files.commit(); }, ErrorKind::output);
  CHECK(entries(folder.path("precious")) == 0);
  CHECK(entries(folder.path("out")) == 0);  // nothing half-written
}

TEST_CASE("safe folder: pipes and folders are not files") {
  const Folder folder;
  SafeFolder files(folder.path("out"), true);
  REQUIRE(::mkfifo(folder.path("out/pipe").c_str(), 0600) == 0);
  fs::create_directory(folder.path("out/d"));
  CHECK(files.kind("pipe") == EntryKind::other);
  error_of([&] { files.read("pipe"); });
  error_of([&] { files.append("pipe", "x"); }, ErrorKind::output);
  error_of([&] { files.write("d", bytes_of("x")); }, ErrorKind::output);
  files.remove("pipe");
  files.remove("d");
  CHECK(fs::exists(folder.path("out/pipe")));
  CHECK(fs::exists(folder.path("out/d")));
}

TEST_CASE("safe folder: a replaced file keeps its mode, a new one has the default mode") {
  const Folder folder;
  SafeFolder files(folder.path("out"), true);
  std::ofstream(folder.path("out/old")) << "x";
  const fs::perms usual = fs::status(folder.path("out/old")).permissions();
  fs::permissions(folder.path("out/old"), fs::perms::owner_read | fs::perms::owner_write);
  files.write("old", bytes_of("y"));
  files.write("new", bytes_of("y"));
  files.commit();
  CHECK(fs::status(folder.path("out/old")).permissions() == (fs::perms::owner_read | fs::perms::owner_write));
  CHECK(fs::status(folder.path("out/new")).permissions() == usual);
}

TEST_CASE("write_file: keeps modes, follows links, and removes temporary files of killed processes") {
  const Folder folder;
  const std::string file = folder.write("a", "old");
  fs::permissions(file, fs::perms::owner_read | fs::perms::owner_write);
  fs::create_symlink("a", folder.path("link"));
  folder.write(".nv-abcdefgh.part", "half");
  folder.write(".nv-abcdefgh.tmp", "of a folder in use");
  write_file(folder.path("link"), std::string_view("new"));
  CHECK(read_text(file) == "new");
  CHECK(fs::is_symlink(folder.path("link")));
  CHECK(fs::status(file).permissions() == (fs::perms::owner_read | fs::perms::owner_write));
  CHECK_FALSE(fs::exists(folder.path(".nv-abcdefgh.part")));
  CHECK(fs::exists(folder.path(".nv-abcdefgh.tmp")));
}

TEST_CASE("temporary files: random names, new files, removed unless renamed") {
  const Folder folder;
  const SafeFolder place(folder.path("out"), true);
  std::string first;
  {
    TemporaryFile a(place.descriptor(), TemporaryKind::of_folder),
        b(place.descriptor(), TemporaryKind::of_folder);
    REQUIRE(a.create(nullptr) == 0);
    REQUIRE(b.create(nullptr) == 0);
    CHECK(entries(folder.path("out")) == 2);
    for (const auto& entry : fs::directory_iterator(folder.path("out")))
      CHECK(is_temporary_name(entry.path().filename().string()));
  }
  CHECK(entries(folder.path("out")) == 0);
}

TEST_CASE("plain names have parts of up to 255 bytes, none of them empty or special") {
  CHECK(is_plain_name("a/b.png"));
  CHECK(is_plain_name("...") == true);
  CHECK(is_plain_name(std::string(255, 'x')));
  CHECK_FALSE(is_plain_name(std::string(256, 'x')));
  for (const std::string name : {"", "/", "a/", "/a", "a//b", "..", "a/..", "./a", "a\nb", "a\tb"})
    CHECK_FALSE(is_plain_name(name));
  CHECK_FALSE(is_plain_name(std::string("a\0b", 3)));
}

}  // namespace nv
