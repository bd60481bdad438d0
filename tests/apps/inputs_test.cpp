// Inputs: reading, memory, notes.
#include <doctest/doctest.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>

#include "nv/core/file.h"
#include "nv/data/npy.h"
#include "support.h"

using namespace nv::test;
namespace fs = std::filesystem;

namespace {

/// The largest memory of a run of nv, in bytes; its exit code must be 0.
std::int64_t peak_memory(const Arguments& arguments) {
  const ::pid_t child = ::fork();
  if (child == 0) {
    const int nothing = ::open("/dev/null", O_WRONLY);
    ::dup2(nothing, STDOUT_FILENO);
    std::vector<char*> words{const_cast<char*>(NV_PROGRAM)};
    for (const std::string& word : arguments) words.push_back(const_cast<char*>(word.c_str()));
    words.push_back(nullptr);
    ::execv(NV_PROGRAM, words.data());
    ::_exit(127);
  }
  int status = 0;
  rusage usage{};
  REQUIRE(::wait4(child, &status, 0, &usage) == child);
  CHECK(status == 0);
  return std::int64_t{usage.ru_maxrss} << 10;
}

/// An .npy of zeros as a sparse file, with `type` and axes as NumPy writes them.
std::string zeros(const std::string& path, const std::string& type, const std::string& shape,
                  std::uintmax_t bytes) {
  std::string header = fmt::format("{{'descr': '{}', 'fortran_order': False, 'shape': {}, }}", type, shape);
  header.resize(117, ' ');
  write(path, std::string("\x93NUMPY\x01\x00\x76\x00", 10) + header + "\n");
  fs::resize_file(path, 128 + bytes);
  return path;
}

/// Pixels of `channels` channels as a PAM would have them, in a TGA: grey (8), RGB (24) or RGBA (32).
std::string tga(int width, int height, int channels, const std::string& pixel) {
  std::string text(18, '\0');
  text[2] = channels == 1 ? 3 : 2;
  text[12] = static_cast<char>(width & 255);
  text[13] = static_cast<char>(width >> 8);
  text[14] = static_cast<char>(height & 255);
  text[15] = static_cast<char>(height >> 8);
  text[16] = static_cast<char>(8 * channels);
  text[17] = channels == 4 ? 0x28 : 0x20;
  for (int i = 0; i < width * height; ++i) text += pixel;
  return text;
}

Outcome predict(const Arguments& inputs) {
  Arguments words{"run", small, "--predict"};
  words.insert(words.end(), inputs.begin(), inputs.end());
  return run_nv(words);
}

}  // namespace

TEST_CASE("inputs: an array takes the memory of the requested items") {
  const Folder folder;
  const std::int64_t usual = peak_memory({"run", small, small_input, "--layers", "none"});
  const std::string floats = zeros(folder / "x.npy", "<f4", "(100000, 28, 28, 1)", 100000ULL * 784 * 4);
  const std::string doubles = zeros(folder / "y.npy", ">f8", "(50000, 28, 28, 1)", 50000ULL * 784 * 8);
  constexpr std::int64_t some = 40 << 20;  // of 300 MB
  CHECK(peak_memory({"run", small, floats + "#0-9", "--layers", "none"}) < usual + some);
  CHECK(peak_memory({"run", small, doubles + "#49990-49999", "--layers", "none"}) < usual + some);
}

TEST_CASE("inputs: a picture is refused by an implausible size") {
  const Folder folder;
  write(folder / "a.pgm", "P5\n30000 30000\n255\n");
  const Outcome outcome = run_nv({"run", small, folder / "a.pgm"});
  CHECK(outcome.code == 3);
  CHECK(not_one_error(outcome,
                      (folder / "a.pgm") + ": a PNM of 30000 x 30000 pixels is larger than nv reads") == "");
}

TEST_CASE("inputs: a damaged file is one error, however many inputs it holds") {
  const Folder folder;
  // A file of 1000 items, truncated: detected when it is opened.
  const std::string cut = zeros(folder / "x.npy", "<f4", "(1000, 28, 28, 1)", 1000ULL * 784 * 4 - 8);
  const Outcome outcome = run_nv({"run", small, cut, "--layers", "none"});
  CHECK(outcome.code == 3);
  CHECK(count_of(outcome.err, "nv: error: ") == 1);
  CHECK(count_of(outcome.err, "cut short") == 1);
}

TEST_CASE("inputs: notes on preprocessing of pictures, once for all") {
  const Folder folder;
  write(folder / "in/a.tga", tga(100, 100, 4, std::string("\x00\x00\x00\x10", 4)));
  write(folder / "in/b.tga", tga(100, 100, 4, std::string("\x00\x00\x00\x10", 4)));
  const Outcome outcome = predict({folder / "in"});
  CHECK(outcome.code == 0);
  CHECK(lines(outcome.out).size() == 2);
  CHECK(count_of(outcome.err, "2 of 2 inputs transparent: composed on white") == 1);
  CHECK(count_of(outcome.err, "2 of 2 inputs reduced to less than half the size") == 1);
  CHECK(count_of(outcome.err, "--resize area") == 1);
  CHECK(count_of(outcome.err, "2 of 2 inputs mostly light") == 1);
  CHECK(count_of(outcome.err, "pictures: unit, bilinear 100x100->28x28 stretch, rgba->grey on white") == 1);
  const Outcome other = predict({folder / "in", "--resize", "area", "--invert"});
  CHECK(count_of(other.err, "reduced") == 0);
  CHECK(count_of(other.err, "light") == 0);
  CHECK(predict({folder / "in", "-q"}).err == "");
  const Outcome one = run_nv({"run", small, folder / "in/a.tga"});
  CHECK(lines(one.out).at(0).find("rgba->grey on white") != std::string::npos);
}

TEST_CASE("inputs: a note on arrays of 0 to 255 for a model whose pictures are scaled") {
  const Folder folder;
  nv::Tensor pixels(nv::Shape{28, 28, 1}, 200.0F);
  pixels[0] = 0;
  nv::write_file(folder / "x.npy", nv::encode_npy(pixels));
  CHECK(count_of(predict({folder / "x.npy"}).err, "numbers of 0 to 255, taken as they are") == 1);
  CHECK(count_of(predict({folder / "x.npy", "--preprocess", "unit"}).err, "0 to 255") == 0);
  CHECK(predict({small_input}).err == "");
}

TEST_CASE("inputs: labels are not shown if their number is not that of the classes") {
  const Folder folder;
  write(folder / "three.txt", "a\nb\nc\n");
  const Outcome outcome = predict({small_input, "--labels", folder / "three.txt"});
  CHECK(outcome.code == 0);
  CHECK(count_of(outcome.err, "10 classes, but 3 labels: classes are shown by their numbers") == 1);
  CHECK(outcome.out == predict({small_input}).out);
}

TEST_CASE("attack: a note on an eps beyond the range of inputs") {
  const Outcome outcome = run_nv({"attack", small, small_input, "--method", "fgsm", "--eps", "8"});
  CHECK(count_of(outcome.err, "fgsm: eps 8 allows any input at all") == 1);
  CHECK(count_of(run_nv({"attack", small, small_input, "--method", "fgsm", "--eps", "8/255"}).err, "eps") ==
        0);
}

TEST_CASE("defaults: labels named beside a model are read only in its folder") {
  const Folder folder;
  write(folder / "m/m.h5", read(small));
  write(folder / "secret.txt", "A\nB\nC\nD\nE\nF\nG\nH\nI\nJ\n");
  write(folder / "m/own.txt", "A\nB\nC\nD\nE\nF\nG\nH\nI\nJ\n");
  fs::create_symlink("../secret.txt", folder / "m/link.txt");
  REQUIRE(::mkfifo((folder / "m/pipe").c_str(), 0600) == 0);
  const auto with = [&](const std::string& labels) {
    write(folder / "m/m.nv.toml", "labels = \"" + labels + "\"\n");
    return run_nv({"run", folder / "m/m.h5", small_input, "--predict"});
  };
  for (const std::string labels :
       {"/etc/passwd", "../secret.txt", "link.txt", "./../secret.txt", "pipe", "none.txt"}) {
    CAPTURE(labels);
    const Outcome outcome = with(labels);
    CHECK(outcome.code == 3);
    CHECK(not_one_error(outcome, folder / "m/") == "");
    CHECK(count_of(outcome.err, "--no-defaults") == 1);
  }
  CHECK(with("own.txt").code == 0);
  CHECK(with("mnist").code == 0);
  fs::remove(folder / "m/m.nv.toml");
  fs::create_symlink("../secret.txt", folder / "m/m.nv.toml");
  CHECK(not_one_error(run_nv({"run", folder / "m/m.h5", small_input}), folder / "m/m.nv.toml: is a link") ==
        "");
}

TEST_CASE("sample lists: files must be below the folder, and origins regular files") {
  const Folder folder;
  write(folder / "list/a.npy", read(small_input));
  fs::create_symlink(small_input, folder / "list/link.npy");
  REQUIRE(::mkfifo((folder / "pipe").c_str(), 0600) == 0);
  const auto sample = [](const std::string& file, const std::string& origin) {
    return fmt::format(R"({{"id": "s", "file": "{}", "origin": "{}"}})", file, origin) + "\n";
  };
  write(folder / "list/samples.jsonl", sample("link.npy", ""));
  const Outcome link = run_nv({"run", small, folder / "list"});
  CHECK(link.code == 3);
  CHECK(count_of(link.err, "is a link") == 1);
  for (const std::string& origin :
       {std::string("/dev/zero"), folder / "pipe", std::string("-"), folder.path()}) {
    CAPTURE(origin);
    write(folder / "list/samples.jsonl", sample("a.npy", origin));
    const Outcome outcome = run_nv({"compare", small, folder / "list"});
    CHECK(outcome.code == 3);
    CHECK(count_of(outcome.err, "nv: error: ") == 1);
  }
  write(folder / "list/samples.jsonl", sample("a.npy", small_input));
  CHECK(run_nv({"compare", small, folder / "list"}).code == 0);
}
