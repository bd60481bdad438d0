#include "nv/figures/comparison/pair_overview.h"

#include <doctest/doctest.h>

#include "figures/comparison/support.h"
#include "nv/render/scene/print.h"
#include "render/support.h"

using namespace nv;
using namespace nv::figures;
using namespace nv::render::test;
using nv::test::TwoDigits;
using render::Scene;

namespace {

/// A picture, `layers` layers of maps that shrink, and a dense one.
PairOverview overview_of(int layers, int size, const std::vector<float>& values) {
  PairOverview overview;
  overview.title = "model.h5";
  overview.caption = "A: 7, 7 (0.99)  ·  B: 1, 1 (0.98)";
  PairCard input;
  input.name = "input";
  PictureChange& picture = input.picture.emplace();
  picture.before =
      picture.after = {size, size, std::vector<render::Rgb>(static_cast<std::size_t>(size * size)), ""};
  picture.difference.assign(static_cast<std::size_t>(size * size), 0.5F);
  overview.cards.push_back(input);
  for (int i = 0; i < layers; ++i) {
    PairCard card;
    card.name = "block" + std::to_string(i) + "_conv/with/a/long/path";
    card.kind = "Conv2D + bn, relu";
    card.shape_text = "28 × 28 × 6";
    card.measure = "relative L2 0.5";
    const int side = std::max(1, size >> i);
    const auto map = std::span(values).first(static_cast<std::size_t>(side * side));
    for (int c = 0; c < 1 + i % 3; ++c) card.maps.push_back({{c, side, side, map}, {c, side, side, map}});
    overview.cards.push_back(card);
  }
  PairCard dense;
  dense.name = "fc";
  dense.before = dense.after = std::span(values).first(120);
  overview.cards.push_back(dense);
  render::BarChart& scores = overview.scores.emplace();
  scores.series = {"A", "B"};
  for (int i = 0; i < 8; ++i) scores.rows.push_back({"class " + std::to_string(i), {0.1 * i, 0.1}});
  return overview;
}

}  // namespace

TEST_CASE("the overview of a pair shows input, layers and scores on a page of usual proportions") {
  const std::vector<float> values = ramp(224 * 224);
  for (const int layers : {3, 6, 10}) {
    INFO(layers);
    const Scene scene = draw(overview_of(layers, layers == 3 ? 28 : 224, values));
    check_tidy(scene);
    for (const char* words :
         {"model.h5", "B: 1, 1 (0.98)", "input", "fc", "class scores", "relative L2 0.5", "B − A"})
      CHECK_MESSAGE(has_text(scene, words), words);
    CHECK(scene.width / scene.height > 0.9);
    CHECK(scene.width / scene.height < 2.4);
  }
}

TEST_CASE("the overview of a pair fits a page of any width") {
  const std::vector<float> values = ramp(64 * 64);
  PairOverview overview = overview_of(8, 64, values);
  overview.before_name = "original";
  overview.after_name = "adversarial";
  overview.difference_name = "difference";
  const render::Compose compose = [&](const render::Page& page) {
    overview.page = page;
    const Scene scene = draw(overview);
    if (page.exact) CHECK(scene.width <= page.width + 1e-6);
    return scene;
  };
  for (const char* width : {"60mm", "84mm", "174mm", "700px"}) {
    INFO(width);
    render::Print print;
    print.width = render::parse_length(width, "--width");
    const Scene scene = printed(compose, print).scene;
    check_tidy(scene);
    if (std::string_view(width) == "84mm") CHECK(scene.height < 3 * scene.width);
  }
}

TEST_CASE("the overview of two inputs has a card per layer, and both pictures") {
  TwoDigits two;
  PassPair pair = two.pair();
  pair.caption = "A: 7  ·  B: 1";
  const Scene scene = pair_overview(pair, two.layers(pair));
  check_tidy(scene);
  for (const char* words : {"image", "conv1", "conv2", "fc1", "probability", "dense layers: all units"})
    CHECK_MESSAGE(has_text(scene, words), words);
  // 3 pictures, 4 layers of 2 maps, 2 dense layers.
  CHECK(all<render::Bitmap>(scene).size() == 3 + 4 * 2 * 3 + 2 * 3);
  CHECK_FALSE(has_text(scene, "of 6 layers"));
  Style style;
  style.channels.emplace("14");
  const Scene chosen = pair_overview(pair, two.layers(pair), style);
  CHECK(has_text(chosen, "14"));
  CHECK(has_text(chosen, "the chosen channels, else"));
  // conv1 and pool1 have 6 channels, conv2 and pool2 have 16.
  CHECK(all<render::Bitmap>(chosen).size() == 3 + (2 * 2 + 2 * 1) * 3 + 2 * 3);
}

TEST_CASE("the overview of a pair without layers has the input and the output") {
  TwoDigits two;
  const PassPair pair = two.pair();
  const Scene scene = pair_overview(pair, {});
  check_tidy(scene);
  CHECK(all<render::Bitmap>(scene).size() == 3);
  CHECK(has_text(scene, "class scores"));
}

TEST_CASE("an input that is the same in both passes is shown once") {
  TwoDigits two;
  const PassPair pair = two.pair(0);
  const Scene scene = pair_overview(pair, {});
  CHECK(all<render::Bitmap>(scene).size() == 1);
  CHECK(has_text(scene, "no difference"));
  const Scene whole = pair_overview(pair, two.layers(pair));
  check_tidy(whole);
  CHECK(has_text(whole, "the most active where none differs"));
}
