// nv attack over many inputs: interrupted runs, shards, curves, other models, 8-bit images.
#include <doctest/doctest.h>

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "nv/data/npy.h"
#include "support.h"

using namespace nv::test;

namespace {

const std::string images = NV_EXAMPLES "/idx/kept-images-idx3-ubyte.gz";
const std::string truth = NV_EXAMPLES "/idx/kept-labels-idx1-ubyte.gz";

Arguments attack(const Arguments& more) {
  Arguments words{"attack", lenet, images, "--items", "0-39", "--truth", truth};
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

}  // namespace

TEST_CASE("attack --shard, --merge: joined folders equal that of one run, byte for byte") {
  const Folder folder;
  // boundary starts at other inputs of the run, which may be in another shard.
  const Arguments words =
      attack({"--method", "pgd,boundary", "--eps", "0.2", "--steps", "20", "--keep", "all"});
  REQUIRE(run_nv(with(words, {"-o", folder / "one"})).code == 0);
  Arguments merge{"attack", "--merge"};
  for (const std::string part : {"3", "1", "2"}) {
    REQUIRE(run_nv(with(words, {"--shard", part + "/3", "--threads", part, "-o", folder / part})).code == 0);
    merge.push_back(folder / part);
  }
  REQUIRE(run_nv(with(merge, {"-o", folder / "all"})).code == 0);
  CHECK(names(folder / "all").size() > 80);
  CHECK(tree(folder / "all") == tree(folder / "one"));
}

TEST_CASE("attack --merge: reports shards that do not belong together") {
  const Folder folder;
  const Arguments words{"attack", lenet, images, "--items", "0-3", "--truth", truth, "--method", "fgsm"};
  for (const std::string part : {"1", "2"})
    REQUIRE(run_nv(with(words, {"--shard", part + "/2", "-o", folder / part})).code == 0);
  REQUIRE(run_nv(with(words, {"--shard", "2/2", "--eps", "0.3", "-o", folder / "other"})).code == 0);
  run_nv(with(words, {"-o", folder / "whole"}));
  const auto merged = [&](const Arguments& parts) {
    Arguments line{"attack", "--merge"};
    for (const std::string& part : parts) line.push_back(folder / part);
    return run_nv(with(line, {"-o", folder / "all"}));
  };
  CHECK(merged({"1"}).err.find("shard 2/2 is missing") != std::string::npos);
  CHECK(merged({"1", "1", "2"}).err.find("are both shard 1/2") != std::string::npos);
  CHECK(merged({"1", "other"}).err.find("is of another run") != std::string::npos);
  CHECK(merged({"1", "whole"}).err.find("is not of a run with --shard") != std::string::npos);
  CHECK(merged({"1", "nowhere"}).err.find("holds no run of nv attack") != std::string::npos);
  for (const Arguments& parts : {Arguments{"1"}, {"1", "other"}, {"1", "nowhere"}})
    CHECK(merged(parts).code == 3);
  CHECK_FALSE(std::filesystem::exists(folder / "all"));
  // An interrupted shard is not joined.
  const std::string journal = folder / "2/attack.jsonl";
  const std::string text = read(journal);
  write(journal, text.substr(0, text.size() - 10));
  CHECK(merged({"1", "2"}).err.find("1 of its 2 inputs are done") != std::string::npos);
}

TEST_CASE("attack --resume: continues an interrupted run, with the same bytes and text") {
  const Folder folder;
  const Arguments words = attack({"--method", "bim,deepfool", "--eps", "0.25"});
  const Outcome whole = run_nv(with(words, {"-o", folder / "one"}));
  REQUIRE(whole.code == 0);
  // As after a crash: some inputs done, the next line incomplete, no manifest, no sample list.
  for (const double share : {0.1, 0.45, 0.8}) {
    CAPTURE(share);
    const std::string out = folder / "again";
    std::filesystem::remove_all(out);
    std::filesystem::copy(folder / "one", out, std::filesystem::copy_options::recursive);
    std::string listed;
    for (const std::string& name : names(out)) listed += name + '\n';
    const std::string text = read(out + "/attack.jsonl");
    write(out + "/attack.jsonl",
          text.substr(0, static_cast<std::size_t>(share * static_cast<double>(text.size()))));
    for (const char* gone : {"attack.json", "samples.jsonl", "nv-manifest.json"})
      std::filesystem::remove(out + "/" + gone);
    write(out + "/.nv-lock", listed);
    const Outcome resumed = run_nv(with(words, {"-o", out, "--resume"}));
    CHECK(resumed.code == whole.code);
    CHECK(resumed.out == whole.out);
    CHECK(tree(out) == tree(folder / "one"));
  }
  // A finished run does nothing; other options are refused; without a run it starts.
  CHECK(run_nv(with(words, {"-o", folder / "one", "--resume"})).out == whole.out);
  const Outcome other = run_nv(with(words, {"-o", folder / "one", "--resume", "--seed", "1"}));
  CHECK(other.code == 2);
  CHECK(other.err.find("is of another run: seed was ") != std::string::npos);
  CHECK(run_nv(with(words, {"-o", folder / "new", "--resume"})).code == 0);
}

TEST_CASE("attack --resume, --merge: removed samples stay removed") {
  const Folder folder;
  const Arguments words = attack({"--method", "bim", "--eps", "0.3"});
  REQUIRE(run_nv(with(words, {"-o", folder / "one"})).code == 0);
  const std::string list = read(folder / "one/samples.jsonl");
  REQUIRE(std::ranges::count(list, '\n') > 2);
  const std::string first = Json::parse(list.substr(0, list.find('\n')))["id"];
  const Arguments remove{"samples", "--remove"};
  REQUIRE(run_nv(with(remove, {folder / ("one#" + first)})).code == 0);
  const auto after = tree(folder / "one");
  CHECK(run_nv(with(words, {"-o", folder / "one", "--resume"})).code == 0);
  CHECK(tree(folder / "one").at("samples.jsonl") == after.at("samples.jsonl"));
  CHECK(run_nv({"run", lenet, folder / "one"}).code == 0);

  Arguments merge{"attack", "--merge", "-o", folder / "all"};
  for (const std::string part : {"1", "2"}) {
    REQUIRE(run_nv(with(words, {"--shard", part + "/2", "-o", folder / part})).code == 0);
    merge.push_back(folder / part);
  }
  REQUIRE(run_nv(with(remove, {folder / ("1#" + first)})).code == 0);
  REQUIRE(run_nv(merge).code == 0);
  CHECK(read(folder / "all/samples.jsonl") == after.at("samples.jsonl"));
  // Files in the list must exist.
  const std::string rest = read(folder / "1/samples.jsonl");
  std::filesystem::remove(folder /
                          ("1/" + Json::parse(rest.substr(0, rest.find('\n')))["file"].get<std::string>()));
  CHECK(run_nv(merge).code == 3);
}

TEST_CASE("attack --curve: accuracy by eps, equal to that of a run at each eps") {
  const Folder folder;
  const Json json = nv_json(
      "attack", attack({"--method", "fgsm", "--curve", "0.1,0.02,0.3", "--json", "-o", folder / "out"}));
  REQUIRE(json["curve"].size() == 3);
  double last = 1;
  for (const Json& point : json["curve"]) {
    const double eps = point["eps"].get<double>();
    CAPTURE(eps);
    CHECK(point["robust_accuracy"].get<double>() <= last);
    last = point["robust_accuracy"].get<double>();
    const Json alone = nv_json("attack", attack({"--method", "fgsm", "--eps", std::to_string(eps), "--json",
                                                 "--fail-below", "robust_accuracy=0"}));
    // An input that is fooled at a smaller size is fooled at this one.
    CHECK(last <= alone["summary"]["robust_accuracy"].get<double>() + 1e-9);
  }
  CHECK(json["summary"]["robust_accuracy"].get<double>() == last);
  for (const Json& input : json["inputs"])
    if (input["status"] == "success")
      CHECK(input["linf"].get<double>() <= input["eps"].get<double>() * 1.00001);
  CHECK(read(folder / "out/curve.png").substr(1, 3) == "PNG");
  // One run of a minimum-norm attack gives the accuracy for every size.
  const Json least = nv_json("attack", attack({"--method", "deepfool", "--curve", "0.5,1,2,4", "--json"}));
  for (const Json& input : least["inputs"]) {
    if (input["status"] != "success") continue;
    const double eps = input["eps"].get<double>(), size = input["l2"].get<double>();
    CHECK(size <= eps * 1.00001);
    CHECK((eps == 0.5 || size > eps / 2 * 0.99999));
  }
}

TEST_CASE(
    "attack --transfer: the same network in another file is fooled by every sample, another network too is "
    "tested") {
  const Folder folder;
  REQUIRE(run_nv({"convert", lenet, "-o", folder / "same.keras"}).code == 0);
  REQUIRE(run_nv({"mutate", lenet, "--freeze", "fc2:0-79", "--freeze-as", "weights", "--save",
                  folder / "other.h5"})
              .code == 0);
  const Json json =
      nv_json("attack", attack({"--method", "fgsm,deepfool", "--eps", "0.5", "--json", "--transfer",
                                (folder / "same.keras") + "," + (folder / "other.h5")}));
  for (std::size_t run = 0; run < 2; ++run) {
    const Json& row = json["transfer"]["matrix"][run];
    const auto found = json["runs"][run]["summary"]["succeeded"].get<int>();
    CHECK(row["fooled"][0] == found);
    CHECK(row["of"][0] == found);
    CHECK(row["of"][1].get<int>() < found);  // which misclassifies some originals
  }
  CHECK(run_nv(attack({"--method", "fgsm", "--transfer", NV_EXAMPLES "/models/vgg12-cifar10.h5"})).code == 2);
}

TEST_CASE("attack --png-safe: every sample is an 8-bit image inside the ball, and adversarial as such") {
  const Folder folder;
  const std::string out = folder / "out";
  for (const std::string method : {"pgd", "deepfool", "square"}) {
    CAPTURE(method);
    std::filesystem::remove_all(out);
    const Arguments words =
        attack({"--method", method, "--norm", method == "deepfool" ? "L2" : "Linf", "--json", "-o", out});
    const Json json =
        nv_json("attack", with(words, method == "deepfool" ? Arguments{"--png-safe"}
                                                           : Arguments{"--png-safe", "--eps", "0.15"}));
    int found = 0;
    for (const Json& input : json["inputs"]) {
      if (input["status"] != "success") continue;
      ++found;
      CHECK(input["survives_png"] == true);
      const auto sample =
          nv::parse_npy(nv::read_file(out + "/" + input["files"]["npy"].get<std::string>()), "").as_float();
      for (const float x : sample.values()) CHECK(std::abs(x * 255 - std::round(x * 255)) < 1e-3F);
      if (method != "deepfool") CHECK(input["linf"].get<double>() <= 0.15 * 1.00001);
    }
    CHECK(found > 5);
  }
}

TEST_CASE("attack --jsonl, --timings: a line as soon as an input is done, seconds only on request") {
  const Outcome outcome = run_nv(attack({"--method", "fgsm,bim", "--eps", "0.3", "--jsonl"}));
  REQUIRE(outcome.code == 0);
  const auto text = lines(outcome.out);
  REQUIRE(text.size() == 81);
  CHECK(parse(text[0])["method"] == "fgsm");
  CHECK(parse(text[79])["method"] == "bim");
  CHECK(parse(text[80])["runs"][1]["summary"]["inputs"] == 40);
  const Json json = nv_json("attack", attack({"--method", "fgsm", "--eps", "0.3", "--json", "--timings"}));
  CHECK(json["timings"][0]["seconds"].get<double>() > 0);
  CHECK_FALSE(nv_json("attack", attack({"--method", "fgsm", "--eps", "0.3", "--json"})).contains("timings"));
}

TEST_CASE("attack: many inputs end in one table of methods and sizes, --lines has a line per input, too") {
  const Json json =
      nv_json("attack", with(attack({"--method", "fgsm,bim", "--curve", "8/255,0.3"}), {"--json"}));
  const Outcome outcome = run_nv(attack({"--method", "fgsm,bim", "--curve", "8/255,0.3"}));
  const auto text = lines(outcome.out);
  REQUIRE(text.size() == 7);
  CHECK(text[0].starts_with("40 inputs, values from 0 to 1"));
  CHECK(text[3].starts_with("fgsm    Linf  8/255 = 0.03137"));
  for (std::size_t run = 0; run < 2; ++run) {
    const Json& summary = json["runs"][run]["summary"];
    // The row of the largest size is the summary of the run.
    const std::string& row = text[4 + 2 * run];
    CHECK(row.find(" 0.3 ") != std::string::npos);
    CHECK(row.find(" " + summary["succeeded"].dump() + "  ") != std::string::npos);
    for (std::size_t k = 0; k < 2; ++k) {
      const double accuracy = json["runs"][run]["curve"][k]["robust_accuracy"];
      CHECK(text[3 + 2 * run + k].find(fmt::format("  {:.4f}  ", accuracy)) != std::string::npos);
    }
  }
  const auto all = lines(run_nv(attack({"--method", "fgsm,bim", "--curve", "8/255,0.3", "--lines"})).out);
  CHECK(all.size() == text.size() + 80);
  CHECK(std::equal(text.begin(), text.end(), all.begin() + 80));
}
