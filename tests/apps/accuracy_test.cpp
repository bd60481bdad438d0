// nv run --truth: accuracy, confusion, --only and the gate --fail-below.
#include <doctest/doctest.h>

#include <algorithm>
#include <functional>
#include <sstream>

#include "support.h"

using namespace nv::test;

namespace {

const Arguments kept{"run", lenet, kept_images, "--truth", kept_labels, "--layers", "none"};

Arguments and_also(Arguments words, const Arguments& more) {
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

}  // namespace

TEST_CASE(
    "truth: LeNet-5 is right on 99 % of the 500 held-out digits, and the confusion matrix lists the errors") {
  const Json json = nv_json("run", and_also(kept, {"--json"}));
  REQUIRE(json["inputs"].size() == 500);
  const Json& summary = json["summary"];
  CHECK(summary["inputs"] == 500);
  CHECK(summary["accuracy"] == 0.99);
  CHECK(summary["top5_accuracy"].get<double>() >= 0.998);
  int right = 0, all = 0;
  REQUIRE(summary["confusion"].size() == 10);
  for (std::size_t t = 0; t < 10; ++t) {
    const Json& row = summary["confusion"][t];
    REQUIRE(row.size() == 10);
    int of_class = 0;
    for (const Json& count : row) of_class += count.get<int>();
    CHECK(of_class == 50);
    CHECK(summary["classes"][t]["count"] == 50);
    CHECK(summary["classes"][t]["label"] == std::to_string(t));
    CHECK(summary["classes"][t]["recall"] == row[t].get<int>() / 50.0);
    right += row[t].get<int>();
    all += of_class;
  }
  CHECK(all == 500);
  CHECK(right == 495);
  int counted = 0;
  for (const Json& input : json["inputs"]) {
    CHECK(input["correct"] == (input["truth"] == input["prediction"]["index"]));
    counted += input["correct"] == true ? 1 : 0;
  }
  CHECK(counted == right);
}

TEST_CASE("truth: --only wrong lists only errors, the figures are those of all inputs") {
  const Json json = nv_json("run", and_also(kept, {"--only", "wrong", "--json"}));
  CHECK(json["inputs"].size() == 5);
  for (const Json& input : json["inputs"]) CHECK(input["correct"] == false);
  CHECK(json["summary"]["accuracy"] == 0.99);
  CHECK(json["summary"]["inputs"] == 500);
}

TEST_CASE("truth: --only decides which folders are written") {
  const Folder folder;
  const Outcome outcome = run_nv(and_also(kept, {"--only", "wrong", "-o", folder / "out", "-q"}));
  CHECK(outcome.code == 0);
  CHECK(names(folder / "out").size() == 5 + 5);  // reliability.png, run.json, the manifest
}

TEST_CASE("truth: labels of a whole file are matched to items by number") {
  const Json json = nv_json(
      "run", {"run", lenet, kept_images + "#120-123", "--truth", kept_labels, "--layers", "none", "--json"});
  REQUIRE(json["inputs"].size() == 4);
  CHECK(json["summary"]["accuracy"] == 1.0);
  CHECK(json["inputs"][0]["truth"] == 6);
  CHECK(json["inputs"][3]["truth"] == 0);
}

TEST_CASE("truth: from-name takes the number that the file's name begins with") {
  const Json json =
      nv_json("run", {"run", lenet, digits, "--truth", "from-name", "--layers", "none", "--json"});
  CHECK(json["summary"]["accuracy"] == 1.0);
  for (const Json& input : json["inputs"])
    CHECK(std::to_string(input["truth"].get<int>()) == input["id"].get<std::string>().substr(0, 1));
}

TEST_CASE("truth: a text file with one label per input, and predictions marked right or wrong") {
  const Folder folder;
  write(folder / "truth.txt", "7\n3\n");
  const Outcome outcome = run_nv(
      {"run", lenet, seven, example("digits/2_0451.png"), "--truth", folder / "truth.txt", "--predict"});
  CHECK(outcome.code == 0);
  const std::vector<std::string> text = lines(outcome.out);
  REQUIRE(text.size() == 2);
  CHECK(text[0].ends_with("\t7\tright"));
  CHECK(text[1].ends_with("\t3\twrong"));
}

TEST_CASE("truth: the text ends in accuracy, one row per class and the confusion matrix") {
  const Outcome outcome = run_nv({"run", lenet, digits, "--truth", "from-name", "--layers", "none"});
  CHECK(count_of(outcome.out, "accuracy 1.0000  top-5 1.0000  of 20 inputs") == 1);
  CHECK(count_of(outcome.out, "100.0 %") == 20);
  CHECK(count_of(outcome.out, "truth \\") == 1);
  CHECK(count_of(outcome.out, "wrong inputs") == 0);
  CHECK(count_of(outcome.out, "least certain inputs") == 1);
  CHECK(count_of(outcome.out, "0_0309") == 0);  // no line per input
}

TEST_CASE("truth: unusable inputs do not count in the accuracy") {
  const Folder folder;
  write(folder / "7_bad.png", "no picture");
  const Outcome outcome =
      run_nv({"run", lenet, seven, folder / "7_bad.png", "--truth", "from-name", "--json"});
  CHECK(outcome.code == 3);
  const Json json = parse(outcome.out);
  CHECK(json["summary"]["inputs"] == 2);
  CHECK(json["summary"]["errors"] == 1);
  CHECK(json["summary"]["accuracy"] == 1.0);
}

TEST_CASE("gate: --fail-below is exit 1 with the figure, and the result is written") {
  const Folder folder;
  write(folder / "truth.txt", "7\n3\n");
  const Arguments words{
      "run",      lenet,  seven,   example("digits/2_0451.png"), "--truth", folder / "truth.txt",
      "--layers", "none", "--json"};
  const Outcome met = run_nv(and_also(words, {"--fail-below", "accuracy=0.5"}));
  CHECK(met.code == 0);
  CHECK(met.err == "");

  const Outcome missed = run_nv(and_also(words, {"--fail-below", "accuracy=0.9", "-o", folder / "out"}));
  CHECK(missed.code == 1);
  REQUIRE(lines(missed.err).size() == 1);
  for (const char* part : {"accuracy", "0.5", "0.9"}) CHECK(count_of(missed.err, part) > 0);
  CHECK(parse(missed.out)["summary"]["accuracy"] == 0.5);
  CHECK(read(folder / "out/run.json") == missed.out);
  CHECK(run_nv({"run", lenet, seven, "--truth", "from-name", "--fail-below", "top5_accuracy=1", "--predict"})
            .code == 0);
}

TEST_CASE("gate: a missing figure fails, a bad input has precedence") {
  const Folder folder;
  write(folder / "7.png", "no picture");
  const Outcome outcome = run_nv(
      {"run", lenet, folder / "7.png", "--truth", "from-name", "--fail-below", "accuracy=0", "--json"});
  CHECK(outcome.code == 3);
  CHECK(parse(outcome.out)["summary"]["accuracy"] == "NaN");
  CHECK(count_of(outcome.err, "accuracy") == 1);
}

TEST_CASE("truth: the summary lists the wrong inputs, the most certain first, and the least certain ones") {
  const Outcome outcome = run_nv(kept);
  CHECK(outcome.code == 0);
  const std::vector<std::string> text = lines(outcome.out);
  REQUIRE(!text.empty());
  CHECK(text[0].starts_with("accuracy 0.9900"));
  const auto scores_below = [&](const std::string& header) {
    std::vector<double> scores;
    const auto at = std::ranges::find_if(text, [&](const std::string& l) { return l.starts_with(header); });
    REQUIRE(at != text.end());
    for (auto line = at + 1; line != text.end() && !line->empty(); ++line) {
      std::istringstream cells(*line);
      std::string id, predicted, score;
      cells >> id >> predicted >> score;
      if (score == ">" || score == "<") cells >> score;  // "> 0.9999"
      scores.push_back(std::stod(score));
    }
    return scores;
  };
  const std::vector<double> wrong = scores_below("wrong inputs "),
                            uncertain = scores_below("least certain inputs ");
  CHECK(wrong.size() == 5);
  CHECK(std::ranges::is_sorted(wrong, std::greater<>()));
  CHECK(uncertain.size() == 5);
  CHECK(std::ranges::is_sorted(uncertain));
}

TEST_CASE("truth: --only wrong lists the wrong inputs, --lines all, before the summary") {
  const Outcome wrong = run_nv(and_also(kept, {"--only", "wrong"}));
  CHECK(count_of(wrong.out, "  wrong: it is ") == 5);
  CHECK(count_of(wrong.out, "kept-images-idx3-ubyte-") == 5);
  CHECK(count_of(wrong.out, "accuracy 0.9900  top-5 0.9980  of 500 inputs") == 1);
  const Outcome all = run_nv(and_also(kept, {"--lines"}));
  CHECK(count_of(all.out, "kept-images-idx3-ubyte-") == 500);
  CHECK(count_of(all.out, "accuracy 0.9900") == 1);
}

TEST_CASE(
    "calibration: figures of LeNet-5 on the held-out digits, as NumPy computes them from Keras's outputs") {
  const Folder folder;
  const Json json = nv_json("run", and_also(kept, {"--json", "-o", folder / "out"}));
  const Json& c = json["summary"]["calibration"];
  CHECK(c["inputs"] == 500);
  CHECK(c["ece"].get<double>() == doctest::Approx(0.00738210).epsilon(1e-4));
  CHECK(c["nll"].get<double>() == doctest::Approx(0.05445964).epsilon(1e-4));
  CHECK(c["brier"].get<double>() == doctest::Approx(0.01539845).epsilon(1e-4));
  int inputs = 0;
  double nll = 0;
  for (const Json& bin : c["bins"]) inputs += bin["inputs"].get<int>();
  for (const Json& input : json["inputs"]) nll += input["nll"].get<double>();
  CHECK(inputs == 500);
  CHECK(nll / 500 == doctest::Approx(c["nll"].get<double>()));
  CHECK(c["file"] == "reliability.png");
  CHECK(std::filesystem::exists(folder / "out/reliability.png"));

  // Of a later run without true classes nothing of it is left.
  CHECK(run_nv({"run", lenet, seven, "-o", folder / "out", "-q"}).code == 0);
  CHECK(!std::filesystem::exists(folder / "out/reliability.png"));
}

TEST_CASE("calibration: text, page and rows, nothing for a model whose output is no distribution") {
  const Folder folder;
  const Outcome outcome = run_nv(and_also(kept, {"--html", folder / "page.html"}));
  CHECK(lines(outcome.out).at(1).starts_with("ECE 0."));
  const std::string page = read(folder / "page.html");
  for (const char* words : {"expected calibration error", "Brier score", "reliability diagram"})
    CHECK_MESSAGE(count_of(page, words) > 0, words);
  const std::vector<std::string> rows =
      lines(run_nv({"run", lenet, kept_images, "--truth", kept_labels, "--csv"}).out);
  REQUIRE(rows.size() == 501);
  CHECK(count_of(rows[0], ",truth,correct,nll,brier,") == 1);

  write(folder / "truth.txt", "1\n");
  const Json json = nv_json("run", with("run", dense_model(folder, {"d"}),
                                        {vector_input(folder), "--truth", folder / "truth.txt", "--json"}));
  CHECK(json["summary"].contains("accuracy"));
  CHECK(!json["summary"].contains("calibration"));
  CHECK(!json["inputs"][0].contains("nll"));
}

TEST_CASE("run --truth -o: the confusion matrix and the bins of calibration as tables") {
  const Folder folder;
  const auto run = [&](const Arguments& more) {
    CHECK(run_nv(with("run", {lenet, kept_images + "#0-199", "--layers", "none", "-o", folder / "r"}, more))
              .code == 0);
  };
  run({"--truth", kept_labels, "--labels", "mnist"});
  const std::vector<std::string> confusion = lines(read(folder / "r/confusion.csv")),
                                 calibration = lines(read(folder / "r/calibration.csv"));
  REQUIRE(confusion.size() == 11);
  CHECK(confusion[0] == "true class,0,1,2,3,4,5,6,7,8,9,no prediction");
  int total = 0;
  for (std::size_t i = 1; i < confusion.size(); ++i) {
    std::istringstream row(confusion[i]);
    std::string cell;
    std::getline(row, cell, ',');
    while (std::getline(row, cell, ',')) total += std::stoi(cell);
  }
  CHECK(total == 200);
  REQUIRE(calibration.size() == 16);
  CHECK(calibration[0] == "lo,hi,inputs,confidence,accuracy");
  // Those of an earlier run with true classes go.
  run({});
  CHECK_FALSE(std::filesystem::exists(folder / "r/confusion.csv"));
  CHECK_FALSE(std::filesystem::exists(folder / "r/calibration.csv"));
}
