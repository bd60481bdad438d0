#include "nv/analysis/mutation/mutate.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <set>

#include "nv/analysis/mutation/rank_filters.h"
#include "nv/analysis/mutation/score.h"
#include "nv/core/error.h"
#include "nv/core/file.h"
#include "nv/core/text.h"
#include "nv/data/npz.h"
#include "nv/keras/reader.h"
#include "nv/keras/writer.h"

namespace nv {
namespace {

const std::string lenet = NV_FIXTURES "/sequential_lenet/model.h5";

Tensor input_of(const std::string& fixture) {
  const std::string file = std::string(NV_FIXTURES) + "/" + fixture + "/input.npz";
  return NpzReader(read_file(file), file).read("0").as_float();
}

Trace run(const Mutant& mutant, const Tensor& input) {
  Engine engine(mutant.model, {1});
  engine.freeze(mutant.frozen);
  return engine.forward({&input, 1});
}

std::size_t node(const Model& model, const std::string& path) {
  const auto at = std::ranges::find(model.nodes, path, &Node::path);
  REQUIRE(at != model.nodes.end());
  return static_cast<std::size_t>(at - model.nodes.begin());
}

/// Largest |x| of one channel, last axis.
float largest(const Tensor& t, std::int64_t channel) {
  float most = 0;
  for (std::int64_t i = channel; i < t.size(); i += t.shape().back()) most = std::max(most, std::abs(t[i]));
  return most;
}

float distance(const Tensor& a, const Tensor& b) {
  float most = 0;
  for (std::int64_t i = 0; i < a.size(); ++i) most = std::max(most, std::abs(a[i] - b[i]));
  return most;
}

Mutant mutant_of(const std::string& file, const std::vector<Mutation>& list) {
  return mutate(open_model(file), list);
}

}  // namespace

TEST_CASE("freeze: the frozen channel is zero, layers before are the same, layers after are not") {
  const Tensor x = input_of("sequential_lenet");
  const Mutant intact{open_model(lenet), {}, {}, {}};
  const Mutant frozen = mutant_of(lenet, {parse_freeze("conv1:1,3", "output")});
  const Trace before = run(intact, x), after = run(frozen, x);
  const std::size_t conv = node(intact.model, "conv1"), later = node(intact.model, "conv2");
  CHECK(largest(before.outputs[conv], 1) > 0);
  CHECK(largest(after.outputs[conv], 1) == 0);
  CHECK(largest(after.outputs[conv], 3) == 0);
  CHECK(largest(after.outputs[conv], 0) == largest(before.outputs[conv], 0));
  CHECK(distance(before.outputs[later], after.outputs[later]) > 0);
}

TEST_CASE("freeze: as weights gives the same if the activation maps 0 to 0, else there is a note") {
  const Tensor x = input_of("sequential_lenet");
  const Mutant output = mutant_of(lenet, {parse_freeze("conv1:1,3", "output")});
  const Mutant weights = mutant_of(lenet, {parse_freeze("conv1:1,3", "weights")});
  CHECK(distance(run(output, x).outputs.back(), run(weights, x).outputs.back()) == 0);
  CHECK(weights.frozen.empty());
  CHECK(weights.notes.empty());
  const Mutant last = mutant_of(lenet, {parse_freeze("predictions:0", "weights")});
  REQUIRE(last.notes.size() == 1);
  CHECK(last.notes[0].find("softmax") != std::string::npos);
}

TEST_CASE("freeze: as block works after normalisation and activation, as output there is a note") {
  const std::string file = NV_FIXTURES "/nested_shared/model.h5";
  const Mutant output = mutant_of(file, {parse_freeze("block/conv:0", "output")});
  CHECK_FALSE(output.notes.empty());
  const Mutant block = mutant_of(file, {parse_freeze("block/conv:0", "block")});
  CHECK(block.notes.empty());
  REQUIRE_FALSE(block.frozen.empty());
  CHECK(block.model.nodes[block.frozen[0].node].path.find("relu") != std::string::npos);
}

TEST_CASE("freeze: errors name layers and channels that do not exist") {
  CHECK_THROWS_WITH_AS(mutant_of(lenet, {parse_freeze("conv1:4", "output")}),
                       doctest::Contains("conv1 (Conv2D) has no channel 4"), Error);
  CHECK_THROWS_WITH_AS(mutant_of(lenet, {parse_freeze("conv7:0", "output")}), doctest::Contains("conv7"),
                       Error);
  CHECK_THROWS_AS(mutant_of(lenet, {parse_freeze("pool1:0", "weights")}), Error);
  for (const char* bad : {"conv1", "conv1:", ":0", "conv1:x"})
    CHECK_THROWS_AS(parse_freeze(bad, "output"), Error);
}

TEST_CASE("mutations as JSON: both forms of freezing, and operators") {
  const auto list = parse_mutations(R"([{"layer_name": "conv1", "feature_index": 2}])", "f.json", "output");
  REQUIRE(list.size() == 1);
  CHECK(list[0].layer == "conv1");
  CHECK(list[0].filters == std::vector<std::int64_t>{2});
  const auto both = parse_mutations(R"({"freeze": [{"layer": "a", "filters": [0, 3]}],
    "mutations": [{"op": "gaussian-fuzz", "layer": "b", "sigma": 0.25, "seed": 7}]})",
                                    "f.json", "weights");
  REQUIRE(both.size() == 2);
  CHECK(both[0].as == "weights");
  CHECK(both[1].op == "gaussian-fuzz");
  CHECK(both[1].seed == 7);
  CHECK(both[1].parameters == std::vector<std::pair<std::string, double>>{{"sigma", 0.25}});
  for (const char* bad :
       {"", "{}", "[]", "3", R"({"freeze": 1})", R"({"frozen": []})", R"([{"layer_name": "a"}])",
        R"({"freeze": [{"layer": "a", "filters": [-1]}]})", R"({"mutations": [{"layer": "a"}]})"})
    CHECK_THROWS_AS(parse_mutations(bad, "f.json", "output"), Error);
}

TEST_CASE("every operator changes something that reaches the output, and the same seed changes the same") {
  const Tensor x = input_of("sequential_lenet");
  const Trace before = run({open_model(lenet), {}, {}, {}}, x);
  std::set<std::string> acted;
  for (const MutationOperator& op : mutation_operators()) {
    CAPTURE(op.name);
    bool applies = true;
    for (std::uint64_t seed = 0; seed < 8 && applies; ++seed) {
      const std::vector<std::string> only{std::string(op.name)};
      Mutation m;
      try {
        m = random_mutation(open_model(lenet), only, seed);
      } catch (const Error&) {
        applies = false;  // LeNet has no layer that keeps its input's shape
        continue;
      }
      const Trace once = run(mutate(open_model(lenet), {&m, 1}), x),
                  twice = run(mutate(open_model(lenet), {&m, 1}), x);
      CHECK(distance(once.outputs.back(), twice.outputs.back()) == 0);
      if (distance(once.outputs.back(), before.outputs.back()) > 0) acted.insert(std::string(op.name));
    }
  }
  CHECK(acted.size() >= mutation_operators().size() - 2);
}

TEST_CASE("layers that keep their input's shape are removed or duplicated") {
  const std::string file = NV_FIXTURES "/nested_shared/model.h5";
  const Tensor x = input_of("nested_shared");
  const Model model = open_model(file);
  Mutation m;
  m.layer = "block/conv";
  m.op = "remove-layer";
  const Mutant removed = mutate(model, {&m, 1});
  CHECK(removed.model.nodes.size() == model.nodes.size() - 1);
  CHECK(run(removed, x).outputs.back().shape() == run({model, {}, {}, {}}, x).outputs.back().shape());
  m.op = "duplicate-layer";
  const Mutant doubled = mutate(model, {&m, 1});
  CHECK(doubled.model.nodes.size() == model.nodes.size() + 1);
  CHECK(distance(run(doubled, x).outputs.back(), run({model, {}, {}, {}}, x).outputs.back()) > 0);
}

TEST_CASE("an unknown operator or layer is an error that names it") {
  Mutation m;
  m.op = "gaussian-fuzz";
  m.layer = "conv1";
  m.parameters = {{"strength", 2}};
  CHECK_THROWS_WITH_AS(mutant_of(lenet, {m}), doctest::Contains("strength"), Error);
  m.parameters = {{"ratio", 7}};
  CHECK_THROWS_WITH_AS(mutant_of(lenet, {m}), doctest::Contains("ratio"), Error);
  m.parameters = {};
  m.op = "melt";
  CHECK_THROWS_WITH_AS(mutant_of(lenet, {m}), doctest::Contains("melt"), Error);
}

TEST_CASE("a parameter that an operator does not take is an error, with those that it takes as the hint") {
  const auto refused = [](const std::string& entry) {
    try {
      mutate(open_model(lenet), parse_mutations(R"({"mutations": [)" + entry + "]}", "m.json", "output"));
    } catch (const Error& e) {
      return fmt::format("{} | {}", e.what(), e.hint());
    }
    return std::string("taken");
  };
  CHECK(refused(R"({"op": "gaussian-fuzz", "sgima": 1})") ==
        "gaussian-fuzz: has no parameter 'sgima' | it takes filters, sigma, ratio");
  // Words of the operator's description are none.
  CHECK(refused(R"({"op": "change-bias", "noise": 1})") ==
        "change-bias: has no parameter 'noise' | it takes filters, sigma");
  CHECK(refused(R"({"op": "change-weight", "ratio": 1})")
            .starts_with("change-weight: has no parameter 'ratio'"));
  CHECK(refused(R"({"op": "zero-layer", "layer": "conv1", "filters": [0]})") ==
        "zero-layer: has no parameter 'filters' | it takes none");
  CHECK(refused(R"({"op": "invert-neuron", "activation": "relu"})")
            .starts_with("invert-neuron: has no parameter"));
  CHECK(refused(R"({"op": "delete-neuron", "as": "weights"})")
            .starts_with("delete-neuron: has no parameter 'as'"));
  CHECK(refused(R"({"op": "freeze", "layer": "conv1", "filters": [0], "sigma": 2})") ==
        "freeze: has no parameter 'sigma' | it takes filters, as");
  CHECK(refused(R"({"op": "change-activation", "layer": "conv1", "activation": "rleu"})")
            .starts_with("change-activation: layer conv1: "));
  CHECK(refused(R"({"op": "gaussian-fuzz", "sigma": 1, "ratio": 0.5, "layer": "conv1"})") == "taken");
  for (const MutationOperator& o : mutation_operators())
    for (const std::string& word : split(o.accepts, ' ')) {
      CAPTURE(word);
      CHECK((word.empty() || word == "filters" || word == "activation" ||
             o.summary.find(word) != std::string_view::npos));
    }
}

TEST_CASE("a mutant as a plain model gives the same outputs, written and read again") {
  for (const char* fixture : {"sequential_lenet", "nested_shared", "conv_options", "functional_branches"}) {
    CAPTURE(fixture);
    const std::string file = std::string(NV_FIXTURES) + "/" + fixture + "/model.h5";
    const Tensor x = input_of(fixture);
    const Model model = open_model(file);
    std::string spec;
    for (const Node& n : model.nodes)
      if (model.layer_of(n).kind == "Conv2D" || model.layer_of(n).kind == "MaxPooling2D") spec = n.path;
    Mutation pixels;
    pixels.op = "delete-input";
    pixels.filters = {3, 17};
    const Mutant mutant = mutant_of(file, {parse_freeze(spec + ":0", "output"), pixels});
    const Tensor expected =
        run(mutant, x).outputs[static_cast<std::size_t>(mutant.model.outputs[0].value.node)];
    const std::string saved = (std::filesystem::temp_directory_path() / "nv-mutant.h5").string();
    write_file(saved, encode_model(plain_model(mutant), ModelFormat::h5));
    const Mutant again{open_model(saved), {}, {}, {}};
    std::filesystem::remove(saved);
    const Tensor got = run(again, x).outputs[static_cast<std::size_t>(again.model.outputs[0].value.node)];
    CHECK(distance(got, expected) < 1e-6F);
  }
}

TEST_CASE("a frozen channel of a normalisation without gamma is 0 in the plain model too") {
  const std::string file = NV_FIXTURES "/functional_branches/model.h5";
  const Tensor x = input_of("functional_branches");
  const Mutant mutant = mutant_of(file, {parse_freeze("b1_bn:1", "output")});
  const Mutant plain{plain_model(mutant), {}, {}, {}};
  const auto outputs = [&](const Mutant& m) {
    return run(m, x).outputs[static_cast<std::size_t>(m.model.outputs[0].value.node)];
  };
  CHECK(distance(outputs(plain), outputs(mutant)) < 1e-6F);
}

TEST_CASE("rank: each filter's importance is what freezing it alone does") {
  const Tensor x = input_of("sequential_lenet");
  Engine engine(open_model(lenet), {1});
  std::vector<bool> chosen(engine.model().nodes.size(), true);
  FilterRanking ranking(engine, chosen);
  CHECK(ranking.filters() == 4 + 6 + 12);
  int calls = 0;
  ranking.add({&x, 1}, [&] { ++calls; });
  CHECK(calls == 22);
  const Tensor before = engine.forward({&x, 1}).outputs.back();
  for (const FilterImportance& w : ranking.ranking()) {
    const Mutant mutant =
        mutant_of(lenet, {parse_freeze(w.path + ":" + std::to_string(w.channel), "output")});
    const Tensor after = run(mutant, x).outputs.back();
    double change = 0;
    for (std::int64_t i = 0; i < x.shape()[0]; ++i) {
      const auto scores = before.item(i).values();
      const auto best = std::ranges::max_element(scores) - scores.begin();
      change += static_cast<double>(after.item(i)[best] - before.item(i)[best]);
    }
    CHECK(w.score_change == doctest::Approx(change / static_cast<double>(x.shape()[0])).epsilon(1e-6));
  }
}

TEST_CASE("score: killed classes over mutants times classes, as DeepMutation counts") {
  // Inputs of classes 0, 1, 1, 2, the last of which the model gets wrong.
  MutationTally tally({0, 1, 1, 0}, {0, 1, 1, 2});
  tally.add({}, MutationTally::Classes{0, 1, 1, 0});  // survives
  tally.add({}, MutationTally::Classes{1, 1, 0, 2});  // kills 0 and 1
  const MutationScore score = tally.finish();
  CHECK(score.killed() == 1);
  CHECK(score.score == 0.5);  // 2 pairs of 2 mutants times 2 classes
  CHECK(score.mutants[1].error_rate == doctest::Approx(2.0 / 3));
  CHECK(score.mutants[1].changed == 3);
  REQUIRE(score.killers.size() == 2);
  CHECK(score.killers[0] == std::pair<std::size_t, std::int64_t>{0, 1});
}

}  // namespace nv
