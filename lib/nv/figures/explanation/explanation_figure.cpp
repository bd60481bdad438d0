#include "nv/figures/explanation/explanation_figure.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "nv/analysis/explain/summary.h"
#include "nv/core/error.h"
#include "nv/figures/explanation/explanation_sheet.h"
#include "nv/figures/explanation/judge_curves.h"
#include "nv/figures/input_picture.h"
#include "nv/figures/pass/gradient_sheet.h"
#include "nv/render/charts/line_plot.h"

namespace nv::figures {

namespace {

using explain::PositionMap;

/// A sheet of one input of the model, without panels.
ExplanationSheet sheet_of(const Pass& pass, std::size_t port, const std::string& title, const Style& style,
                          const render::Page& page) {
  ExplanationSheet sheet;
  const auto node = static_cast<std::size_t>(pass.engine.model().inputs[port].value.node);
  set_heading(sheet, pass, node, pass.input.tensors[port].shape());
  // What the shape is of; the kind of the layer that takes it is of no interest.
  sheet.kind = pass.engine.model().inputs.size() > 1 ? fmt::format("input {}", sheet.title) : "input";
  sheet.title = title;
  sheet.input = input_picture(pass.engine, pass.input, port, pass.preprocess).picture;
  sheet.input.caption.clear();
  sheet.theme = style.theme;
  sheet.page = page;
  return sheet;
}

/// The colours follow from the method, so that they mean the same for every input.
ExplanationPanel panel_of(std::string name, std::vector<std::string> words, PositionMap map,
                          bool never_negative) {
  return {std::move(name), std::move(words), std::move(map.values), !map.relative && !never_negative,
          !map.relative};
}

double magnitude(const Tensor& map) {
  double most = 0;
  for (const float v : map.values()) most = std::max(most, std::abs(static_cast<double>(v)));
  return most;
}

/// A signed map on the scale from -most to most.
ExplanationPanel signed_panel(std::string name, std::vector<std::string> words, const Tensor& map,
                              double most) {
  return {std::move(name), std::move(words), {map.values().begin(), map.values().end()}, true, true, most};
}

/// One below the other.
class Stack {
 public:
  void add(const render::Scene& scene) {
    if (stacked_.items.empty()) {
      stacked_ = scene;
      return;
    }
    stacked_.append(scene, 0, stacked_.height);
    stacked_.height += scene.height;
    stacked_.width = std::max(stacked_.width, scene.width);
  }
  bool empty() const { return stacked_.items.empty(); }
  render::Scene take() { return std::move(stacked_); }

 private:
  render::Scene stacked_;
};

/// Number of values of the explanation's map of an input of the model.
std::int64_t values_of(const explain::Explanation& e, std::size_t port) {
  return e.maps.size() > port ? e.maps[port].size() : 0;
}

/// The sheet of one input of the model that is a picture; false if it is none, or no map is of its size.
bool add_picture(Stack& stack, const Pass& pass, std::size_t port, const ExplanationFigure& figure,
                 const Style& style, const render::Page& page) {
  ExplanationSheet sheet = sheet_of(pass, port, figure.title, style, page);
  if (!sheet.input.whole()) return false;
  sheet.per_row = figure.per_row;
  bool summed = false, relative = false;
  std::string layer;
  for (const NamedExplanation& shown : figure.shown) {
    PositionMap map =
        explain::position_map(*shown.explanation, port, pass.engine.model(), pass.engine.structure());
    if (map.values.size() != sheet.input.pixels.size()) continue;
    summed = summed || values_of(*shown.explanation, port) > static_cast<std::int64_t>(map.values.size());
    relative = relative || map.relative;
    if (layer.empty()) layer = explain::layer_text(*shown.explanation, port, pass.engine.model());
    std::vector<std::string> words =
        figure.shown.size() == 1 ? std::vector{explain::in_words(map)} : explain::in_short_words(map);
    words.insert(words.end(), shown.scores.begin(), shown.scores.end());
    sheet.panels.push_back(
        panel_of(shown.name, std::move(words), std::move(map), shown.explanation->never_negative));
  }
  if (sheet.panels.empty()) return false;
  if (sheet.panels.size() > 1)
    sheet.remarks.emplace_back(
        "below: the pixels that hold half of a map, and the ninth of the picture with most");
  if (sheet.panels.size() > 1 && relative)
    sheet.remarks.emplace_back("rise: of what exceeds the least value of the map");
  if (stack.empty() && figure.judged != nullptr) {
    sheet.remarks.push_back(figure.judged->verdict);
    sheet.remarks.insert(sheet.remarks.end(), figure.judged->remarks.begin(), figure.judged->remarks.end());
  }
  if (!layer.empty()) sheet.remarks.push_back(fmt::format("class activation maps of {}", layer));
  if (summed) sheet.remarks.emplace_back("maps of each value: sums over the channels of the input");
  for (const NamedExplanation& shown : figure.shown)
    if (shown.explanation->maps.empty() && stack.empty())
      sheet.remarks.push_back(shown.name + ": " + shown.words);
  stack.add(draw(sheet));
  return true;
}

/// The curves of the two best known measures: the class's probability by deletion and insertion.
void add_curves(Stack& stack, const explain::judge::Judgement& judged, const Style& style,
                const render::Page& page) {
  render::Page below = page;
  below.title = false;
  for (const std::size_t measure : judged_curves(judged)) {
    const std::string_view name = explain::judge::measures()[measure].name;
    if (name == "deletion" || name == "insertion") stack.add(judge_curves(judged, measure, "", style, below));
  }
}

/// Each pixel as a square of `factor` x `factor`.
render::PixelGrid enlarged(const render::PixelGrid& picture, int factor) {
  render::PixelGrid result{picture.width * factor, picture.height * factor, {}, ""};
  for (int row = 0; row < result.height; ++row)
    for (int column = 0; column < result.width; ++column)
      result.pixels.push_back(
          picture.pixels[static_cast<std::size_t>(row / factor * picture.width + column / factor)]);
  return result;
}

/// "cat", and "dog" where the class becomes another one.
std::vector<render::LinePlot::Tick> class_ticks(const explain::Freezing& freezing,
                                                std::span<const std::string> labels) {
  std::vector<render::LinePlot::Tick> ticks;
  for (std::size_t n = 0; n < freezing.values.size(); ++n) {
    render::LinePlot::Tick tick{static_cast<double>(n), fmt::format("{}", n), ""};
    if (!freezing.predictions.empty())
      tick.detail = freezing.predictions[n] ? class_label(freezing.predictions[n]->index, labels) : "NaN";
    ticks.push_back(std::move(tick));
  }
  return ticks;
}

render::Scene freezing_plot(const Pass& pass, const explain::FilterStudy& study, const FilterFigure& figure,
                            const Style& style, const render::Page& page) {
  const explain::Freezing& freezing = *study.freezing;
  render::LinePlot plot;
  render::LinePlot::Series relevant{"most relevant first", {}}, random{"random (mean of 10 orders)", {}};
  for (std::size_t n = 0; n < freezing.values.size(); ++n) {
    relevant.points.push_back({static_cast<double>(n), freezing.values[n]});
    random.points.push_back({static_cast<double>(n), freezing.random_values[n]});
  }
  plot.series = {std::move(relevant), std::move(random)};
  plot.x_ticks = class_ticks(freezing, pass.labels);
  plot.x_label = freezing.predictions.empty() ? "frozen channels"
                                              : "frozen channels, and the class of the most relevant first";
  plot.y_label = figure.of;
  plot.theme = style.theme;
  plot.page = page;
  plot.page.title = false;
  return draw(plot);
}

std::string after_words(const explain::Freezing& freezing, std::span<const std::string> labels) {
  if (freezing.predictions.empty() || !freezing.predictions.back())
    return fmt::format("{:.3g}", freezing.values.back());
  return fmt::format("now {}", class_label(freezing.predictions.back()->index, labels));
}

}  // namespace

render::Scene explanation_figure(const Pass& pass, const ExplanationFigure& figure, const Style& style,
                                 const render::Page& page) {
  Stack stack;
  const std::vector<Port>& inputs = pass.engine.model().inputs;
  for (std::size_t p = 0; p < inputs.size(); ++p) {
    if (add_picture(stack, pass, p, figure, style, page)) continue;
    for (const NamedExplanation& shown : figure.shown)
      if (shown.explanation->maps.size() == inputs.size())
        stack.add(gradient_sheet(pass, shown.explanation->maps[p],
                                 {figure.shown.size() == 1 ? figure.title : shown.name, p}, style, page));
  }
  if (stack.empty()) throw_usage("{}: there is no map to draw", figure.title);
  if (figure.judged != nullptr) add_curves(stack, *figure.judged, style, page);
  return stack.take();
}

render::PixelGrid overlay_picture(const Pass& pass, const explain::Explanation& explanation,
                                  std::size_t port) {
  constexpr int least_side = 224;
  PositionMap map = explain::position_map(explanation, port, pass.engine.model(), pass.engine.structure());
  if (map.values.empty()) return {};
  const render::PixelGrid input = input_picture(pass.engine, pass.input, port, pass.preprocess).picture;
  if (!input.whole() || input.pixels.size() != map.values.size()) return {};
  const int side = std::max(input.width, input.height);
  return enlarged({input.width, input.height,
                   overlay(input, panel_of("", {}, std::move(map), explanation.never_negative)), ""},
                  (least_side + side - 1) / side);
}

render::Scene filter_figure(const Pass& pass, const explain::FilterStudy& study, const FilterFigure& figure,
                            const Style& style, const render::Page& page) {
  std::size_t port = 0;
  while (port + 1 < pass.input.tensors.size() && pass.input.tensors[port].shape().rank() != 3) ++port;
  std::optional<render::Scene> plot;
  render::Page above = page;
  if (study.freezing && !study.channels.empty()) {
    plot = freezing_plot(pass, study, figure, style, page);
    if (page.height > 0) above.height = std::max(1.0, page.height - plot->height);
  }
  ExplanationSheet sheet = sheet_of(pass, port, figure.title, style, above);
  const double whole = magnitude(study.map);
  double of_channels = 0;
  for (const explain::FilterStudy::Channel& c : study.channels)
    of_channels = std::max(of_channels, magnitude(c.map));
  sheet.panels.push_back(signed_panel("all channels", {}, study.map, whole));
  for (const explain::FilterStudy::Channel& c : study.channels)
    if (c.map.size() > 0)
      sheet.panels.push_back(signed_panel(fmt::format("channel {}", c.channel),
                                          {fmt::format("relevance {:.3g}", c.relevance)}, c.map,
                                          of_channels));
  if (study.freezing)
    sheet.panels.push_back(signed_panel(fmt::format("{} frozen", study.channels.size()),
                                        {after_words(*study.freezing, pass.labels)}, study.freezing->map,
                                        whole));
  sheet.own_scales = false;
  sheet.remarks.emplace_back(study.freezing
                                 ? "one scale for all channels and what is left, one for the channels"
                                 : "one scale for the channels");
  sheet.remarks.emplace_back("maps: gradient times activation");
  const auto drawn = std::ranges::count_if(study.channels, [](const auto& c) { return c.map.size() > 0; });
  if (drawn < std::ssize(study.channels))
    sheet.remarks.push_back(fmt::format("not drawn: {} of the {} frozen channels",
                                        std::ssize(study.channels) - drawn, study.channels.size()));
  Stack stack;
  stack.add(draw(sheet));
  if (plot) stack.add(*plot);
  return stack.take();
}

}  // namespace nv::figures
