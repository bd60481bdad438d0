// Runs that are killed, interrupted or out of disk space, also repeatedly; damaged journals and lists.
#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <thread>

#include "nv/core/random.h"
#include "support.h"

using namespace nv::test;
namespace fs = std::filesystem;

namespace {

Arguments attack(const Arguments& more) {
  Arguments words{"attack", lenet, kept_images, "--items", "0-59", "--truth", kept_labels};
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

/// Damages a text in one of several ways.
std::string damaged_text(std::string text, nv::Random& random) {
  const auto at = [&] {
    return static_cast<std::size_t>(random.below(static_cast<std::int64_t>(text.size())));
  };
  static const std::vector<std::string> words{"5",    "-1",       "null",  "[]",   "{}",
                                              "\"\"", "\"../x\"", "1e999", "true", "99999999999999999999"};
  switch (random.below(6)) {
    case 0:
      text[at()] ^= static_cast<char>(1 << random.below(8));
      break;
    case 1:
      text.resize(at());
      break;
    case 2:
      text.erase(at(), 1 + static_cast<std::size_t>(random.below(40)));
      break;
    case 3:
      text.insert(at(), std::string(1 + static_cast<std::size_t>(random.below(5)), '['));
      break;
    default: {  // another value after a colon
      const std::size_t colon = text.find(':', at());
      if (colon == std::string::npos) break;
      const std::size_t end = text.find_first_of(",}\n", colon);
      text.replace(colon + 1, end == std::string::npos ? end : end - colon - 1,
                   words[static_cast<std::size_t>(random.below(static_cast<std::int64_t>(words.size())))]);
    }
  }
  return text;
}

}  // namespace

TEST_CASE("interruption: interrupt, --resume, interrupt, --resume gives the same folder") {
  const Folder folder;
  const Arguments words = attack({"--method", "bim,deepfool", "--eps", "0.25", "--batch", "4"});
  REQUIRE(run_nv(with(words, {"-o", folder / "one"})).code == 0);
  const std::string out = folder / "again";
  Setting interrupt;
  bool interrupted = false;
  for (const std::string sample : {"bim/kept-images-idx3-ubyte-1.npy", "bim/kept-images-idx3-ubyte-30.npy",
                                   "deepfool/kept-images-idx3-ubyte-30.npy"}) {
    interrupt.interrupt_when = out + "/" + sample;
    const Outcome outcome = run_nv(with(words, {"-o", out, "--resume"}), interrupt);
    CHECK((outcome.code == 130 || outcome.code == 0));
    interrupted = interrupted || outcome.code == 130;
    if (outcome.code != 130) continue;
    CHECK(outcome.err.starts_with("nv: interrupted: "));
    CHECK(outcome.err.find(" of 120 inputs are done; continue with the same command") != std::string::npos);
    const Outcome samples = run_nv({"samples", out});
    CHECK(samples.code == 3);
    CHECK(samples.err.find("is not finished") != std::string::npos);
  }
  CHECK(interrupted);
  CHECK(run_nv(with(words, {"-o", out, "--resume"})).code == 0);
  CHECK(tree(out) == tree(folder / "one"));
}

TEST_CASE("interruption: a list of files that was truncated within a name, then appended to, is read") {
  const Folder folder;
  const std::string out = folder / "out";
  REQUIRE(run_nv({"run", small, small_input, "-q", "-o", out}).code == 0);
  const auto whole = tree(out);
  fs::remove(out + "/nv-manifest.json");
  fs::remove(out + "/run.json");
  std::string list;
  for (const auto& [name, bytes] : whole)
    if (name.starts_with("digit/")) list += name + '\n';
  write(out + "/.nv-lock", list + "digit/00");
  CHECK(run_nv({"run", small, small_input, "-q", "-o", out}).code == 0);
  CHECK(tree(out) == whole);
}

TEST_CASE(
    "interruption: an interrupt while labels, truth or a configuration is read from a pipe is exit 130") {
  const Folder folder;
  const std::string pipe = folder / "pipe";
  REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
  const int writer = ::open(pipe.c_str(), O_RDWR);  // so that opening it for reading does not block
  for (const Arguments& words : {Arguments{"run", lenet, seven, "--labels", pipe},
                                 {"run", lenet, seven, "--truth", pipe},
                                 {"mutate", lenet, seven, "--config", pipe}}) {
    INFO(typed(words));
    Setting interrupt;
    interrupt.interrupt_when = pipe;  // at once, and repeatedly
    interrupt.interrupt_after_ms = 300;
    const Outcome outcome = run_nv(words, interrupt);
    CHECK(outcome.code == 130);
    CHECK(outcome.out.empty());
  }
  ::close(writer);
}

TEST_CASE("interruption: waiting for another nv's folder is exit 130 at the first signal") {
  const Folder folder;
  fs::create_directories(folder / "out");
  const int lock = ::open((folder / "out/.nv-lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  REQUIRE(::flock(lock, LOCK_EX) == 0);
  Setting interrupt;
  interrupt.interrupt_when = folder / "out/.nv-lock";
  interrupt.interrupt_after_ms = 500;
  const Outcome outcome = run_nv({"run", small, small_input, "-o", folder / "out"}, interrupt);
  CHECK(outcome.code == 130);
  CHECK(outcome.err.find("another nv that writes there") != std::string::npos);
  CHECK(names(folder / "out") == std::vector<std::string>{".nv-lock"});
  ::close(lock);
}

TEST_CASE("journal: --resume with an invalid first line is exit 3 and does not change the file") {
  const Folder folder;
  const Arguments words = with(attack({"--method", "fgsm", "--eps", "0.3"}), {"-o", folder / "out"});
  REQUIRE(run_nv(words).code == 0);
  const std::string journal = folder / "out/attack.jsonl", text = read(journal);
  const std::size_t first = text.find('\n');
  for (const std::string& head :
       {std::string("x") + text.substr(1), std::string("{}") + text.substr(first), text.substr(1),
        std::string("5") + text.substr(first), std::string(100000, '[') + text.substr(first),
        text.substr(0, 40), std::string("\n") + text}) {
    write(journal, head);
    const Outcome outcome = run_nv(with(words, {"--resume"}));
    CHECK(outcome.code == 3);
    CHECK(not_one_error(outcome, journal + ": is not a journal of nv attack") == "");
    CHECK(read(journal) == head);
  }
}

TEST_CASE("journal: --merge refuses names that lead outside or are nv's own, and links") {
  const Folder folder;
  const Arguments words{"attack", lenet, seven,         "--method", "fgsm",
                        "--eps",  "0.9", "--no-sheets", "--shard",  "1/1"};
  REQUIRE(run_nv(with(words, {"-o", folder / "s/1"})).code == 0);
  const std::string text = read(folder / "s/1/attack.jsonl");
  const std::string name = "fgsm/7_0293.npy";
  REQUIRE(text.find(name) != std::string::npos);
  write(folder / "precious", "mine");
  for (const std::string bad :
       {"../x.npy", "/tmp/nv-evil.npy", "a/b.npy", "nv-manifest.json", ".nv-lock", "x", ""}) {
    CAPTURE(bad);
    std::string changed = text;
    changed.replace(changed.find(name), name.size(), bad);
    write(folder / "s/1/attack.jsonl", changed);
    write(folder / "s/x.npy", "payload");
    const Outcome outcome = run_nv({"attack", "--merge", folder / "s/1", "-o", folder / "s/out/all"});
    CHECK(outcome.code == 3);
    CHECK_FALSE(fs::exists(folder / "s/out/x.npy"));
    CHECK_FALSE(fs::exists(folder / "s/out/all/nv-manifest.json"));
  }
  write(folder / "s/1/attack.jsonl", text);
  fs::remove(folder / ("s/1/" + name));
  fs::create_symlink(folder / "precious", folder / ("s/1/" + name));
  CHECK(run_nv({"attack", "--merge", folder / "s/1", "-o", folder / "s/out/all"}).code == 3);
}

TEST_CASE("journal: damaged journals, manifests and lists are errors, not crashes") {
  const Folder folder;
  const Arguments words{"attack",   lenet,         kept_images, "--items", "0-7",
                        "--method", "fgsm,bim",    "--eps",     "0.5",     "--curve",
                        "0.1,0.5",  "--no-sheets", "-q",        "-o",      folder / "out"};
  Arguments plain = words;
  plain.erase(plain.begin() + 7, plain.begin() + 9);  // --eps excludes --curve
  REQUIRE(run_nv(with(plain, {"--shard", "1/1"})).code == 0);
  nv::Random random({17});
  const auto whole = tree(folder / "out");
  for (int round = 0; round < 60; ++round) {
    CAPTURE(round);
    const std::string name = round % 3 == 0   ? "attack.jsonl"
                             : round % 3 == 1 ? "samples.jsonl"
                                              : "nv-manifest.json";
    fs::remove_all(folder / "out");
    for (const auto& [file, bytes] : whole)
      write(folder / ("out/" + file), file == name ? damaged_text(bytes, random) : bytes);
    const std::string before = read(folder / "out/attack.jsonl");
    for (const Arguments& command : {Arguments{"samples", folder / "out"},
                                     {"samples", folder / "out", "--export", folder / "x.npz", "--force"},
                                     {"run", lenet, folder / "out", "--predict"},
                                     {"attack", "--merge", folder / "out", "-o", folder / "all"},
                                     with(plain, {"--shard", "1/1", "--resume"})}) {
      INFO(typed(command));
      const Outcome outcome = run_nv(command);
      CHECK(outcome.signal == 0);
      CHECK((outcome.code == 0 || outcome.code == 2 || outcome.code == 3 || outcome.code == 5));
      CHECK(outcome.err.find("bug in nv") == std::string::npos);
    }
    fs::remove_all(folder / "all");
  }
}

TEST_CASE("run: an interrupted run counts the inputs whose files are written, also within a batch") {
  const Folder folder;
  Setting setting;
  setting.interrupt_when = folder / "r/.nv-lock";
  const Outcome outcome =
      run_nv({"run", lenet, kept_images, "--items", "0-199", "-o", folder / "r", "--threads", "1"}, setting);
  if (outcome.code == 0) return;  // faster than the signal
  CHECK(outcome.code == 130);
  std::size_t done = 0, folders = 0;
  const std::size_t at = outcome.err.find("interrupted: ");
  REQUIRE(at != std::string::npos);
  done = std::stoul(outcome.err.substr(at + 13));
  if (fs::exists(folder / "r"))  // it goes if nothing was written
    for (const auto& entry : fs::directory_iterator(folder / "r")) folders += entry.is_directory() ? 1 : 0;
  CHECK(done <= folders);
  CHECK(folders <= done + 1);
}
