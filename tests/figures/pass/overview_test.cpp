#include "nv/figures/pass/overview.h"

#include <doctest/doctest.h>

#include "nv/core/parallel.h"
#include "nv/render/backends/png.h"
#include "render/support.h"

using namespace nv::figures;
using namespace nv::render;
using namespace nv::render::test;

namespace {

/// `layers` layers whose maps halve in size now and then, and a dense layer at the end.
Overview pass(int layers, int size, const std::vector<float>& values) {
  Overview overview;
  overview.title = "model";
  overview.subtitle = "input 7.png, predicted 7";
  overview.input = {size, size, std::vector<Rgb>(static_cast<std::size_t>(size * size)), "7.png"};
  for (int b = 0; b < layers; ++b) {
    OverviewCard card;
    card.name = "block" + std::to_string(b) + "_conv/with/a/long/path";
    card.kind = "Conv2D";
    card.note = "+ bn, relu";
    card.shape_text = "28 x 28 x 6";
    const int side = std::max(1, size >> (4 * b / layers));
    for (int c = 0; c < 1 + b % 7; ++c)
      card.maps.push_back(
          {c, side, side, std::span(values).first(static_cast<std::size_t>(side * side)), false, false});
    card.lo = b % 3 == 2 ? -1 : 0;
    card.hi = 1;
    overview.cards.push_back(card);
  }
  OverviewCard dense;
  dense.name = "fc";
  dense.units = std::span(values).first(120);
  dense.hi = 1;
  overview.cards.push_back(dense);
  overview.scores.emplace();
  overview.scores->scores = ramp(10);
  return overview;
}

}  // namespace

TEST_CASE("the overview goes from the input to the scores, within a page's proportions") {
  const std::vector<float> values = ramp(224 * 224);
  for (const int layers : {5, 14, 53}) {
    INFO(layers);
    const Scene scene = draw(pass(layers, layers == 5 ? 28 : 224, values));
    for (const char* words : {"model", "input", "fc", "Conv2D + bn, relu", "class scores", "most active"})
      CHECK_MESSAGE(has_text(scene, words), words);
    CHECK(scene.width / scene.height > 1.15);
    CHECK(scene.width / scene.height < 2.2);
    check_tidy(scene);
    // A connector from each card to the next ends in an arrow head.
    CHECK(all<Polygon>(scene).size() == static_cast<std::size_t>(layers) + 2);
  }
}

TEST_CASE("a card takes at most six maps, with a note if it shrinks them") {
  const std::vector<float> values = ramp(224 * 224);
  Overview overview = pass(1, 224, values);
  for (int c = 1; c < 20; ++c) overview.cards[0].maps.push_back(overview.cards[0].maps[0]);
  const Scene scene = draw(overview);
  CHECK(all<Bitmap>(scene).size() == 1 + 6 + 1);
  CHECK(has_text(scene, "1 : 4"));
  CHECK(has_text(scene, "1 : 2 = means over 2 × 2 units"));
}

TEST_CASE("scores with a true class of low rank stay within their card") {
  const std::vector<float> values = ramp(28 * 28);
  Overview overview = pass(6, 28, values);
  overview.scores->scores = ramp(1000, 1, 0);
  overview.scores->truth = 700;
  const Scene scene = draw(overview);
  CHECK(has_text(scene, "rank 701:"));
  check_tidy(scene);
}

TEST_CASE("an overview without input, cards or scores can be drawn") {
  CHECK(draw(Overview{}).height > 0);
  Overview overview;
  overview.cards.emplace_back();
  check_tidy(draw(overview));
  CHECK(has_text(draw(overview), "no active map"));
}

TEST_CASE("the most active maps come first, frozen and dead ones never") {
  const std::vector<float> values = {1, 1, 5, 5, -9, -9, 0, 0, 2, 2};
  std::vector<Map> maps = maps_of(values, 5, 1, 2);
  std::vector<int> order;
  for (const Map& m : most_active(maps)) order.push_back(m.channel);
  CHECK(order == std::vector<int>{2, 1, 4, 0});
  maps[2].frozen = true;
  CHECK(most_active(maps, 1).at(0).channel == 1);
}

TEST_CASE("the same sheet is the same file, whatever was drawn before it") {
  const std::vector<float> values = ramp(28 * 28);
  const Scene scene = draw(pass(5, 28, values));
  Font used;
  (void)rasterise(draw(pass(3, 28, values)), 1, used);
  CHECK(encode_png(rasterise(scene, 1, used)) == encode_png(rasterise(scene, 1)));
}

TEST_CASE("sheets drawn by several threads at once are the same bytes") {
  const std::vector<float> values = ramp(28 * 28);
  const auto files = [&values](int threads) {
    std::vector<nv::Bytes> all(6);
    nv::ThreadPool(threads).for_each(6, [&](std::int64_t i) {
      all[static_cast<std::size_t>(i)] =
          encode_png(rasterise(draw(pass(1 + static_cast<int>(i), 28, values))));
    });
    return all;
  };
  CHECK(files(1) == files(3));
}
