#include "shared/pair_page.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "nv/analysis/captions.h"
#include "nv/core/text.h"

namespace nv {

namespace {

constexpr std::size_t few_pairs = 4;        // up to which the sheets of all layers are shown
constexpr std::size_t sheets_of_many = 3;   // else of that many layers
constexpr std::size_t max_tables = 50;      // of layers, one per pair
constexpr std::size_t max_pair_rows = 200;  // of pairs; a longer table is at the end

/// Largest difference first; NaN counts as the largest.
bool differs_more(const LayerDifference& a, const LayerDifference& b) {
  const double x = a.values.relative_l2, y = b.values.relative_l2;
  return std::isnan(x) ? !std::isnan(y) : x > y;
}

/// "Pairs".
std::string heading_of(const std::string& noun, bool many) {
  return fmt::format("{}{}{}", static_cast<char>(noun[0] - 'a' + 'A'), noun.substr(1), many ? "s" : "");
}

std::string short_number(double value) {
  return fmt::format("{:.3g}", value);
}

}  // namespace

Table difference_table(std::span<const LayerDifference> layers, std::span<const std::string> pairs,
                       std::string_view pair) {
  Table table;
  table.layer_columns();
  table.column("relative L2", Table::Align::right);
  table.column("largest", Table::Align::right);
  table.column("cosine", Table::Align::right);
  table.column("SSIM", Table::Align::right);
  table.column("channels", Table::Align::left);
  if (!pairs.empty()) table.column(pair, Table::Align::left);
  table.expendable({2, 6, 4});
  for (std::size_t i = 0; i < layers.size(); ++i) {
    const LayerDifference& l = layers[i];
    std::vector<std::string> channels;
    for (const ChannelDifference& c : l.values.channels)
      if (channels.size() < 5 && c.l2 != 0) channels.push_back(fmt::format("{}", c.channel));
    std::vector<std::string> row{short_number(l.values.relative_l2), short_number(l.values.linf),
                                 score_text(l.values.cosine), l.values.ssim ? score_text(*l.values.ssim) : "",
                                 fmt::format("{}", fmt::join(channels, " "))};
    if (!pairs.empty()) row.push_back(pairs[i]);
    table.layer_row(l.index, l.path, l.kind, std::move(row));
  }
  return table;
}

void PairPage::add_figures(std::span<const LayerDifference> layers, std::span<const NamedSheet> sheets,
                           std::size_t overview_bytes, ThreadPool& pool) {
  std::vector<std::size_t> order(std::min(layers.size(), sheets.size()));
  std::iota(order.begin(), order.end(), 0U);
  if (expected_ > 1)  // not all of them may fit
    std::ranges::stable_sort(
        order, [&](std::size_t a, std::size_t b) { return differs_more(layers[a], layers[b]); });
  std::vector<NamedSheet> in_order;
  for (const std::size_t i : order) in_order.push_back(sheets[i]);
  if (expected_ > few_pairs && in_order.size() > sheets_of_many) {
    page_.count("sheets of layers", 0, in_order.size() - sheets_of_many);
    in_order.resize(sheets_of_many);
  }
  const std::size_t to_come = difference_or_zero(expected_, added_);
  page_.figures(in_order, "sheets of layers",
                {difference_or_zero(page_.room(), to_come * overview_bytes) / (to_come + 1), false}, pool);
}

void PairPage::add(const PairText& pair, const std::string& caption, std::span<const LayerDifference> layers,
                   std::span<const NamedSheet> overviews, std::span<const NamedSheet> sheets,
                   ThreadPool& pool) {
  if (!page_.wanted()) return;
  ++added_;
  Row row{pair, {}, {}, {}, {}, 0, 0};
  if (!layers.empty()) {
    const LayerDifference& worst = *std::ranges::min_element(layers, differs_more);
    row.worst = worst.path;
    row.worst_value = worst.values.relative_l2;
    row.last_value = layers.back().values.relative_l2;
  }
  own_errors_ = own_errors_ || std::ranges::any_of(layers, [](const LayerDifference& l) {
                  return l.own_relative_l2.has_value();
                });
  const std::vector<LayerDifference> all(layers.begin(), layers.end());
  if (const LayerDifference* const first = first_divergent(all, own_error_tolerance))
    row.divergent = first->path;
  keep_largest(largest_, all);
  std::vector<HtmlPage::Figure> drawn = page_.draw(overviews, pool);
  const std::size_t bytes = std::accumulate(
      drawn.begin(), drawn.end(), std::size_t{0},
      [](std::size_t sum, const HtmlPage::Figure& figure) { return sum + figure.svg.size(); });
  const bool fits = bytes <= page_.room();
  const bool lists_layers = !layers.empty() && rows_.size() < max_tables;
  page_.count("overviews", fits ? drawn.size() : 0, drawn.size());
  page_.count("tables of layers", lists_layers ? 1 : 0, 1);
  if (fits || lists_layers) {
    if (std::ranges::all_of(rows_, [](const Row& r) { return r.anchor.empty(); }))
      page_.section(heading_of(names_.pair, expected_ > 1));
    row.anchor = page_.section(pair.id, 3);
    page_.text(caption);
    if (fits)
      for (const HtmlPage::Figure& figure : drawn) page_.add(figure, bytes);
    if (lists_layers && expected_ > 1) page_.table(difference_table(layers), {"Layers", {}, {}});
  }
  if (fits) add_figures(layers, sheets, bytes, pool);
  rows_.push_back(std::move(row));
}

void PairPage::add_error(const std::string& id, const std::string& error) {
  ++added_;
  rows_.push_back({{id, "", ""}, {}, error, {}, {}, 0, 0});
}

void PairPage::add_table(const std::string& caption) {
  Table table;
  table.column(names_.pair, Table::Align::left);
  table.column(names_.a, Table::Align::left);
  table.column(names_.b, Table::Align::left);
  if (own_errors_) table.column("first layer that differs by itself", Table::Align::left);
  table.column("layer that differs most", Table::Align::left);
  table.column("its relative L2", Table::Align::right);
  table.column("of the last layer", Table::Align::right);
  HtmlPage::TableMarks marks{caption, {}, {}};
  for (const Row& r : rows_) {
    std::vector<std::string> cells{one_line(r.pair.id), r.pair.before, r.pair.after};
    if (own_errors_) cells.push_back(one_line(r.divergent));
    const bool compared = r.error.empty() && !r.worst.empty();
    cells.push_back(r.error.empty() ? one_line(r.worst) : "not compared: " + one_line(r.error));
    cells.push_back(compared ? short_number(r.worst_value) : "");
    cells.push_back(compared ? short_number(r.last_value) : "");
    table.row(std::move(cells));
    marks.anchors.push_back(r.anchor);
  }
  page_.table(table, marks);
}

void PairPage::finish(ReportPage::Facts facts, const std::function<void()>& more) {
  if (!page_.wanted()) return;
  page_.set_front(true);
  page_.section("Summary");
  const auto errors = std::ranges::count_if(rows_, [](const Row& r) { return !r.error.empty(); });
  if (errors > 0) facts.emplace_back("not compared", fmt::format("{}", errors));
  page_.facts(facts);
  if (more) more();
  const bool in_front = rows_.size() <= max_pair_rows;
  if (in_front) add_table(rows_.size() > 1 ? fmt::format("All {}s", names_.pair) : "");
  page_.section(rows_.size() > 1 ? fmt::format("Layers: largest difference of all {}s", names_.pair)
                                 : "Layers");
  page_.table(difference_table(largest_));
  page_.set_front(false);
  if (!in_front) {
    page_.section(fmt::format("All {}s", names_.pair));
    add_table("");
  }
  page_.finish();
}

}  // namespace nv
