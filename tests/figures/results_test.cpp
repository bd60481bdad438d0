// Figures drawn from results: of LeNet-5 and the digits in examples/.
#include <doctest/doctest.h>

#include <algorithm>

#include "analysis/attacks/support.h"
#include "nv/analysis/captions.h"
#include "nv/core/error.h"
#include "nv/figures/attack/robustness_curve.h"
#include "nv/figures/attack/sample_sheet.h"
#include "nv/figures/attack/transfer_map.h"
#include "nv/figures/model/filter_ranking.h"
#include "nv/figures/model/layer_kernels.h"
#include "nv/figures/model/structure.h"
#include "nv/figures/pass/gradient_sheet.h"
#include "nv/figures/pass/layer_sheet.h"
#include "nv/figures/pass/overview.h"
#include "nv/figures/pass/terminal.h"
#include "nv/model/select.h"
#include "render/support.h"

using namespace nv;
using namespace nv::figures;
using render::Scene;
using render::test::all;
using render::test::check_tidy;
using render::test::has_text;

namespace {

/// Two digits through LeNet-5.
struct TwoPasses {
  Engine engine = nv::test::lenet(1);
  std::vector<Input> inputs;
  std::vector<OutputKind> outputs = output_kinds(engine.model(), engine.structure());
  std::vector<std::string> labels;
  Preprocess preprocess;
  Trace trace;
  std::vector<RunResult> results;
  std::vector<bool> every = std::vector<bool>(engine.model().nodes.size(), true);

  TwoPasses() {
    inputs = nv::test::digit_inputs();
    inputs.resize(2);
    Tensor batch(Shape{2, 28, 28, 1});
    for (std::int64_t i = 0; i < 2; ++i)
      std::ranges::copy(inputs[static_cast<std::size_t>(i)].tensors[0].values(), batch.item(i).data());
    trace = engine.forward(std::vector{batch});
    for (std::int64_t i = 0; i < 2; ++i) {
      results.push_back(summarise(engine, outputs, trace, i, every, labels, 3, {}));
      results.back().id = inputs[static_cast<std::size_t>(i)].id;
    }
  }
  Pass pass(std::size_t i = 0) {
    return {engine, outputs, labels, trace, static_cast<std::int64_t>(i), inputs[i], results[i], preprocess};
  }
  std::size_t node(const char* layer) const { return select_layer(engine.model(), layer); }
};

}  // namespace

TEST_CASE("a layer's sheet shows each of its maps, or those that are chosen") {
  TwoPasses two;
  const std::size_t conv = two.node("conv1");
  const auto channels =
      static_cast<std::size_t>(channel_count(two.trace.outputs[conv].item(0).shape(), false));
  const Scene scene = layer_sheet(two.pass(), conv);
  check_tidy(scene);
  CHECK(all<render::Bitmap>(scene).size() == channels);
  CHECK(has_text(scene, two.engine.model().nodes[conv].path));
  CHECK(has_text(scene, "input " + two.inputs[0].id));
  Style style;
  style.channels.emplace("0,2");
  CHECK(all<render::Bitmap>(layer_sheet(two.pass(), conv, style)).size() == 2);
  style.channels.emplace("99");
  CHECK_THROWS_WITH_AS(layer_sheet(two.pass(), conv, style), doctest::Contains("expected channels of"),
                       Error);
}

TEST_CASE("the sheet of an output that classifies shows its scores") {
  TwoPasses two;
  const Scene scene = layer_sheet(two.pass(), static_cast<std::size_t>(two.outputs[0].value.node));
  check_tidy(scene);
  CHECK(has_text(scene, "probability"));
  CHECK(has_text(scene, two.results[0].prediction->label));
}

TEST_CASE("the overview shows the input, the layers and the scores") {
  TwoPasses two;
  const Scene scene = overview_sheet(two.pass(), two.every);
  check_tidy(scene);
  for (const char* words : {"class probabilities", "Conv2D", "most active"})
    CHECK_MESSAGE(has_text(scene, words), words);
  CHECK(has_text(scene, two.inputs[0].id));
  const std::string text = terminal_text(two.pass(), two.every, {}, TerminalColours::none, 80);
  CHECK(text.find("Conv2D") != std::string::npos);
  CHECK(text.find('\x1b') == std::string::npos);
}

TEST_CASE("a gradient is drawn about 0, under the title that it is given") {
  TwoPasses two;
  Tensor gradient(Shape{28, 28, 1}, 0.0F);
  gradient[5] = -1;
  const Scene scene = gradient_sheet(two.pass(), gradient, {"gradient of something", 0});
  check_tidy(scene);
  CHECK(has_text(scene, "gradient of something"));
  const std::vector<render::Rgb> pixels = all<render::Bitmap>(scene).at(0).pixels;
  CHECK(pixels[0] == render::Rgb{255, 255, 255});
  CHECK(pixels[5] == render::map(render::Colormap::blue_white_red, 0));
}

TEST_CASE("a model: its structure, folded or whole, and its kernels") {
  Engine engine = nv::test::lenet(1);
  const Inspection inspection = inspect(engine.model(), {});
  const Scene scene = structure_sheet(inspection);
  check_tidy(scene);
  CHECK(has_text(scene, model_title(inspection.model)));
  CHECK(structure_graph(inspection, StructureDetail::all).nodes.size() == inspection.model.nodes.size());
  const std::size_t conv = select_layer(inspection.model, "conv1");
  const KernelMaps kernels = kernel_maps(inspection.model, inspection.structure, conv);
  const Scene drawn = layer_kernels(inspection.model, conv, kernels);
  check_tidy(drawn);
  CHECK(all<render::Bitmap>(drawn).size() == static_cast<std::size_t>(kernels.filters));
  std::vector<FilterImportance> filters(3);
  filters[0].path = "conv_a";
  filters[0].score_change = -0.5;
  const Scene ranking = filter_ranking(inspection.model, filters, 1, 7);
  check_tidy(ranking);
  CHECK(has_text(ranking, "conv_a:0"));
  CHECK(has_text(ranking, "over 7 inputs"));
}

TEST_CASE("importances of filters: the largest fall of the score first, classes for a single input") {
  Engine engine = nv::test::lenet(1);
  std::vector<FilterImportance> filters(3);
  filters[0] = {0, "a", 0, 1, 0.25, 0, 1};  // more of the predicted class without it
  filters[1] = {0, "b", 1, 1, -0.5, 0, -1};
  filters[2] = {0, "c", 2, 0, -0.125};
  const std::vector<std::string> labels{"cat", "frog"};
  const Scene scene = filter_ranking(engine.model(), filters, 3, 1, labels);
  check_tidy(scene);
  std::vector<std::string> rows, values;
  for (const render::Text& t : all<render::Text>(scene)) {
    if (t.text.find(':') == 1) rows.push_back(t.text);
    if (t.text.find("→") != t.text.npos) values.push_back(t.text);
  }
  CHECK(rows == std::vector<std::string>{"b:1", "c:2", "a:0"});
  CHECK(values == std::vector<std::string>{"0.5  cat → none", "−0.25  cat → frog"});
  CHECK(has_text(scene, "3 filters, over 1 input"));
  CHECK(changed_predictions(filters[0], 7, labels, "→") == "1 of 7 changed");
  CHECK(changed_predictions(filters[2], 7, labels, "→").empty());
}

TEST_CASE("an attacked input: the sample's sheet") {
  TwoPasses two;
  attacks::Request request;
  request.eps = 0.3;
  const attacks::Settings settings = nv::test::settings("pgd", request);
  Attacker attacker(two.engine, attacks::find_method("pgd"), settings, nv::test::digit_spec, {}, {});
  const std::vector<AttackResult> results = attacker.run(two.inputs, {}, 2, [](std::size_t) {});
  const auto found = std::ranges::find(results, AttackStatus::success, &AttackResult::status);
  REQUIRE(found != results.end());
  const auto& input = two.inputs[static_cast<std::size_t>(found - results.begin())];
  const auto sheet = sample_sheet(
      {*found, input.tensors[0], attacker, "pgd", settings.bounds, two.engine.model(), two.labels});
  REQUIRE(sheet);
  const Scene scene = draw(*sheet);
  check_tidy(scene);
  CHECK(has_text(scene, "pgd"));
  CHECK(has_text(scene, prediction_text(found->adversarial)));
}

TEST_CASE("attacks over all inputs: accuracy by eps, and transfer between models") {
  figures::RobustnessCurve curve;
  curve.lines = {{"fgsm", {{0, 0.98}, {4.0 / 255, 0.9}, {0.2, 0.4}}, 1200},
                 {"pgd", {{0, 0.98}, {4.0 / 255, 0.7}, {0.2, 0.1}}, 1200}};
  curve.norm = "L∞";
  curve.model = "lenet5.h5";
  const Scene plot = figures::robustness_curve(curve);
  check_tidy(plot);
  for (const char* words : {"eps (L∞, inputs of 0 to 1)", "n = 1,200 inputs", "lenet5.h5", "4/255", "0.0157",
                            "0.2", "by true classes"})
    CHECK_MESSAGE(has_text(plot, words), words);
  curve.lines[1].inputs = 1100;
  CHECK(has_text(figures::robustness_curve(curve), "pgd (n = 1,100)"));
  TransferCounts counts;
  counts.methods = {"fgsm"};
  counts.models = {"a.h5", "b.h5"};
  counts.cells = {{3, 12}, {0, 0}};
  counts.model = "lenet5.h5";
  const Scene map = transfer_map(counts);
  check_tidy(map);
  for (const char* words : {"0.25", "3/12", "0/0", "b.h5"}) CHECK_MESSAGE(has_text(map, words), words);
}
