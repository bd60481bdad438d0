#include "nv/figures/pass/overview.h"

#include <doctest/doctest.h>

#include "nv/core/parallel.h"
#include "nv/render/backends/png.h"
#include "render/support.h"

using namespace nv::figures;
using namespace nv::render;
using namespace nv::render::test;

namespace {

OverviewCard layer(int number, const std::string& name, std::vector<Feed> feeds) {
  OverviewCard card;
  card.number = std::to_string(number);
  card.name = name;
  card.feeds = std::move(feeds);
  card.hi = 1;
  return card;
}

/// An input, `layers` layers whose maps halve in size now and then, a dense layer, and the scores.
Overview pass(int layers, int size, const std::vector<float>& values) {
  Overview overview;
  overview.title = "model";
  overview.subtitle = "input 7.png, predicted 7";
  overview.cards.push_back(layer(0, "image", {}));
  overview.cards[0].picture = {size, size, std::vector<Rgb>(static_cast<std::size_t>(size * size)), ""};
  overview.cards[0].note = "resized from 300 × 451";
  for (int b = 0; b < layers; ++b) {
    OverviewCard card = layer(b + 1, "block" + std::to_string(b) + "_conv/with/a/long/path", {{b, true}});
    card.kind = "Conv2D + bn, relu";
    card.shape_text = "28 x 28 x 6";
    const int side = std::max(1, size >> (4 * b / layers));
    for (int c = 0; c < 1 + b % 7; ++c)
      card.maps.push_back(
          {c, side, side, std::span(values).first(static_cast<std::size_t>(side * side)), false, false});
    card.lo = b % 3 == 2 ? -1 : 0;
    overview.cards.push_back(card);
  }
  overview.cards.push_back(layer(layers + 1, "fc", {{layers, true}}));
  overview.cards.back().units = std::span(values).first(120);
  overview.cards.push_back(layer(layers + 2, "classes", {{layers + 1, true}}));
  overview.cards.back().scores.emplace();
  overview.cards.back().scores->scores = ramp(10);
  return overview;
}

/// Cards without contents, with these feeds.
Overview wired_cards(const std::vector<std::vector<Feed>>& feeds) {
  Overview overview;
  for (std::size_t i = 0; i < feeds.size(); ++i)
    overview.cards.push_back(layer(static_cast<int>(i), "layer" + std::to_string(i), feeds[i]));
  return overview;
}

std::size_t arrows(const Scene& scene) {
  return all<Polygon>(scene).size();
}

}  // namespace

TEST_CASE("the overview goes from the input to the scores, within a page's proportions") {
  const std::vector<float> values = ramp(224 * 224);
  for (const int layers : {5, 14, 53}) {
    INFO(layers);
    const Scene scene = draw(pass(layers, layers == 5 ? 28 : 224, values));
    for (const char* words : {"model", "input", "fc", "Conv2D + bn, relu", "most active", "resized from"})
      CHECK_MESSAGE(has_text(scene, words), words);
    CHECK(scene.width / scene.height > 1.15);
    CHECK(scene.width / scene.height < 2.2);
    check_tidy(scene);
    CHECK(arrows(scene) == static_cast<std::size_t>(layers) + 2);
    CHECK(!has_text(scene, "from 1"));  // each card is fed by the one before
  }
}

TEST_CASE("a card has an arrow from each card that feeds it, and none from others") {
  // Two inputs with a branch each, a join; a skip past the last layer but one.
  const Overview overview = wired_cards(
      {{}, {{0, true}}, {}, {{2, true}}, {{1, true}, {3, true}}, {{4, true}}, {{4, true}, {5, true}}});
  const Scene scene = draw(overview);
  CHECK(arrows(scene) == 7);
  CHECK(has_text(scene, "from 1, 3"));
  CHECK(has_text(scene, "from 4, 5"));
  CHECK(!has_text(scene, "from 0"));
  check_tidy(scene);
}

TEST_CASE(
    "skips over several rows lead to their targets, a feed without room for an arrow is named in text") {
  std::vector<std::vector<Feed>> feeds{{}};
  for (int i = 1; i < 24; ++i) feeds.push_back({{i - 1, true}});
  feeds[23] = {{1, true}, {22, true}};
  CHECK(arrows(draw(wired_cards(feeds))) == 24);
  for (int i = 2; i < 24; ++i) {
    feeds[static_cast<std::size_t>(i)].clear();
    for (int from = 0; from < i; ++from) feeds[static_cast<std::size_t>(i)].push_back({from, true});
  }
  const Scene dense = draw(wired_cards(feeds));
  CHECK(arrows(dense) < 24 * 23 / 2);
  CHECK(has_text(dense, "from 0, 1, 2, 3"));
}

TEST_CASE("arrows through layers that are not shown are dashed, and the key says so") {
  const Scene scene = draw(wired_cards({{}, {{0, false}}}));
  CHECK(has_text(scene, "dashed"));
  CHECK(std::ranges::any_of(all<Polyline>(scene), [](const Polyline& l) { return l.stroke.dash > 0; }));
  CHECK(!has_text(draw(wired_cards({{}, {{0, true}}})), "dashed"));
}

TEST_CASE("a card takes at most six maps, and says if it shrinks them") {
  const std::vector<float> values = ramp(224 * 224);
  Overview overview = pass(1, 224, values);
  for (int c = 1; c < 20; ++c) overview.cards[1].maps.push_back(overview.cards[1].maps[0]);
  const Scene scene = draw(overview);
  CHECK(all<Bitmap>(scene).size() == 1 + 6 + 1);
  CHECK(has_text(scene, "1 : 4"));
  CHECK(has_text(scene, "1 : 2 = means over 2 × 2 units"));
}

TEST_CASE("maps that would be islands in small tiles get fewer and larger ones") {
  const std::vector<float> values = ramp(40 * 40);
  for (const int size : {28, 32, 40, 24}) {
    INFO(size);
    const Scene scene = draw(pass(20, size, values));
    double smallest = 1e9;
    for (const Bitmap& b : all<Bitmap>(scene)) smallest = std::min(smallest, b.width());
    CHECK(smallest >= 36);
  }
}

TEST_CASE("classes that do not fit are counted") {
  const std::vector<float> values = ramp(28 * 28);
  Overview overview = pass(6, 28, values);
  CHECK(!has_text(draw(overview), " more"));
  overview.cards.back().scores->scores = std::vector<float>(1000, 0.001F);
  const Scene scene = draw(overview);
  CHECK(has_text(scene, " more, together 0.99"));
  overview.cards.back().scores->meaning = "score";
  CHECK(!has_text(draw(overview), "together"));
}

TEST_CASE("scores with a true class of low rank stay within their card") {
  const std::vector<float> values = ramp(28 * 28);
  Overview overview = pass(6, 28, values);
  overview.cards.back().scores->scores = ramp(1000, 1, 0);
  overview.cards.back().scores->truth = 700;
  const Scene scene = draw(overview);
  CHECK(has_text(scene, "rank 701:"));
  check_tidy(scene);
}

TEST_CASE("an overview without cards or contents can be drawn") {
  CHECK(draw(Overview{}).height > 0);
  Overview overview;
  overview.cards.emplace_back();
  check_tidy(draw(overview));
  CHECK(has_text(draw(overview), "no active map"));
}

TEST_CASE("on an exact page the overview is never wider") {
  const std::vector<float> values = ramp(224 * 224);
  for (const double width : {160.0, 386.0, 523.0, 1085.0})
    for (const int layers : {0, 3, 20}) {
      INFO(width, " ", layers);
      Overview overview = pass(std::max(layers, 1), 224, values);
      overview.page.width = width;
      overview.page.exact = true;
      overview.page.margin = 10;
      const Scene scene = draw(overview);
      CHECK(scene.width <= width);
      check_tidy(scene);
    }
  Page page;
  CHECK(most_cards(page) == 28);
  page.exact = true;
  page.width = 523;
  CHECK(most_cards(page) == 12);
}

TEST_CASE("the most active maps come first, frozen and inactive ones never") {
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
