// NaN outputs have no class in all commands.
#include <doctest/doctest.h>

#include <cmath>

#include "nv/data/npy.h"
#include "support.h"

using namespace nv::test;

namespace {

/// A model with NaN outputs, and three inputs with true class 0.
struct NanCase {
  Folder folder;
  Arguments model = dense_model(folder, {"a", "b"}, NAN);
  std::string inputs, truth;

  NanCase() {
    const nv::Tensor batch(nv::Shape{3, 3}, 0.5F);
    const nv::Bytes bytes = nv::encode_npy(batch);
    write(folder / "x.npy", std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
    write(folder / "t.txt", "0\n0\n0\n");
    inputs = folder / "x.npy";
    truth = folder / "t.txt";
  }
};

}  // namespace

TEST_CASE("run: a NaN output has no prediction, and counts as wrong") {
  const NanCase c;
  const Json json = nv_json("run", with("run", c.model, {c.inputs, "--truth", c.truth, "--json"}));
  for (const Json& input : json["inputs"]) {
    CHECK(input["prediction"].is_null());
    CHECK(input["reason"] == "the output holds NaN");
    CHECK(input["correct"] == false);
    CHECK(input["top"].empty());
  }
  CHECK(json["summary"]["accuracy"] == 0.0);
  CHECK(json["summary"]["top5_accuracy"] == 0.0);
  CHECK(json["summary"]["classes"][0]["count"] == 3);
  CHECK(json["summary"]["classes"][0]["unpredicted"] == 3);
  CHECK(json["summary"]["confusion"][0][0] == 0);
  for (const Arguments& more : {Arguments{}, {"--predict"}, {"--layers", "none"}}) {
    Arguments words = with("run", c.model, {c.inputs, "--truth", c.truth});
    words.insert(words.end(), more.begin(), more.end());
    const std::string out = run_nv(words).out;
    CHECK(count_of(out, "NaN") >= 3);
    CHECK(count_of(out, "right") == 0);
  }
  CHECK(run_nv(with("run", c.model, {c.inputs, "--truth", c.truth, "--fail-below", "accuracy=0.1"})).code ==
        1);
}

TEST_CASE("attack: an input without a predicted class is skipped, neither right nor robust") {
  const NanCase c;
  const Json json = nv_json("attack", with("attack", c.model,
                                           {c.inputs, "--method", "fgsm", "--eps", "0.1", "--truth", c.truth,
                                            "--fail-below", "robust_accuracy=0", "--json"}));
  for (const Json& input : json["inputs"]) {
    CHECK(input["status"] == "skipped");
    CHECK(input["original"].is_null());
    CHECK(input["reason"] == "the output holds NaN");
  }
  CHECK(json["summary"]["clean_accuracy"] == 0.0);
  CHECK(json["summary"]["robust_accuracy"] == 0.0);
  CHECK(json["summary"]["attacked"] == 0);
  const Outcome text =
      run_nv(with("attack", c.model, {c.inputs, "--method", "fgsm,pgd", "--eps", "0.1", "--truth", c.truth}));
  CHECK(count_of(text.out, "skipped  NaN (the output holds NaN)") == 6);
}

TEST_CASE("explain: NaN is no class to explain, and is reported") {
  const NanCase c;
  for (const char* which : {"predicted", "truth", "1"}) {
    CAPTURE(which);
    const Outcome o =
        run_nv(with("explain", c.model, {c.inputs, "--class", which, "--truth", c.truth, "--json"}));
    CHECK(o.code == 3);
    const Json json = parse(o.out);
    CHECK(violations("explain", json) == "");
    CHECK(json["inputs"][0]["status"] == "error");
    CHECK(count_of(o.err, "the output holds NaN, so no class can be explained") == 3);
  }
}

TEST_CASE("mutate and compare: no class is reported as such, and a lost class counts as changed") {
  const Folder folder;
  const Arguments good = dense_model(folder, {"a", "b"});
  const std::string x = vector_input(folder, {0.5F, 0.25F, 0.75F}),
                    y = vector_input(folder, {NAN, 0, 1}, "nan.npy");
  const Json compared = nv_json("compare", with("compare", good, {x, y, "--json"}));
  CHECK(compared["a"]["prediction"]["index"] == 0);
  CHECK(compared["b"]["prediction"].is_null());
  CHECK(compared["b"]["reason"] == "the output holds NaN");
  CHECK(compared["layers"][2]["linf"] == "NaN");
  CHECK(compared["layers"][2]["range"] == "NaN");
  CHECK(compared["layers"][2]["top_channels"].size() == 3);
  const Outcome text = run_nv(with("compare", good, {x, y}));
  CHECK(count_of(text.out, "nan: NaN\n") == 1);
  CHECK(text.err.find("nan.npy: holds NaN") != std::string::npos);
  CHECK(run_nv(with("compare", good, {x, y, "--fail-above", "linf=1e9"})).code == 1);

  write(folder / "t.txt", "0\n0\n");
  const Json mutated = nv_json(
      "mutate", with("mutate", good, {x, y, "--freeze", "a:0", "--truth", folder / "t.txt", "--json"}));
  CHECK(mutated["inputs"][1]["before"]["prediction"].is_null());
  CHECK(mutated["inputs"][1]["before"]["reason"] == "the output holds NaN");
  CHECK(mutated["inputs"][1]["changed"] == false);
  CHECK(mutated["summary"]["accuracy_before"] == 0.5);

  const NanCase c;
  const Json ranked = nv_json("mutate", with("mutate", c.model, {c.inputs, "--rank-filters", "--json"}));
  for (const Json& filter : ranked["filters"]) CHECK(filter["changed"] == 0);
  const Json tested = nv_json("mutate", with("mutate", c.model, {c.inputs, "--generate", "5", "--json"}));
  CHECK(tested["summary"]["killed"] == 0);
  CHECK(tested["summary"]["mutation_score"] == "NaN");
}

TEST_CASE("equal outputs predict the first class, as in NumPy") {
  const Folder folder;
  const Arguments model = dense_model(folder, {"a"});
  const Json json = nv_json("run", with("run", model, {vector_input(folder), "--json"}));
  CHECK(json["inputs"][0]["prediction"]["index"] == 0);
}
