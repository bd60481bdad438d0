// The folder of nv attack: its layout, folders of earlier versions, folders without samples, joined pictures.
#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>

#include "support.h"

using namespace nv::test;

namespace {

namespace fs = std::filesystem;

const Arguments fgsm{"attack", lenet, digits, "--truth", "from-name", "--method", "fgsm", "--eps", "0.3"};

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size())
    text.replace(at, from.size(), to);
  return text;
}

/// Gives the files of a folder the names of versions before folders per method.
void make_flat(const std::string& folder, const std::string& method) {
  std::vector<std::pair<std::string, std::string>> names_of_files;
  for (const std::string& name : names(folder)) {
    if (!name.starts_with(method + "/")) continue;
    const fs::path path(name);
    const std::string stem = path.stem().string() + "." + method;
    names_of_files.emplace_back(
        name, name.starts_with(method + "/sheets/") ? stem + ".sheet.png" : stem + path.extension().string());
  }
  for (const auto& [name, flat] : names_of_files) fs::rename(folder + "/" + name, folder + "/" + flat);
  fs::remove_all(folder + "/" + method);
  for (const char* list : {"attack.json", "attack.jsonl", "samples.jsonl", "nv-manifest.json"}) {
    std::string text = read(folder + "/" + list);
    for (const auto& [name, flat] : names_of_files) text = replaced(text, '"' + name + '"', '"' + flat + '"');
    write(folder + "/" + list, text);
  }
}

}  // namespace

TEST_CASE("attack -o: samples are in a folder per method, sheets below it") {
  const Folder folder;
  REQUIRE(run_nv(with(fgsm, {"-o", folder / "out"})).code == 0);
  for (const std::string& name : names(folder / "out")) {
    CAPTURE(name);
    const bool list = name.find('/') == std::string::npos && name.find("json") != std::string::npos;
    CHECK((list || name.starts_with("fgsm/")));
  }
  const Json first = parse(lines(read(folder / "out/samples.jsonl"))[0]);
  CHECK(first["file"].get<std::string>().starts_with("fgsm/"));
  CHECK(first["picture"] == replaced(first["file"], ".npy", ".png"));
  CHECK(first["sheet"] == replaced(first["picture"], "fgsm/", "fgsm/sheets/"));
  // The folder of a method is one of pictures, without the sheets.
  const Json pictures = nv_json("run", {"run", lenet, folder / "out/fgsm", "--layers", "none", "--json"});
  CHECK(pictures["inputs"].size() == lines(read(folder / "out/samples.jsonl")).size());
}

TEST_CASE("attack -o: folders of versions without folders per method are read, continued and replaced") {
  const Folder folder;
  const std::string out = folder / "out";
  REQUIRE(run_nv(with(fgsm, {"-o", out})).code == 0);
  const std::size_t samples = lines(read(out + "/samples.jsonl")).size();
  make_flat(out, "fgsm");
  const auto flat = tree(out);
  CHECK(flat.contains("7_0293.fgsm.sheet.png"));
  CHECK(nv_json("samples", {"samples", out, "--json"})["samples"].size() == samples);
  CHECK(nv_json("run", {"run", lenet, out, "--layers", "none", "--json"})["inputs"].size() == samples);
  CHECK(run_nv({"compare", lenet, out, "--layers", "conv1"}).code == 0);
  CHECK(run_nv({"samples", out + "#7_0293.fgsm", "--sheet", folder / "one.png"}).code == 0);

  // A finished run stays as it is; an interrupted one goes on, its samples keep their names.
  CHECK(run_nv(with(fgsm, {"-o", out, "--resume"})).code == 0);
  CHECK(tree(out).contains("7_0293.fgsm.npy"));
  CHECK(read(out + "/samples.jsonl") == flat.at("samples.jsonl"));
  const std::string journal = flat.at("attack.jsonl");
  write(out + "/attack.jsonl", journal.substr(0, journal.size() / 2));
  fs::remove(out + "/attack.json");
  CHECK(run_nv(with(fgsm, {"-o", out, "--resume"})).code == 0);
  const std::string list = read(out + "/samples.jsonl");
  CHECK(lines(list).size() == samples);
  CHECK(list.find(".fgsm.npy\"") != std::string::npos);
  CHECK(list.find("\"fgsm/") != std::string::npos);

  // A new run replaces them.
  CHECK(run_nv(with(fgsm, {"-o", out})).code == 0);
  for (const std::string& name : names(out)) CHECK(name.find(".fgsm.") == std::string::npos);
  CHECK(lines(read(out + "/samples.jsonl")).size() == samples);
}

TEST_CASE("attack --merge: shards of versions without folders per method are joined") {
  const Folder folder;
  for (const std::string part : {"1", "2"})
    REQUIRE(run_nv(with(fgsm, {"--shard", part + "/2", "-o", folder / part})).code == 0);
  make_flat(folder / "2", "fgsm");
  CHECK(run_nv({"attack", "--merge", folder / "1", folder / "2", "-o", folder / "all"}).code == 0);
  const Json json = nv_json("samples", {"samples", folder / "all", "--json"});
  CHECK(json["samples"].size() ==
        lines(read(folder / "1/samples.jsonl")).size() + lines(read(folder / "2/samples.jsonl")).size());
  CHECK(run_nv({"run", lenet, folder / "all", "--layers", "none"}).code == 0);
}

TEST_CASE("attack --merge: curve, transfer and text equal those of one run, byte for byte") {
  const Folder folder;
  REQUIRE(run_nv({"convert", lenet, "-o", folder / "same.keras"}).code == 0);
  const Arguments words{"attack",   lenet,     digits,       "--truth",    "from-name",           "--method",
                        "fgsm,bim", "--curve", "16/255,0.3", "--transfer", folder / "same.keras", "--theme",
                        "dark",     "--width", "120mm"};
  const Outcome whole = run_nv(with(words, {"-o", folder / "one"}));
  REQUIRE(whole.code == 0);
  Arguments merge{"attack", "--merge"};
  for (const std::string part : {"1", "2", "3"}) {
    REQUIRE(run_nv(with(words, {"--shard", part + "/3", "-o", folder / part})).code == 0);
    merge.push_back(folder / part);
  }
  const Outcome merged = run_nv(with(merge, {"-o", folder / "all"}));
  CHECK(merged.code == 0);
  CHECK(merged.out == whole.out);
  const auto all = tree(folder / "all");
  CHECK(all.contains("curve.png"));
  CHECK(all.contains("transfer.png"));
  CHECK(all == tree(folder / "one"));
  CHECK(lines(run_nv(with(merge, {"-o", folder / "lines", "--lines"})).out).size() ==
        lines(whole.out).size() + 2 * names(digits).size());
  // Options of pictures of the merge itself are used.
  REQUIRE(run_nv(with(merge, {"-o", folder / "light", "--width", "100mm"})).code == 0);
  CHECK(tree(folder / "light").at("curve.png") != all.at("curve.png"));
}

TEST_CASE("a folder of an attack that found nothing: the other commands say so") {
  const Folder folder;
  const std::string out = folder / "out";
  REQUIRE(run_nv({"attack", lenet, digits, "--method", "fgsm,bim", "--eps", "1/255", "-o", out}).code == 1);
  const std::size_t inputs = names(digits).size();
  const std::string expected =
      out + ": no samples: 0 of " + std::to_string(2 * inputs) + " attacks succeeded";
  for (const Arguments& words : {Arguments{"samples", out}, {"compare", lenet, out}, {"run", lenet, out}}) {
    INFO(typed(words));
    const Outcome outcome = run_nv(words);
    CHECK(outcome.code == 3);
    CHECK(outcome.err.find(expected) != std::string::npos);
  }
}
