// examples/batch: attacks in parts give the output of one run. A test is skipped with a message if its
// program is not installed.
#include <doctest/doctest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>

#include "nv/core/text.h"
#include "support.h"

using namespace nv::test;

namespace {

const std::string scripts = NV_EXAMPLES "/batch";

/// Path of a program; "" and a message if it is not on the PATH.
std::string installed(const std::string& program) {
  const char* path = std::getenv("PATH");
  for (const std::string& folder : nv::split(path == nullptr ? "" : path, ':'))
    if (const std::string file = folder + "/" + program; ::access(file.c_str(), X_OK) == 0) return file;
  MESSAGE("skipped: " << program << " is not installed");
  return "";
}

/// Runs a script of examples/batch, or a program, with the tested nv on the PATH.
Setting setting_of(const std::string& program, const std::string& home) {
  Setting setting;
  setting.program = program;
  setting.extra = {{"NV", NV_PROGRAM}, {"HOME", home}};
  return setting;
}

/// Output folder of one run of the attack of the scripts.
std::map<std::string, std::string> one_run(const Folder& folder) {
  const std::string out = folder / "one";
  REQUIRE(
      run_nv({"attack", lenet, digits, "--method", "bim", "--eps", "0.2", "--truth", "from-name", "-o", out})
          .code == 0);
  return tree(out);
}

}  // namespace

TEST_CASE(
    "batch: parts run by GNU parallel are joined to the output of one run, and are resumed if run again") {
  if (installed("parallel").empty()) return;
  const Folder folder;
  const auto expected = one_run(folder);
  const Setting setting = setting_of(scripts + "/parallel.sh", folder.path());
  const Arguments words{lenet, digits, "bim", "0.2", "3", folder / "out", "--truth", "from-name"};
  const Outcome outcome = run_nv(words, setting);
  INFO(outcome.err);
  CHECK(outcome.code == 0);
  CHECK(tree(folder / "out/all") == expected);
  CHECK(std::filesystem::exists(folder / "out/3/attack.json"));
  CHECK(run_nv(words, setting).code == 0);
  CHECK(tree(folder / "out/all") == expected);
}

TEST_CASE("batch: Snakemake makes the parts and joins them, and then has nothing to do") {
  const std::string snakemake = installed("snakemake");
  if (snakemake.empty()) return;
  const Folder folder;
  const auto expected = one_run(folder);
  const Setting setting = setting_of(snakemake, folder.path());
  const Arguments words{"-s",
                        scripts + "/Snakefile",
                        "--directory",
                        folder.path(),
                        "--cores",
                        "2",
                        "--config",
                        "model=" + lenet,
                        "inputs=" + digits,
                        "method=bim",
                        "eps=0.2",
                        "shards=3",
                        "out=out",
                        "nv=" NV_PROGRAM,
                        "options=--truth from-name"};
  const Outcome outcome = run_nv(words, setting);
  INFO(outcome.err);
  CHECK(outcome.code == 0);
  CHECK(tree(folder / "out/all") == expected);
  const Outcome again = run_nv(words, setting);
  CHECK(again.code == 0);
  CHECK(count_of(again.err + again.out, "Nothing to be done") == 1);
}

TEST_CASE("batch: without arguments the scripts print their usage") {
  for (const char* script : {"/parallel.sh", "/slurm.sbatch"}) {
    const Outcome outcome = run_nv({}, setting_of(scripts + script, "/"));
    CHECK(outcome.code == 2);
    CHECK(outcome.err.starts_with("usage: "));
    CHECK(count_of(outcome.err, "MODEL INPUTS METHOD EPS SHARDS OUT") == 1);
  }
}
