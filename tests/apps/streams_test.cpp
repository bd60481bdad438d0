// Standard output that is full or closed, and interrupted runs.
#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>

#include "nv/core/file.h"
#include "nv/data/npz.h"
#include "support.h"

using namespace nv::test;
namespace fs = std::filesystem;

TEST_CASE("streams: a full disk under standard output is exit 5") {
  Setting full;
  full.stdout_file = "/dev/full";
  for (const Arguments& words : {Arguments{"--help"},
                                 {"version"},
                                 {"inspect", small},
                                 {"inspect", small, "--json"},
                                 {"inspect", "--help"},
                                 {"run", small, small_input},
                                 {"run", small, small_input, "--json"},
                                 {"run", small, small_input, "--jsonl"}}) {
    INFO(typed(words));
    const Outcome outcome = run_nv(words, full);
    CHECK(outcome.code == 5);
    CHECK(not_one_error(outcome, "standard output: ") == "");
  }
}

TEST_CASE("streams: the exit code reports an error even if stderr is closed") {
  Setting full;
  full.stderr_file = "/dev/full";
  CHECK(run_nv({"inspect", "no/such.h5"}, full).code == 3);
  CHECK(run_nv({"nothing"}, full).code == 2);
  const Outcome noted = run_nv({"inspect", fixture("odd/missing_weight.h5")}, full);
  CHECK(noted.code == 0);
  CHECK(noted.out.size() > 100);
}

TEST_CASE("streams: a closed pipe ends nv quietly, with exit 0") {
  Setting gone;
  gone.close_stdout_early = true;
  for (const Arguments& words : {Arguments{"--help"},
                                 {"inspect", small},
                                 {"inspect", small, lenet, "--json"},
                                 {"run", lenet, kept_images, "--predict"},
                                 {"run", lenet, kept_images, "--jsonl", "--layers", "none"}}) {
    INFO(typed(words));
    const Outcome outcome = run_nv(words, gone);
    CHECK(outcome.code == 0);
    CHECK(outcome.err == "");
  }
}

TEST_CASE("streams: with -o the run continues after the pipe is closed") {
  const Folder folder;
  Setting gone;
  gone.close_stdout_early = true;
  const Outcome outcome = run_nv(
      {"run", lenet, kept_images, "--items", "0-39", "--layers", "none", "--jsonl", "-o", folder / "out"},
      gone);
  CHECK(outcome.code == 0);
  CHECK(outcome.err == "");
  CHECK(names(folder / "out").size() == 40 + 2);
}

TEST_CASE("streams: with --html every command continues after the pipe is closed") {
  const Folder folder;
  Setting gone;
  gone.close_stdout_early = true;
  for (const Arguments& words : {Arguments{"run", lenet, kept_images, "--items", "0-3"},
                                 {"explain", lenet, kept_images, "--items", "0-3"},
                                 {"compare", lenet, kept_images, "--items", "0-3"},
                                 {"mutate", lenet, kept_images, "--items", "0-3", "--freeze", "conv1:0"}}) {
    INFO(typed(words));
    const std::string page = folder / (words[0] + ".html");
    Arguments with_page = words;
    with_page.insert(with_page.end(), {"--html", page});
    CHECK(run_nv(with_page, gone).code == 0);
    CHECK(std::filesystem::exists(page));
  }
}

TEST_CASE(
    "streams: an interrupted run is exit 130, leaves whole files only, and the next run goes into the same "
    "folder") {
  const Folder folder;
  const std::string out = folder / "out";
  Setting interrupt;
  interrupt.interrupt_when = out + "/kept-images-idx3-ubyte-0/prediction.json";
  const Arguments words{"run",      lenet, kept_images, kept_images, kept_images, kept_images,
                        "--format", "npz", "-q",        "-o",        out};
  const Outcome outcome = run_nv(words, interrupt);
  CHECK(outcome.code == 130);
  CHECK(outcome.signal == 0);
  CHECK_FALSE(fs::exists(out + "/nv-manifest.json"));
  CHECK_FALSE(fs::exists(out + "/run.json"));
  const std::vector<std::string> left = names(out);
  CHECK(left.size() < 4000);
  for (const std::string& name : left) {
    CAPTURE(name);
    CHECK(name.find(".tmp") == std::string::npos);
    if (name.ends_with(".json")) CHECK(violations("prediction", parse_file(out + "/" + name)) == "");
    if (name.ends_with(".npz"))
      CHECK(nv::NpzReader(nv::read_file(out + "/" + name), name).names().size() == 9);
  }

  CHECK(outcome.err.starts_with("nv: interrupted: "));
  CHECK(lines(outcome.err).size() == 1);

  // Files of the interrupted run count as nv's: replaced and removed like others.
  CHECK(run_nv({"run", lenet, kept_images + "#0", "-q", "--format", "npz", "-o", out}).code == 0);
  CHECK(run_nv({"run", lenet, kept_images + "#0", "-q", "--format", "npz", "-o", out, "--clean"}).code == 0);
  CHECK(names(out) == std::vector<std::string>{"kept-images-idx3-ubyte-0/activations.npz",
                                               "kept-images-idx3-ubyte-0/prediction.json", "nv-manifest.json",
                                               "run.json"});
}
