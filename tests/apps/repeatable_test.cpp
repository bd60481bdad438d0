// The same inputs give the same bytes: again, at any number of threads, and in any batch.
#include <doctest/doctest.h>

#include "support.h"

using namespace nv::test;

namespace {

struct Run {
  Outcome outcome;
  std::map<std::string, std::string> files;
};

Run run_into(const Folder& folder, const std::string& name, Arguments words, const Setting& setting = {}) {
  words.insert(words.begin(), "run");
  words.insert(words.end(), {"-o", folder / name, "--format", "png,npz,npy,h5,json", "--json"});
  Run run{run_nv(words, setting), {}};
  INFO(run.outcome.err);
  CHECK(run.outcome.code == 0);
  run.files = tree(folder / name);
  return run;
}

/// Name of the first file that differs, or exists in only one; "" for none.
std::string difference(const Run& a, const Run& b) {
  if (a.outcome.out != b.outcome.out) return "standard output";
  for (const auto& file : a.files)
    if (!b.files.contains(file.first) || b.files.at(file.first) != file.second) return file.first;
  return a.files.size() == b.files.size() ? "" : "a file more";
}

}  // namespace

TEST_CASE("repeatable: two runs, and runs with one and four threads, give the same files") {
  const Arguments words{lenet, seven, example("digits/2_0451.png"), small_input};
  Arguments one = words, four = words;
  one.insert(one.end(), {"--threads", "1"});
  four.insert(four.end(), {"--threads", "4"});
  const Folder folder;
  const Run first = run_into(folder, "out", words);
  CHECK(first.files.size() == 3 * (9 * 2 + 5) + 2);
  CHECK(difference(first, run_into(folder, "out", words)) == "");
  CHECK(difference(first, run_into(folder, "one", one)) == "");
  CHECK(difference(first, run_into(folder, "four", four)) == "");
  Setting threads;
  threads.extra["NV_THREADS"] = "3";
  CHECK(difference(first, run_into(folder, "three", words, threads)) == "");
}

TEST_CASE("repeatable: graphs with branches and shared layers too") {
  for (const std::string name : {"functional_branches", "nested_shared", "two_in_two_out"}) {
    CAPTURE(name);
    const Folder folder;
    const Arguments words{fixture(name + "/model.h5"), fixture(name + "/input.npz")};
    Arguments one = words;
    one.insert(one.end(), {"--threads", "1"});
    CHECK(difference(run_into(folder, "out", words), run_into(folder, "one", one)) == "");
  }
}

TEST_CASE("repeatable: an input gives the same numbers alone and among a hundred") {
  const Json many = nv_json("run", {"run", lenet, kept_images, "--items", "0-99", "--json"});
  const Json alone = nv_json("run", {"run", lenet, kept_images + "#57", "--json", "--threads", "1"});
  CHECK(alone["inputs"][0] == many["inputs"][57]);
}

TEST_CASE("repeatable: inspect prints the same twice") {
  const Arguments words{"inspect", lenet, "--stats", "--json"};
  CHECK(run_nv(words).out == run_nv(words).out);
}

TEST_CASE("repeatable: no file contains the time or the folder's path") {
  const Folder folder;
  Setting setting;
  setting.folder = folder.path();
  std::map<std::string, std::string> first;
  const Run run = run_into(folder, "out", {lenet, seven}, setting);
  for (const auto& file : run.files) {
    CAPTURE(file.first);
    CHECK(count_of(file.second, folder.path()) == 0);
  }
}

TEST_CASE("repeatable: if the system refuses threads, the granted ones do the work") {
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)  // they reserve terabytes
  const Arguments words{"run", lenet, seven, example("digits/2_0451.png"), "--json"};
  Setting shell;
  shell.program = "/bin/bash";
  // The limits allow the stack of one thread.
  std::string command = "ulimit -s 2000000 -v 3500000 || exit 77; exec '" NV_PROGRAM "'";
  for (const std::string& word : words) command += " '" + word + "'";
  const Outcome few = run_nv({"-c", command + " --threads 8"}, shell);
  if (few.code == 77) {
    MESSAGE("skipped: this shell may not set its limits");
    return;
  }
  INFO(few.err);
  CHECK(few.code == 0);
  CHECK(few.out == run_nv(words).out);
#endif
}

TEST_CASE("repeatable: NV_ISA chooses the instruction set, and an invalid value is a usage error") {
  Setting setting;
  setting.extra["NV_ISA"] = "baseline";
  CHECK(parse(run_nv({"version", "--json"}, setting).out)["isa"] == "baseline");
  const Json json = nv_json("run", {"run", lenet, seven, "--json"}, setting);
  CHECK(json["inputs"][0]["prediction"]["index"] == 7);
  setting.extra["NV_ISA"] = "avx9";
  for (const Arguments& words : {Arguments{"version"}, {"inspect", lenet}, {"run", lenet, seven}}) {
    const Outcome o = run_nv(words, setting);
    CHECK(o.code == 2);
    CHECK(not_one_error(o, "NV_ISA: expected baseline, v2, v3 or v4, got 'avx9'") == "");
  }
}
