// nv samples: list, selection, export, sheet, removal.
#include <doctest/doctest.h>

#include <filesystem>

#include "nv/data/npz.h"
#include "support.h"

using namespace nv::test;

namespace {

const std::string seven_too = NV_EXAMPLES "/digits/7_0414.png";

/// Samples of three digits by one attack, then of one by another.
void make_samples(const std::string& folder) {
  REQUIRE(
      run_nv({"attack", lenet, seven, digit_one, seven_too, "--method", "pgd", "--eps", "0.25", "-o", folder})
          .code == 0);
  REQUIRE(run_nv({"attack", lenet, seven, "--method", "deepfool", "-o", folder}).code == 0);
}

Json samples_json(Arguments words) {
  words.insert(words.begin(), "samples");
  words.emplace_back("--json");
  return nv_json("samples", words);
}

Arguments ids_of_samples(const Json& json) {
  Arguments list;
  for (const Json& sample : json["samples"]) list.push_back(sample["id"].get<std::string>());
  return list;
}

nv::NpzReader open_npz(const std::string& file) {
  const std::string text = read(file);
  const auto* data = reinterpret_cast<const std::byte*>(text.data());
  return {nv::Bytes(data, data + text.size()), file};
}

}  // namespace

TEST_CASE("samples: one line per sample with prediction and distances, then the count") {
  const Folder folder;
  const std::string out = folder / "out";
  make_samples(out);
  const Outcome outcome = run_nv({"samples", out});
  CHECK(outcome.code == 0);
  CHECK(outcome.err == "");
  const auto text = lines(outcome.out);
  REQUIRE(text.size() == 7);
  CHECK(text[0].starts_with("id "));
  CHECK(text[1].starts_with("7_0293.pgd "));
  CHECK(text[1].find(" pgd ") != std::string::npos);
  CHECK(text[1].find(" 7 -> ") != std::string::npos);
  CHECK(text[4].starts_with("7_0293.deepfool "));
  CHECK(text[6] == "4 of 4 samples");
  CHECK(lines(run_nv({"samples", out + "#1_0054.pgd"}).out).size() == 4);
}

TEST_CASE("samples --json: the lines of the list with their folder") {
  const Folder folder;
  const std::string out = folder / "out";
  make_samples(out);
  const Json json = samples_json({out});
  CHECK(json["total"] == 4);
  const auto list = lines(read(out + "/samples.jsonl"));
  REQUIRE(json["samples"].size() == list.size());
  for (std::size_t i = 0; i < list.size(); ++i) {
    Json sample = json["samples"][i];
    CHECK(sample["folder"] == out);
    sample.erase("folder");
    CHECK(sample == parse(list[i]));
    CHECK(violations("sample", sample) == "");
  }
}

TEST_CASE("samples --where: all conditions must hold, --sort, --reverse and --head after it") {
  const Folder folder;
  const std::string out = folder / "out";
  make_samples(out);
  const Json all = samples_json({out});
  CHECK(ids_of_samples(samples_json({out, "--where", "method=pgd"})) ==
        Arguments{"7_0293.pgd", "1_0054.pgd", "7_0414.pgd"});
  CHECK(ids_of_samples(samples_json({out, "--where", "method=pgd", "--where", "label!=7"})) ==
        Arguments{"1_0054.pgd"});
  CHECK(ids_of_samples(samples_json({out, "--where", "id=7_0293.*"})) ==
        Arguments{"7_0293.pgd", "7_0293.deepfool"});
  CHECK(ids_of_samples(samples_json({out, "--where", "linf>1"})).empty());
  const std::string prediction = all["samples"][0]["prediction"]["label"].get<std::string>();
  const Json alike = samples_json({out, "--where", "prediction=" + prediction});
  for (const Json& s : alike["samples"]) CHECK(s["prediction"]["label"] == prediction);
  const Json sorted = samples_json({out, "--sort", "l2"});
  for (std::size_t i = 1; i < 4; ++i)
    CHECK(sorted["samples"][i - 1]["l2"].get<double>() <= sorted["samples"][i]["l2"].get<double>());
  const Json last = samples_json({out, "--sort", "l2", "--reverse", "--head", "1"});
  CHECK(ids_of_samples(last) == Arguments{ids_of_samples(sorted).back()});
  CHECK(last["total"] == 4);
  // No option takes two arguments in a row.
  CHECK(ids_of_samples(samples_json({"--where", "method=deepfool", out})) == Arguments{"7_0293.deepfool"});
}

TEST_CASE("samples: several folders are one list") {
  const Folder folder;
  const std::string a = folder / "a", b = folder / "b";
  make_samples(a);
  REQUIRE(run_nv({"attack", lenet, digit_one, "--method", "fgsm", "--eps", "0.4", "-o", b}).code == 0);
  const Json json = samples_json({a, b, "--sort", "id"});
  CHECK(json["folders"] == Json({a, b}));
  CHECK(ids_of_samples(json) ==
        Arguments{"1_0054.fgsm", "1_0054.pgd", "7_0293.deepfool", "7_0293.pgd", "7_0414.pgd"});
  CHECK(run_nv({"samples", a, b}).out.starts_with("folder "));
}

TEST_CASE("samples --export: one .npz that NumPy opens, and nv too") {
  const Folder folder;
  const std::string out = folder / "out", file = folder / "found.npz";
  make_samples(out);
  const Json json = samples_json({out, "--where", "method=pgd", "--export", file});
  CHECK(json["export"] == file);
  const nv::NpzReader npz = open_npz(file);
  CHECK(npz.names() == Arguments{"x", "label", "prediction", "id", "method", "origin"});
  const nv::NpyArray x = npz.read("x");
  CHECK(x.shape == nv::Shape{3, 28, 28, 1});
  CHECK(x.type == nv::ScalarType::float32);
  CHECK(npz.read("label").as_integers(file) == std::vector<std::int64_t>{7, 1, 7});
  const auto predictions = npz.read("prediction").as_integers(file);
  const Json run = nv_json("run", {"run", lenet, file + ":x", "--layers", "none", "--json"});
  for (std::size_t i = 0; i < 3; ++i) {
    CHECK(json["samples"][i]["prediction"]["index"] == predictions[i]);
    CHECK(run["inputs"][i]["prediction"] == json["samples"][i]["prediction"]);
  }
  // The same selection gives the same bytes.
  const std::string bytes = read(file);
  CHECK(run_nv({"samples", out, "--where", "method=pgd", "--export", file}).out ==
        file + ": 3 of 4 samples\n");
  CHECK(read(file) == bytes);
}

TEST_CASE("samples --export: samples of several sizes, and an empty selection, are refused") {
  const Folder folder;
  const std::string out = folder / "out", other = folder / "other", file = folder / "x.npz";
  make_samples(out);
  REQUIRE(run_nv({"attack", vgg, NV_EXAMPLES "/photos/chelsea-32.png", "--method", "fgsm", "--eps", "0.1",
                  "-o", other})
              .code == 0);
  const Outcome sizes = run_nv({"samples", out, other, "--export", file});
  CHECK(sizes.code == 3);
  CHECK(not_one_error(sizes, other + ": chelsea-32.fgsm is 32 x 32 x 3, but 7_0293.pgd is 28 x 28 x 1") ==
        "");
  const Outcome none = run_nv({"samples", out, "--where", "linf>9", "--export", file});
  CHECK(none.code == 3);
  CHECK(not_one_error(none, "no sample is chosen") == "");
  CHECK_FALSE(std::filesystem::exists(file));
}

TEST_CASE("samples --sheet: the pictures on a sheet, as PNG, SVG or PDF") {
  const Folder folder;
  const std::string out = folder / "out";
  make_samples(out);
  for (const char* name : {"s.png", "s.svg", "s.pdf"}) {
    const std::string file = folder / name;
    CHECK(run_nv({"samples", out, "--sheet", file}).out == file + ": 4 of 4 samples\n");
    CHECK(read(file).size() > 500);
  }
  const std::string svg = read(folder / "s.svg");
  CHECK(count_of(svg, "<image") == 4);
  CHECK(count_of(svg, "7 → ") == 3);
  CHECK(count_of(svg, folder.path()) == 0);
}

TEST_CASE("samples --remove: removed from list and disk, and later runs keep track of their files") {
  const Folder folder;
  const std::string out = folder / "out";
  make_samples(out);
  const Json before = samples_json({out});
  const Outcome outcome = run_nv({"samples", out, "--where", "method=pgd", "--where", "label=7", "--remove"});
  CHECK(outcome.code == 0);
  CHECK(outcome.out == "2 of 4 samples removed\n");
  CHECK(ids_of_samples(samples_json({out})) == Arguments{"1_0054.pgd", "7_0293.deepfool"});
  const Arguments there = names(out);
  for (const char* gone : {"pgd/7_0293.npy", "pgd/7_0293.png", "pgd/7_0414.npy"})
    CHECK(std::ranges::count(there, gone) == 0);
  for (const char* stays : {"pgd/1_0054.npy", "pgd/1_0054.png", "deepfool/7_0293.npy", "attack.json"})
    CHECK(std::ranges::count(there, stays) == 1);
  const Json manifest = parse_file(out + "/nv-manifest.json");
  CHECK(violations("manifest", manifest) == "");
  CHECK(manifest["command"] == "attack");
  CHECK(manifest["files"].size() == there.size() - 1);
  CHECK(samples_json({out + "#7_0293.deepfool", "--remove"})["removed"] == 1);
  CHECK(samples_json({out, "--remove", "--all"})["removed"] == 1);
  CHECK(run_nv({"samples", out}).out == "0 of 0 samples\n");
  CHECK(run_nv({"attack", lenet, digit_one, "--method", "pgd", "--eps", "0.25", "-o", out}).code == 0);
  CHECK(ids_of_samples(samples_json({out})) == Arguments{"1_0054.pgd"});
}

TEST_CASE("samples --remove: a list that nv did not write is kept, unless --force is given") {
  const Folder folder;
  const std::string out = folder / "mine";
  std::filesystem::create_directories(out);
  write(out + "/a.npy", "a");
  write(out + "/b.npy", "b");
  const std::string list = "{\"id\": \"a\", \"file\": \"a.npy\"}\n{\"id\": \"b\", \"file\": \"b.npy\"}\n";
  write(out + "/samples.jsonl", list);
  const Arguments words{"samples", out, "--where", "id=a", "--remove"};
  CHECK(run_nv(words).code == 5);
  CHECK(read(out + "/samples.jsonl") == list);
  Arguments forced = words;
  forced.emplace_back("--force");
  CHECK(run_nv(forced).out == "1 of 2 samples removed\n");
  CHECK(ids_of_samples(samples_json({out})) == Arguments{"b"});
  CHECK_FALSE(std::filesystem::exists(out + "/a.npy"));
  CHECK(std::filesystem::exists(out + "/b.npy"));
}

TEST_CASE("samples --where: a class by its name, from the lists or --labels") {
  const Folder folder;
  const std::string out = folder / "out", unnamed = folder / "unnamed";
  REQUIRE(
      run_nv({"attack", vgg, example("photos/chelsea-32.png"), "--method", "pgd", "--eps", "0.1", "-o", out})
          .code == 0);
  const Json all = samples_json({out});
  const std::string label = all["samples"][0]["original"]["label"];
  REQUIRE(label.size() > 2);
  CHECK(ids_of_samples(samples_json({out, "--where", "label=" + label})) == ids_of_samples(all));
  CHECK(ids_of_samples(samples_json({out, "--where", "label=" + label.substr(0, 2) + "*"})) ==
        ids_of_samples(all));
  CHECK(ids_of_samples(samples_json({out, "--where", "label!=" + label})).empty());
  CHECK(ids_of_samples(samples_json({out, "--where", "original=" + label})) == ids_of_samples(all));
  const Outcome typo = run_nv({"samples", out, "--where", "label=" + label + "t"});
  CHECK(typo.code == 2);
  CHECK(not_one_error(typo, "--where: label=" + label + "t: no class '" + label + "t'") == "");
  CHECK(count_of(typo.err, "did you mean " + label) == 1);
  CHECK(ids_of_samples(samples_json({out, "--where", "label=truck", "--labels", "cifar10"})).empty());
  REQUIRE(
      run_nv({"attack", lenet, digit_one, "--method", "pgd", "--eps", "0.25", "--no-defaults", "-o", unnamed})
          .code == 0);
  const Outcome none = run_nv({"samples", unnamed, "--where", "label=one"});
  CHECK(none.code == 2);
  CHECK(count_of(none.err, "--labels") == 1);
}

TEST_CASE("samples: an invalid command line is exit 2, with a hint if there is one") {
  const Folder folder;
  const std::string out = folder / "out";
  REQUIRE(run_nv({"attack", lenet, digit_one, "--method", "pgd", "--eps", "0.25", "-o", out}).code == 0);
  const auto refused = [&](Arguments words, const std::string& beginning) {
    words.insert(words.begin(), {"samples", out});
    const Outcome outcome = run_nv(words);
    CAPTURE(outcome.err);
    CHECK(outcome.code == 2);
    CHECK(not_one_error(outcome, beginning) == "");
    return outcome.err;
  };
  CHECK(count_of(refused({"--where", "metod=pgd"}, "--where: samples have no field 'metod'"), "method") == 1);
  refused({"--where", "pgd"}, "--where: expected a condition, got 'pgd'");
  refused({"--where", "method<3"}, "--where: method<3: method is not a number");
  refused({"--where", "linf<small"}, "--where: linf<small: expected a number, got 'small'");
  refused({"--sort", "size"}, "--sort: samples have no field 'size'");
  refused({"--reverse"}, "samples: --reverse needs --sort");
  refused({"--remove"}, "samples: --remove without a condition");
  refused({"--remove", "--head", "1"}, "samples: --remove without a condition");
  refused({"--all"}, "samples: --all needs --remove");
  refused({"--export", "x.npy"}, "--export x.npy: is not the name of an .npz");
  refused({"--sheet", "x.gif"}, "--sheet x.gif: is not the name of a picture");
  refused({"--sheet", out + "/pgd/1_0054.png"}, "--sheet " + out + "/pgd/1_0054.png: is a file of the list");
  CHECK(run_nv({"samples"}).code == 2);
  CHECK(lines(read(out + "/samples.jsonl")).size() == 1);
}

TEST_CASE("samples: a folder without a list, an unknown id and a damaged list are exit 3") {
  const Folder folder;
  const std::string out = folder / "out";
  REQUIRE(run_nv({"attack", lenet, digit_one, "--method", "pgd", "--eps", "0.25", "-o", out}).code == 0);
  CHECK(not_one_error(run_nv({"samples", folder.path()}),
                      folder.path() + ": no folder with a samples.jsonl") == "");
  const Outcome unknown = run_nv({"samples", out + "#1_0054.pdg"});
  CHECK(unknown.code == 3);
  CHECK(not_one_error(unknown, out + ": no sample '1_0054.pdg' in the list") == "");
  write(out + "/samples.jsonl", "{\"id\": \"a\", \"file\": \"../secret.npy\"}\n");
  CHECK(run_nv({"samples", out}).code == 3);
}
