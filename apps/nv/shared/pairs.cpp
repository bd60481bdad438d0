#include "shared/pairs.h"

#include <algorithm>
#include <cmath>

#include "nv/core/error.h"
#include "nv/core/text.h"
#include "nv/render/change.h"
#include "nv/render/plots.h"
#include "run/files.h"
#include "shared/picture_options.h"

namespace nv {

namespace {

void set_heading(render::Heading& heading, const Pair& pair, const LayerDifference& layer) {
  heading.title = layer.path_b.empty() ? layer.path : fmt::format("{} and {}", layer.path, layer.path_b);
  heading.kind = layer.kind;
  heading.shape_text = layer.shape.str(" × ");
  heading.model = model_title(pair.a.engine.model());
  heading.caption = fmt::format("{}  ·  relative L2 {}, cosine {}", pair.caption,
                                render::compact_number(layer.values.relative_l2),
                                render::compact_number(layer.values.cosine));
}

std::size_t partner(const Pair& pair, std::size_t node) {
  const auto at = std::ranges::find(pair.matching.pairs, node, &std::pair<std::size_t, std::size_t>::first);
  return at->second;
}

/// Channels to show: those asked for, else the `top` that differ most.
std::vector<std::int64_t> shown_channels(const LayerDifference& layer, std::size_t top,
                                         const SheetStyle& style) {
  if (style.channels) return asked_channels(style, layer.path, layer.values.channels.size());
  std::vector<std::int64_t> list;
  for (const ChannelDifference& c : layer.values.channels)
    if (list.size() < top) list.push_back(c.channel);
  return list;
}

render::Scene unit_sheet(const Pair& pair, const LayerDifference& layer, const Tensor& a, const Tensor& b,
                         const std::vector<std::int64_t>& shown, const SheetStyle& style,
                         const render::Page& page) {
  render::BarChart chart;
  set_heading(chart, pair, layer);
  chart.series = {pair.name_a, pair.name_b};
  for (std::int64_t u : shown)
    chart.rows.push_back({pair.labels.size() == static_cast<std::size_t>(a.size())
                              ? class_label(u, pair.labels)
                              : fmt::format("{}", u),
                          {static_cast<double>(a[u]), static_cast<double>(b[u])}});
  chart.meaning = fmt::format("value of the {} of {} units that differ most", shown.size(), a.size());
  chart.theme = style.theme;
  chart.page = page;
  chart.page.width = page.exact ? page.width : std::min(page.width, 640.0);
  return draw(chart);
}

}  // namespace

void PairOptions::declare(const OptionGroup& group) {
  group.add("--format", list_, "LIST", "With -o DIR: png, svg, pdf (comma-separated)");
  group.add("--layers", layers_, "LIST", "Names, globs, @Kind, 3, 2-5, all");
  group.add("--top", top_, "K", "How many channels to show (8)").range(1, 100000);
}

void PairOptions::settle(std::string_view command, const std::string& output) {
  if (output.empty() && !list_.empty())
    throw Error(ErrorKind::usage, fmt::format("{}: --format says what to write, but not where", command),
                "add -o DIR");
  formats_ = parse_picture_formats(list_.empty() ? "png" : list_);
}

render::Scene change_sheet(const Pair& pair, const LayerDifference& layer, std::size_t top,
                           const SheetStyle& style, const render::Page& page) {
  const std::size_t other = partner(pair, layer.index);
  const Tensor a = pair.a.trace.outputs[layer.index].item(pair.a.item);
  const Tensor b = pair.b.trace.outputs[other].item(pair.b.item);
  const std::vector<std::int64_t> shown = shown_channels(layer, a.shape().rank() <= 1 ? 2 * top : top, style);
  if (a.shape().rank() <= 1) return unit_sheet(pair, layer, a, b, shown, style, page);
  const std::vector<FeatureMap> before =
      feature_maps(a, pair.a.engine.structure().nodes[layer.index].channels_first);
  const std::vector<FeatureMap> after =
      feature_maps(b, pair.b.engine.structure().nodes[other].channels_first);
  render::ChangeSheet sheet;
  set_heading(sheet, pair, layer);
  sheet.before_name = pair.name_a;
  sheet.after_name = pair.name_b;
  sheet.difference_name = fmt::format("{} − {}", pair.name_b, pair.name_a);
  sheet.channels = static_cast<int>(before.size());
  const std::vector<render::Map> maps_a = render_maps(before, pair.a.engine, layer.index);
  const std::vector<render::Map> maps_b = render_maps(after, pair.b.engine, other);
  for (std::int64_t c : shown)
    sheet.pairs.push_back({maps_a[static_cast<std::size_t>(c)], maps_b[static_cast<std::size_t>(c)]});
  if (style.channels) sheet.tile = 4000;  // as large as fits
  sheet.map = style.map;
  sheet.theme = style.theme;
  sheet.page = page;
  return draw(sheet);
}

render::Scene growth_sheet(const Pair& pair, std::span<const LayerDifference> layers, const SheetStyle& style,
                           const render::Page& page) {
  render::LinePlot plot;
  plot.title = fmt::format("{} against {}", pair.name_b, pair.name_a);
  plot.model = model_title(pair.a.engine.model());
  plot.caption = pair.caption;
  render::LinePlot::Series grown{"relative L2 of the output", {}},
      own{"of the layer alone, given A's inputs", {}};
  bool blamed = false;
  double least = INFINITY, most = 0;
  for (std::size_t i = 0; i < layers.size(); ++i) {
    const auto x = static_cast<double>(i);
    const double value = layers[i].values.relative_l2;
    grown.points.push_back({x, value});
    if (value > 0) least = std::min(least, value);
    if (std::isfinite(value)) most = std::max(most, value);
    if (layers[i].own_relative_l2) {
      own.points.push_back({x, *layers[i].own_relative_l2});
      blamed = true;
    }
    plot.x_names.push_back(layers[i].path);
  }
  plot.series.push_back(std::move(grown));
  if (blamed) plot.series.push_back(std::move(own));
  if (most > 0 && least < most / 1000) plot.y_scale = render::AxisScale::log;
  plot.x_label = "layer";
  plot.y_label = "relative L2";
  plot.theme = style.theme;
  plot.page = page;
  return draw(plot);
}

void write_pair(const PairOutput& out, const Pair& pair, std::vector<LayerDifference>& layers,
                const std::string& id, const std::string& key, const SheetStyle& style) {
  if (out.folder == nullptr && out.single.empty() && !out.page.wanted()) return;
  const Model& model = pair.a.engine.model();
  std::vector<NamedSheet> sheets{
      {"overview", picture_title(model, "overview"),
       [&](const render::Page& page) { return growth_sheet(pair, layers, style, page); }}};
  for (const LayerDifference& layer : layers)
    sheets.push_back(
        {file_stem(model, layer.index), picture_title(model, layer.path), [&](const render::Page& page) {
           return change_sheet(pair, layer, out.options.top(), style, page);
         }});
  ThreadPool& pool = pair.a.engine.pool();
  if (!out.single.empty())
    write_sheet(out.single, layers.size() == 1 ? sheets[1] : sheets[0], pair.sources, style, out.force);
  if (out.folder != nullptr) {
    const std::string place = out.folder->name_of(key);
    out.folder->replaces(place);
    const std::vector<std::string> files =
        write_sheets(*out.folder, place, sheets, out.options.formats(), pair.sources, style, pool);
    for (std::size_t i = 0; i < layers.size(); ++i) layers[i].file = files[i + 1];
  }
  out.page.heading(id);
  out.page.text(pair.caption);
  out.page.table(difference_table(layers));
  out.page.sheets(sheets, "every layer", pool);
}

Table difference_table(std::span<const LayerDifference> layers) {
  Table table;
  table.column("#", Table::Align::right);
  table.column("layer", Table::Align::left);
  table.column("kind", Table::Align::left);
  table.column("relative L2", Table::Align::right);
  table.column("largest", Table::Align::right);
  table.column("cosine", Table::Align::right);
  table.column("SSIM", Table::Align::right);
  table.column("channels", Table::Align::left);
  for (const LayerDifference& l : layers) {
    std::vector<std::string> channels;
    for (const ChannelDifference& c : l.values.channels)
      if (channels.size() < 5 && c.l2 != 0) channels.push_back(fmt::format("{}", c.channel));
    table.row({fmt::format("{}", l.index), one_line(l.path), l.kind,
               fmt::format("{:.3g}", l.values.relative_l2), fmt::format("{:.3g}", l.values.linf),
               fmt::format("{:.4f}", l.values.cosine),
               l.values.ssim ? fmt::format("{:.4f}", *l.values.ssim) : "",
               fmt::format("{}", fmt::join(channels, " "))});
  }
  return table;
}

}  // namespace nv
