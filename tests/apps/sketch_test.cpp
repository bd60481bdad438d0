// nv sketch: pictures drawn by strokes.
#include <doctest/doctest.h>

#include <filesystem>

#include "support.h"

using namespace nv::test;
namespace fs = std::filesystem;

namespace {
const Arguments seven_strokes{"0.25,0.25 0.75,0.25 0.4,0.9"};

}  // namespace

TEST_CASE(
    "sketch: two results in one file are refused, and nothing is written if the model cannot be opened") {
  const Folder folder;
  CHECK(run_nv({"sketch", "0.1,0.1 0.9,0.9", "-o", folder / "a.png", "--svg", folder / "a.png"}).code == 2);
  CHECK(
      run_nv({"sketch", "0.1,0.1 0.9,0.9", "--svg", folder / "a.svg", "--model", folder / "none.h5"}).code ==
      3);
  CHECK(!std::filesystem::exists(folder / "a.svg"));
}

TEST_CASE("sketch: a drawn seven is read as one, at once and from its file") {
  const Folder folder;
  const std::string file = folder / "7.png";
  const Json drawn =
      nv_json("sketch", with({"sketch", "--mnist", "-o", file, "--model", lenet, "--json"}, seven_strokes));
  CHECK(drawn["sketches"][0]["top"][0]["index"] == 7);
  CHECK(drawn["sketches"][0]["file"] == file);
  const Json again = nv_json("run", {"run", lenet, file, "--layers", "none", "--json"});
  CHECK(again["inputs"][0]["prediction"]["index"] == 7);
}

TEST_CASE("sketch: variations join a folder's sample list, and the same seed gives the same bytes") {
  const Folder folder;
  const Arguments words =
      with({"sketch", "--mnist", "--jitter", "5", "--label", "7", "-q", "-o"}, {folder / "a"});
  CHECK(run_nv(with(words, seven_strokes)).code == 0);
  CHECK(run_nv(with({"sketch", "-q", "--id", "dot", "-o", folder / "a"}, {"0.5,0.5"})).code == 0);
  const Json again = nv_json("run", {"run", lenet, folder / "a", "--layers", "none", "--json"});
  CHECK(again["inputs"].size() == 6);
  CHECK(run_nv(with({"sketch", "--mnist", "--jitter", "5", "--label", "7", "-q", "-o", folder / "b"},
                    seven_strokes))
            .code == 0);
  CHECK(read(folder / "a/sketch-3.png") == read(folder / "b/sketch-3.png"));
  CHECK(run_nv(with({"sketch", "--mnist", "--jitter", "5", "--seed", "1", "-q", "-o", folder / "c"},
                    seven_strokes))
            .code == 0);
  CHECK(read(folder / "a/sketch-3.png") != read(folder / "c/sketch-3.png"));
}

TEST_CASE("sketch: lines of the sample list have their label and prediction, and the list a sheet") {
  const Folder folder;
  const std::string out = folder / "out";
  CHECK(run_nv(with({"sketch", "--mnist", "--jitter", "2", "--label", "7", "--model", lenet, "-q", "-o", out},
                    seven_strokes))
            .code == 0);
  CHECK(run_nv({"sketch", "-q", "--id", "dot", "-o", out, "0.5,0.5"}).code == 0);
  std::vector<Json> samples;
  for (const std::string& line : lines(read(out + "/samples.jsonl"))) samples.push_back(parse(line));
  REQUIRE(samples.size() == 3);
  for (const Json& sample : samples) CHECK(violations("sketch-sample", sample) == "");
  CHECK(samples[0]["label"] == 7);
  CHECK(samples[0]["prediction"]["index"] == 7);
  CHECK_FALSE(samples[2].contains("prediction"));
  CHECK(run_nv({"samples", out, "--sheet", folder / "sheet.png", "-q"}).code == 0);
  CHECK(fs::exists(folder / "sheet.png"));
}

TEST_CASE("sketch --jitter --model: a row per variation, and how many keep the label") {
  const Folder folder;
  const Arguments words =
      with({"sketch", "--mnist", "--jitter", "4", "--label", "7", "--model", lenet, "-q", "-o"},
           with({folder / "out"}, seven_strokes));
  const std::vector<std::string> all = lines(run_nv(words).out);
  REQUIRE(all.size() == 7);
  CHECK(all[0].starts_with("sample"));
  CHECK(all[0].find("file") != std::string::npos);
  CHECK(all[1].starts_with("sketch-0  7"));
  CHECK(all[1].find("sketch-0.png") != std::string::npos);
  CHECK(all[5].ends_with(" of 4 variations keep the label 7 of the drawing itself"));
  CHECK(all[6].ends_with(" of 4 have the label 7 of --label"));
  const Json json = nv_json("sketch", with(words, {"--json"}));
  std::int64_t same = 0;
  for (const Json& one : json["sketches"]) same += one["top"][0]["index"] == 7 ? 1 : 0;
  CHECK(json["summary"]["same_label"] == same);
  CHECK(json["summary"]["drawing"]["index"] == 7);
  CHECK(json["summary"]["right"] == same);
}

TEST_CASE("sketch: options of inputs that have no effect are errors") {
  for (const Arguments& more : {Arguments{"--preprocess", "raw"},
                                {"--model", lenet, "--items", "0"},
                                {"--model", lenet, "--truth", "from-name"}}) {
    INFO(typed(more));
    const Folder folder;
    CHECK(run_nv(with(with({"sketch", "-o", folder / "a.png"}, more), seven_strokes)).code == 2);
  }
}

TEST_CASE("sketch: strokes from standard input, one per line") {
  const Folder folder;
  Setting setting;
  setting.input = "0.25,0.25 0.75,0.25 0.4,0.9\n\n";
  CHECK(run_nv({"sketch", "--stdin", "-q", "-o", folder / "a.png"}, setting).code == 0);
  CHECK(run_nv(with({"sketch", "-q", "-o", folder / "b.png"}, seven_strokes)).code == 0);
  CHECK(read(folder / "a.png") == read(folder / "b.png"));
}

TEST_CASE("sketch: what is wrong is exit 2, and a file that nv did not write stays") {
  const Folder folder;
  for (const Arguments& words : {Arguments{"sketch"},
                                 {"sketch", "0.1,0.1"},
                                 {"sketch", "-o", folder / "a.png"},
                                 {"sketch", "x", "-o", folder / "a.png"},
                                 {"sketch", "0.1,0.1", "-o", folder / "a.pdf"},
                                 {"sketch", "0.1,0.1", "--size", "28x", "-o", folder / "a.png"},
                                 {"sketch", "0.1,0.1", "--jitter", "2", "-o", folder / "a.png"},
                                 {"sketch", "0.1,0.1", "--stdin", "-o", folder / "a.png"}}) {
    INFO(typed(words));
    CHECK(run_nv(words).code == 2);
  }
  write(folder / "mine.png", "mine");
  CHECK(run_nv({"sketch", "0.1,0.1", "-o", folder / "mine.png"}).code == 5);
  CHECK(read(folder / "mine.png") == "mine");
}

TEST_CASE(
    "sketch: labels are classes, other extensions of pictures are no folders, standard output holds one "
    "thing") {
  const Folder folder;
  const std::string stroke = "0.2,0.2 0.8,0.8";
  CHECK(run_nv({"sketch", stroke, "-o", folder / "d", "--label", "-3"}).code == 2);
  for (const char* name : {"x.jpg", "x.JPEG", "x.webp"}) {
    CHECK(run_nv({"sketch", stroke, "-o", folder / name}).code == 2);
    CHECK_FALSE(std::filesystem::exists(folder / name));
  }
  CHECK(run_nv({"sketch", stroke, "-o", "-", "--json"}).code == 2);
  const Outcome out = run_nv({"sketch", stroke, "-o", "-"});
  CHECK(out.code == 0);
  CHECK(out.out.starts_with("\x89PNG"));
  CHECK(out.err == "");
  std::string line;
  for (int i = 0; i < 1000; ++i) line += "0.1,0.1 ";
  const Outcome bad = run_nv({"sketch", line + "x,1", "-o", folder / "y.png"});
  CHECK(bad.code == 2);
  CHECK(bad.err.size() < 250);
}
