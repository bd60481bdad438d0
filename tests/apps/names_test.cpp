// Names of results in a folder: safe, complete characters, unique, none of nv's own.
#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "nv/core/file.h"
#include "support.h"

using namespace nv::test;
namespace fs = std::filesystem;

namespace {

using Names = std::vector<std::string>;

/// Checks that the files named by the document exist and are unique; returns their number.
std::size_t named_files(const std::string& folder, const Json& json) {
  std::set<std::string> seen;
  const std::vector<const Json*> runs = [&] {
    std::vector<const Json*> list;
    if (json.contains("runs"))
      for (const Json& run : json["runs"]) list.push_back(&run);
    else
      list.push_back(&json);
    return list;
  }();
  for (const Json* run : runs)
    for (const Json& input : (*run)["inputs"])
      if (input.contains("files"))
        for (const auto& file : input["files"].items()) {
          const auto name = file.value().get<std::string>();
          CAPTURE(name);
          CHECK(seen.insert(name).second);
          CHECK(fs::exists(folder + "/" + name));
        }
  return seen.size();
}

std::string repeated(const std::string& text, int times) {
  std::string all;
  for (int i = 0; i < times; ++i) all += text;
  return all;
}

}  // namespace

TEST_CASE("names: long names in other scripts and names that differ at their ends have separate files") {
  const Folder folder;
  const std::string png = read(seven);
  for (const std::string& name :
       {repeated("日", 60), repeated("日", 59) + "本", repeated("日本", 41), std::string(200, 'a') + "1",
        std::string(200, 'a') + "2", std::string(180, 'b'), std::string(251, 'c')})
    write(folder / ("in/" + name + ".png"), png);
  const Json run =
      nv_json("run", {"run", lenet, folder / "in", "--layers", "none", "--json", "-o", folder / "run"});
  CHECK(named_files(folder / "run", run) == 7);
  const Json attack = nv_json("attack", {"attack", lenet, folder / "in", "--method", "fgsm,bim", "--eps",
                                         "0.6", "--json", "--keep", "all", "-o", folder / "attack"});
  CHECK(named_files(folder / "attack", attack) >= 7 * 2 * 2);
  for (const std::string& name : names(folder / "attack")) {
    CHECK(fs::path(name).filename().string().size() <= 255);
    CHECK(nv::read_file(folder / ("attack/" + name)).empty() == false);
  }
  // In single runs they get the same names, and none replaces another.
  for (const std::string& name : names(folder / "in"))
    CHECK(run_nv({"attack", lenet, folder / ("in/" + name), "--method", "fgsm", "--eps", "0.6", "-q",
                  "--keep", "all", "-o", folder / "loop"})
              .code <= 1);
  std::size_t samples = 0;
  for (const std::string& name : names(folder / "loop")) samples += name.ends_with(".npy") ? 1 : 0;
  CHECK(samples == 7);
}

TEST_CASE("names: ids of a sample list that are similar in the file system, in one run and in sequence") {
  const Folder folder;
  const std::string npy = read(small_input);
  std::string list;
  for (const std::string id :
       {"a/b", "a-b", "A-b", "a\\\\b", "../x", "..", "a\\tb", "run.json", ".nv-lock"}) {
    const std::string file = std::to_string(list.size()) + ".npy";
    write(folder / ("in/" + file), npy);
    list += R"({"id":")" + id + R"(","file":")" + file + "\"}\n";
  }
  write(folder / "in/samples.jsonl", list);
  const Arguments words{"run", small, folder / "in", "--layers", "none", "--json"};
  Arguments at_once = words;
  at_once.insert(at_once.end(), {"-o", folder / "out"});
  const Json json = nv_json("run", at_once);
  CHECK(named_files(folder / "out", json) == 9);
  CHECK(json["inputs"][0]["files"]["prediction"] == "a-b/prediction.json");
  CHECK(json["inputs"][1]["files"]["prediction"] == "a-b.2/prediction.json");
  const auto first = tree(folder / "out");
  CHECK(nv_json("run", at_once) == json);
  CHECK(tree(folder / "out") == first);
  // In a loop, in reverse order: each keeps its name.
  for (int round = 0; round < 2; ++round)
    for (const std::string item : {"1", "0", "3"})
      CHECK(run_nv({"run", small, folder / "in", "--items", item, "--layers", "none", "-q", "-o",
                    folder / "loop"})
                .code == 0);
  CHECK(names(folder / "loop") == Names{"a-b.2/prediction.json", "a-b.3/prediction.json",
                                        "a-b/prediction.json", "nv-manifest.json", "run.json"});
  CHECK(parse_file(folder / "loop/a-b/prediction.json")["id"] == "a-b");
  CHECK(parse_file(folder / "loop/a-b.2/prediction.json")["id"] == "a/b");
  CHECK(violations("manifest", parse_file(folder / "loop/nv-manifest.json")) == "");
}

TEST_CASE("names: an image with the name of a file of nv's does not replace it") {
  const Folder folder;
  const Names own{"run.json", "explain.json", "attack.json", "samples.jsonl", "nv-manifest.json",
                  ".nv-lock", "attack.jsonl", "overview",    "curve.png"};
  for (const std::string& name : own) write(folder / ("in/" + name + ".png"), read(seven));
  for (const Arguments& words : {Arguments{"run", lenet, "--layers", "none"}, {"explain", lenet}}) {
    Arguments all = words;
    for (const std::string& name : own) all.push_back(folder / ("in/" + name + ".png"));
    const std::string out = folder / words[0];
    all.insert(all.end(), {"--json", "-o", out});
    const Json json = nv_json(words[0], all);
    const std::size_t files = words[0] == "explain" ? 2 : 1;  // with the map over the input
    CHECK(named_files(out, json) == files * own.size());
    CHECK(parse_file(out + "/" + words[0] + ".json") == json);
  }
}

TEST_CASE("names: bytes that are not UTF-8 become names that the manifest can contain") {
  const Folder folder;
  write(folder / "in/caf\xe9.png", read(seven));
  write(folder / "in/caf\xe8.png", read(seven));
  const Arguments words{"run", lenet, folder / "in", "--layers", "none", "--json", "-o", folder / "out"};
  CHECK(named_files(folder / "out", nv_json("run", words)) == 2);
  CHECK(named_files(folder / "out", nv_json("run", words)) == 2);
}

TEST_CASE("names: -o NAME.png is one sheet or exit 2, never a folder") {
  const Folder folder;
  const Arguments freeze{"--freeze", "conv1:0"};
  const std::vector<std::pair<Arguments, int>> cases{
      {{"run", lenet, seven}, 0},
      {{"explain", lenet, seven}, 0},
      {{"mutate", lenet, seven, "--freeze", "conv1:0"}, 0},
      {{"mutate", lenet, seven, "--rank-filters", "--layers", "conv1"}, 0},
      {{"compare", lenet, seven, "--freeze", "conv1:0"}, 0},
      {{"run", lenet, seven, seven}, 2},
      {{"explain", lenet, seven, seven}, 2},
      {{"mutate", lenet, seven, seven, "--freeze", "conv1:0"}, 2},
      {{"mutate", lenet, seven, "--generate", "2"}, 2},
      {{"attack", lenet, seven, "--method", "fgsm"}, 2}};
  for (const auto& [words, code] : cases)
    for (const std::string extension : {"png", "svg", "pdf", "jpg"}) {
      Arguments all = words;
      const std::string file = folder / ("x." + extension);
      all.insert(all.end(), {"-q", "-o", file});
      INFO(typed(all));
      const Outcome outcome = run_nv(all);
      const int expected = extension == "jpg" ? 2 : code;
      CHECK(outcome.code == expected);
      if (expected == 2) CHECK(not_one_error(outcome, "-o ") == "");
      CHECK(fs::is_regular_file(file) == (expected == 0));
      CHECK_FALSE(fs::is_directory(file));
      fs::remove_all(file);
    }
}
