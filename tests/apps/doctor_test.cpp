// nv doctor: findings, exit codes, --write.
#include <doctest/doctest.h>

#include <filesystem>

#include "support.h"

using namespace nv::test;

namespace {

/// A copy of LeNet-5 in the folder, without its file of defaults.
std::string copied(const Folder& folder) {
  std::filesystem::copy_file(lenet, folder / "m.h5");
  return folder / "m.h5";
}

const Arguments kept_with_truth{kept_images + "#0-199", "--truth", kept_labels};

}  // namespace

TEST_CASE("doctor: a model and inputs without faults are exit 0") {
  const Outcome outcome = run_nv(with("doctor", {lenet}, kept_with_truth));
  CHECK(outcome.code == 0);
  CHECK(outcome.out == "nothing wrong was found: 200 inputs examined, 11 checks\n");
  const Json json = nv_json("doctor", with("doctor", {lenet, "--json"}, kept_with_truth));
  CHECK(json["findings"].empty());
  CHECK(json["summary"]["inputs"] == 200);
  CHECK(json["preprocessings"][0]["options"] == "--preprocess unit");
  CHECK(json["preprocessings"][0]["accuracy"].get<double>() > 0.95);
  CHECK(json["written"].is_null());
}

TEST_CASE("doctor: a finding is one line with evidence and advice, and exit 1") {
  const Outcome outcome = run_nv(with("doctor", {lenet, "--invert"}, kept_with_truth));
  CHECK(outcome.code == 1);
  const std::vector<std::string> text = lines(outcome.out);
  REQUIRE(text.size() == 2);
  CHECK(text[0].starts_with(
      "error: preprocessing: --preprocess unit --invert does not fit; with --preprocess unit: accuracy 0."));
  CHECK(text[0].ends_with(". Use --preprocess unit."));
  CHECK(text[1] == "1 finding, 200 inputs examined");

  const Outcome json_outcome = run_nv(with("doctor", {lenet, "--invert", "--json"}, kept_with_truth));
  CHECK(json_outcome.code == 1);
  const Json json = parse(json_outcome.out);
  CHECK(violations("doctor", json) == "");
  CHECK(json["findings"][0]["kind"] == "preprocessing");
  CHECK(json["findings"][0]["evidence"]["advised"] == "--preprocess unit");
  CHECK(json["summary"]["errors"] == 1);

  const std::vector<std::string> rows =
      lines(run_nv(with("doctor", {lenet, "--invert", "--csv"}, kept_with_truth)).out);
  REQUIRE(rows.size() == 2);
  CHECK(rows[0] == "kind,severity,where,what,advice");
  CHECK(rows[1].starts_with("preprocessing,error,"));
}

TEST_CASE("doctor: --write puts the better preprocessing beside the model, and the next run finds nothing") {
  const Folder folder;
  const std::string model = copied(folder), file = folder / "m.nv.toml";
  write(file, "# digits\nlabels = \"mnist\"\ninvert = true  # wrong\nfit = \"pad\"\n");
  const Outcome outcome = run_nv(with("doctor", {model, "--write"}, kept_with_truth));
  CHECK(outcome.code == 1);
  CHECK(count_of(outcome.err, "m.nv.toml") == 1);
  CHECK(read(file) == "# digits\nlabels = \"mnist\"\npreprocess = \"unit\"\nfit = \"pad\"\n");
  CHECK(run_nv(with("doctor", {model}, kept_with_truth)).code == 0);

  const Outcome nothing = run_nv(with("doctor", {model, "--write"}, kept_with_truth));
  CHECK(nothing.code == 0);
  CHECK(count_of(nothing.err, "nothing is written") == 1);
  CHECK(read(file) == "# digits\nlabels = \"mnist\"\npreprocess = \"unit\"\nfit = \"pad\"\n");
}

TEST_CASE("doctor: --write makes the file if there is none, and replaces --mean") {
  const Folder folder;
  const std::string model = copied(folder), file = folder / "m.nv.toml";
  CHECK(run_nv(with("doctor", {model, "--write", "--invert"}, kept_with_truth)).code == 1);
  CHECK(read(file) == "preprocess = \"unit\"\n");

  write(file, "mean = [3.5]  # wrong\nstd = 2\n\nfit = \"crop\"\n");
  CHECK(run_nv(with("doctor", {model, "--write"}, kept_with_truth)).code == 1);
  CHECK(read(file) == "preprocess = \"unit\"\n\nfit = \"crop\"\n");
}

TEST_CASE("doctor: --write keeps line ends, and refuses what --defaults would hide") {
  const Folder folder;
  const std::string model = copied(folder), file = folder / "m.nv.toml";
  write(file, "# digits\r\ninvert = true\r\nlabels = \"mnist\"");
  CHECK(run_nv(with("doctor", {model, "--write"}, kept_with_truth)).code == 1);
  CHECK(read(file) == "# digits\r\npreprocess = \"unit\"\r\nlabels = \"mnist\"\r\n");

  write(folder / "d.toml", "invert = true\n");
  const Outcome hidden =
      run_nv(with("doctor", {model, "--write", "--defaults", folder / "d.toml"}, kept_with_truth));
  CHECK(hidden.code == 2);
  CHECK(count_of(hidden.err, "d.toml sets invert, which goes before that in") == 1);
  write(folder / "d.toml", "theme = \"dark\"\nstrict = true\n");
  CHECK(run_nv(with("doctor", {model, "--defaults", folder / "d.toml", "--write"}, kept_with_truth)).code ==
        2);  // no theme
  write(folder / "d.toml", "strict = true\n");
  CHECK(run_nv(with("doctor", {model, "--defaults", folder / "d.toml", "--write"}, kept_with_truth)).code ==
        0);
}

TEST_CASE("doctor: a scale beside the model that cannot apply is a finding that --write removes") {
  const Folder folder;
  const std::string model = copied(folder), file = folder / "m.nv.toml";
  for (const char* scale : {"preprocess = \"caffe\"\n", "mean = [0.1, 0.2, 0.3]\n", "std = 0\n",
                            "preprocess = \"raw\"\nmean = 0.5\n"}) {
    CAPTURE(scale);
    write(file, scale);
    const Outcome outcome = run_nv(with("doctor", {model}, kept_with_truth));
    CHECK(outcome.code == 1);
    CHECK(count_of(outcome.out, "error: preprocessing: " + file + ": ") == 1);
    CHECK(count_of(outcome.out, "--mean") == 0);
    // Elsewhere the file is named, too, not an option that was not given.
    const Outcome run = run_nv({"run", model, seven, "--layers", "none"});
    CHECK(run.code == 2);
    CHECK(count_of(run.err, "nv: error: " + file + ": ") == 1);
    CHECK(run_nv({"run", model, seven, "--layers", "none", "--preprocess", "unit"}).code == 0);
    CHECK(run_nv(with("doctor", {model, "--write"}, kept_with_truth)).code == 1);
    CHECK(read(file) == "preprocess = \"unit\"\n");
  }
  CHECK(run_nv({"doctor", model, seven, "--preprocess", "caffe"}).code == 2);
}

TEST_CASE("doctor: a few inputs come with what they say little about") {
  const Outcome one = run_nv({"doctor", lenet, seven});
  CHECK(one.code == 0);
  CHECK(one.out ==
        "nothing wrong was found: 1 input examined, 11 checks\n"
        "too few inputs to judge: labels (10 inputs), preprocessing (8 inputs), saturation (5 inputs), dead "
        "(30 "
        "inputs), accuracy (30 inputs), duplicates (2 inputs)\n");
  const Json json = nv_json("doctor", with("doctor", {lenet, "--json"}, {kept_images + "#0-199"}));
  REQUIRE(json["hardly_judged"].size() == 2);
  CHECK(json["hardly_judged"][1]["kind"] == "accuracy");
  CHECK(json["hardly_judged"][1]["needs_truth"] == true);
}

TEST_CASE("doctor: labels that do not fit are a finding, not an error of the command line") {
  const Folder folder;
  write(folder / "truth.txt", "7\n1\n");
  const Outcome few = run_nv({"doctor", lenet, digits, "--truth", folder / "truth.txt"});
  CHECK(few.code == 1);
  CHECK(count_of(few.out, "error: labels: ") == 1);
  write(folder / "names.txt", "a\nb\nc\n");
  const Outcome names = run_nv({"doctor", lenet, digits, "--labels", folder / "names.txt"});
  CHECK(names.code == 1);
  CHECK(count_of(names.out, "error: labels: 3 labels for 10 classes") == 1);
  CHECK(run_nv({"doctor", lenet, digits, "--truth", folder / "missing.txt"}).code == 3);
}

TEST_CASE("doctor: the same picture twice, an input that cannot be read is exit 3") {
  const Folder folder;
  const Outcome twice = run_nv({"doctor", lenet, seven, seven});
  CHECK(twice.code == 1);
  CHECK(count_of(twice.out, "error: duplicates: 1 of 2 inputs are the same as one before") == 1);
  write(folder / "bad.png", "no picture");
  const Outcome bad = run_nv({"doctor", lenet, seven, folder / "bad.png", "--json"});
  CHECK(bad.code == 3);
  CHECK(parse(bad.out)["summary"]["unusable"] == 1);
  const Outcome none = run_nv({"doctor", lenet, folder / "bad.png"});
  CHECK(none.code == 3);
  CHECK(none.out == "no input could be examined\n");
}

TEST_CASE("doctor: models that do not classify pictures are examined, too") {
  const Folder folder;
  const Outcome outcome =
      run_nv(with("doctor", dense_model(folder, {"a", "b"}), {vector_input(folder), "--json"}));
  CHECK(outcome.code == 0);
  CHECK(violations("doctor", parse(outcome.out)) == "");
}
