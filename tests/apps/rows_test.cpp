// --csv and --tsv: a header and plain rows on standard output, in every command that has them.
#include <doctest/doctest.h>

#include "nv/core/text.h"
#include "support.h"

using namespace nv::test;

namespace {

using Row = std::map<std::string, std::string>;

/// Rows of --tsv by column, none of which holds a tab.
std::vector<Row> rows_of(Arguments words, int code = 0) {
  words.emplace_back("--tsv");
  const Outcome outcome = run_nv(words);
  CAPTURE(typed(words));
  CHECK(outcome.code == code);
  const std::vector<std::string> text = lines(outcome.out);
  REQUIRE(!text.empty());
  const std::vector<std::string> header = nv::split(text[0], '\t');
  std::vector<Row> rows;
  for (std::size_t i = 1; i < text.size(); ++i) {
    const std::vector<std::string> cells = nv::split(text[i], '\t');
    REQUIRE(cells.size() == header.size());
    Row& row = rows.emplace_back();
    for (std::size_t c = 0; c < cells.size(); ++c) row[header[c]] = cells[c];
  }
  return rows;
}

/// The text of a value in a row.
std::string plain(const Json& json) {
  return json.is_string() ? json.get<std::string>() : json.dump();
}

}  // namespace

TEST_CASE("run --tsv: one row per input, with the values of the JSON") {
  const Arguments words{"run", lenet, digits, "--truth", "from-name"};
  const Json json = nv_json("run", with("run", {lenet, digits, "--truth", "from-name"}, {"--json"}));
  const std::vector<Row> rows = rows_of(words);
  REQUIRE(rows.size() == 20);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const Json& input = json["inputs"][i];
    CHECK(rows[i].at("id") == plain(input["id"]));
    CHECK(rows[i].at("file") == plain(input["file"]));
    CHECK(rows[i].at("prediction.index") == plain(input["prediction"]["index"]));
    CHECK(std::stof(rows[i].at("prediction.score")) == input["prediction"]["score"].get<float>());
    CHECK(rows[i].at("truth") == plain(input["truth"]));
    CHECK(rows[i].at("correct") == "true");
    CHECK(rows[i].at("error") == "");
  }
}

TEST_CASE("run --tsv: with --top also the next classes, with --layers one row per input and layer") {
  CHECK(rows_of({"run", lenet, seven, "--layers", "none"}) == rows_of({"run", lenet, seven}));
  const std::vector<Row> top = rows_of({"run", lenet, seven, "--top", "2"});
  CHECK(top[0].at("top.0.label") == "7");
  CHECK(top[0].count("top.1.score") == 1);
  CHECK(top[0].count("top.2.score") == 0);
  const Json json = nv_json("run", {"run", lenet, seven, "--layers", "conv*", "--json"});
  const std::vector<Row> layers = rows_of({"run", lenet, seven, small_input, "--layers", "conv*"});
  REQUIRE(layers.size() == 4);
  CHECK(layers[1].at("id") == "7_0293");
  CHECK(layers[1].at("path") == "conv2");
  CHECK(layers[1].at("shape") == "10 10 16");
  CHECK(std::stof(layers[1].at("max")) == json["inputs"][0]["layers"][1]["max"].get<float>());
  CHECK(layers[2].at("id") == "digit");
}

TEST_CASE("--csv and --tsv: the header is printed even if there is no row, and a bad input is a row") {
  CHECK(rows_of({"run", lenet, digits, "--truth", "from-name", "--only", "wrong"}).empty());
  const std::vector<Row> rows = rows_of({"run", lenet, "no/such.png", seven}, 3);
  REQUIRE(rows.size() == 2);
  CHECK(rows[0].at("status") == "error");
  CHECK(rows[0].at("error").starts_with("no/such.png: "));
  CHECK(rows[0].at("prediction.index") == "");
  CHECK(rows[1].at("prediction.index") == "7");
}

TEST_CASE("--csv: fields are quoted where they need it") {
  const Folder folder;
  write(folder / "labels.txt", "a,b\n\"q\"\nc\nd\ne\nf\ng\nh, \"i\"\nj\nk\n");
  const Outcome outcome = run_nv({"run", lenet, seven, "--labels", folder / "labels.txt", "--csv"});
  CHECK(outcome.code == 0);
  CHECK(outcome.out.starts_with("id,file,status,prediction.index,prediction.label,"));
  CHECK(count_of(outcome.out, ",7,\"h, \"\"i\"\"\",") == 1);
}

TEST_CASE("inspect --tsv: one row per layer, with --summary per model, also of a bad file") {
  const std::vector<Row> layers = rows_of({"inspect", lenet});
  REQUIRE(layers.size() == 9);
  CHECK(layers[3].at("file") == lenet);
  CHECK(layers[3].at("path") == "conv2");
  CHECK(layers[3].at("parameters") == "2416");
  CHECK(layers[3].at("output_shape") == "10 10 16");
  CHECK(layers[3].at("receptive_field.size") == "14 14");
  const std::string damaged = fixture("odd/truncated.h5");
  const std::vector<Row> models =
      rows_of({"inspect", lenet, damaged, fixture("two_in_two_out/model.h5"), "--summary"}, 3);
  REQUIRE(models.size() == 3);
  CHECK(models[0].at("parameters") == "61706");
  CHECK(models[0].at("layer_count") == "9");
  CHECK(models[1].at("file") == damaged);
  CHECK(models[1].at("error") != "");
  CHECK(models[1].at("parameters") == "");
  CHECK(models[2].at("input_shapes") == "8 8 3; 5");
}

TEST_CASE("compare --tsv: one row per pair and layer") {
  const std::string one = example("digits/1_0054.png");
  const Json json = nv_json("compare", {"compare", lenet, seven, one, "--json"});
  const std::vector<Row> rows = rows_of({"compare", lenet, seven, one, seven, "--layers", "conv*"});
  REQUIRE(rows.size() == 4);
  CHECK(rows[1].at("a.id") == "7_0293");
  CHECK(rows[1].at("b.id") == "1_0054");
  CHECK(rows[1].at("path") == "conv2");
  CHECK(std::stod(rows[1].at("relative_l2")) == json["layers"][3]["relative_l2"].get<double>());
  CHECK(rows[2].at("b.id") == "7_0293.2");
}

TEST_CASE("attack and samples --tsv: one row per input and method, and per sample") {
  const Folder folder;
  const std::string out = folder / "out", one = example("digits/1_0054.png");
  const std::vector<Row> rows =
      rows_of({"attack", lenet, seven, one, "--method", "fgsm,pgd", "--eps", "0.25", "-o", out});
  REQUIRE(rows.size() == 4);
  CHECK(rows[0].at("method") == "fgsm");
  CHECK(rows[3].at("method") == "pgd");
  CHECK(rows[3].at("id") == "1_0054");
  CHECK(rows[3].at("status") == "success");
  const Json json = parse_file(out + "/attack.json");
  CHECK(std::stod(rows[3].at("l2")) == json["runs"][1]["inputs"][1]["l2"].get<double>());
  CHECK(rows[3].at("files.npy") == plain(json["runs"][1]["inputs"][1]["files"]["npy"]));
  const std::vector<Row> samples = rows_of({"samples", out, "--where", "method=pgd"});
  REQUIRE(samples.size() == 2);
  CHECK(samples[1].at("id") == "1_0054.pgd");
  CHECK(samples[1].at("params.eps") == "0.25");
  CHECK(samples[1].at("l2") == rows[3].at("l2"));
}

TEST_CASE("forms of the result exclude each other, in every command") {
  for (const Arguments& words : std::vector<Arguments>{{"run", lenet, seven, "--json", "--csv"},
                                                       {"run", lenet, seven, "--csv", "--tsv"},
                                                       {"run", lenet, seven, "--jsonl", "--lines"},
                                                       {"run", lenet, seven, "--predict", "--csv"},
                                                       {"inspect", lenet, "--dot", "--tsv"},
                                                       {"inspect", lenet, "--jsonl", "--json"},
                                                       {"compare", lenet, seven, seven, "--json", "--tsv"},
                                                       {"samples", "no/such", "--json", "--csv"},
                                                       {"attack", "--list", "--csv"}}) {
    CAPTURE(typed(words));
    const Outcome outcome = run_nv(words);
    CHECK(outcome.code == 2);
    CHECK(not_one_error(outcome, words[0] + ": ") == "");
  }
}

TEST_CASE("mutate, explain and verify --tsv: one row per filter, mutant, layer or input") {
  const std::vector<Row> filters = rows_of({"mutate", lenet, seven, "--rank-filters", "--layers", "conv1"});
  REQUIRE(filters.size() == 6);
  CHECK(filters[0].at("path") == "conv1");
  const std::vector<Row> mutants = rows_of({"mutate", lenet, digits, "--generate", "3"});
  REQUIRE(mutants.size() == 3);
  CHECK(mutants[0].at("mutation.op") != "");
  const std::vector<Row> frozen = rows_of({"mutate", lenet, seven, small_input, "--freeze", "conv1:0"});
  REQUIRE(frozen.size() == 18);
  CHECK(frozen[1].at("path") == "conv1");
  CHECK(frozen[1].at("before.prediction.index") == "7");
  CHECK(frozen[17].at("id") == "digit");
  const std::vector<Row> explained = rows_of({"explain", lenet, seven, small_input});
  REQUIRE(explained.size() == 2);
  CHECK(explained[0].at("class") == "7");
  const std::vector<Row> layers =
      rows_of({"verify", fixture("sequential_lenet/model.h5"), fixture("sequential_lenet/expected.npz"),
               fixture("sequential_lenet/input.npz")});
  REQUIRE(!layers.empty());
  CHECK(layers[0].at("ok") == "true");
  CHECK(std::stod(layers[0].at("relative_error")) < 1e-4);
}
