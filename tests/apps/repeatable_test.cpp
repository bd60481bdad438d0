// The same inputs give the same bytes: twice, at any number of threads, and in any company.
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

/// The name of the first file that is not the same in both, or is in one alone; "" for none.
std::string difference(const Run& a, const Run& b) {
  if (a.outcome.out != b.outcome.out) return "standard output";
  for (const auto& file : a.files)
    if (!b.files.contains(file.first) || b.files.at(file.first) != file.second) return file.first;
  return a.files.size() == b.files.size() ? "" : "a file more";
}

}  // namespace

TEST_CASE("repeatable: twice the same, and with one thread as with four, in every file") {
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

TEST_CASE("repeatable: an input gives the same numbers alone as among a hundred") {
  const Json many = nv_json("run", {"run", lenet, kept_images, "--items", "0-99", "--json"});
  const Json alone = nv_json("run", {"run", lenet, kept_images + "#57", "--json", "--threads", "1"});
  CHECK(alone["inputs"][0] == many["inputs"][57]);
}

TEST_CASE("repeatable: inspect says the same twice") {
  const Arguments words{"inspect", lenet, "--stats", "--json"};
  CHECK(run_nv(words).out == run_nv(words).out);
}

TEST_CASE("repeatable: no file holds the time of day or the folder's place") {
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
