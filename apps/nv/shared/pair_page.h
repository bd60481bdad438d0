// The page of commands that compare passes: nv compare --html, nv mutate --freeze --html.
#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "nv/analysis/compare.h"
#include "shared/report_page.h"

namespace nv {

/// One row per layer: its difference, and the channels that differ most. `pairs`: the pair that each is of,
/// if they are of several, under the header `pair`.
Table difference_table(std::span<const LayerDifference> layers, std::span<const std::string> pairs = {},
                       std::string_view pair = "pair");

/// What a page says of a pair, in addition to its figures.
struct PairText {
  std::string id;
  std::string before, after;  ///< the predictions of A and B, "-" for none
};

/// First all pairs with their worst layers and each layer's largest difference, then each pair with its
/// overview and, as far as there is room, the sheets of its layers: of many pairs, those of the three layers
/// that differ most.
class PairPage {
 public:
  explicit PairPage(ReportPage& page) : page_(page) {}

  /// How a page names a pair and its two sides.
  struct Names {
    std::string pair = "pair", a = "A", b = "B";
  };
  /// Number of pairs to come.
  void expect(std::size_t pairs, Names names) {
    expected_ = pairs;
    names_ = std::move(names);
  }
  /// Adds a pair. `overviews`: figures of the whole pair; `sheets`: one per layer.
  void add(const PairText& pair, const std::string& caption, std::span<const LayerDifference> layers,
           std::span<const NamedSheet> overviews, std::span<const NamedSheet> sheets, ThreadPool& pool);
  /// Counts a pair that could not be compared.
  void add_error(const std::string& id, const std::string& error);
  /// Adds the summary and writes the page. `facts`: before those of the pairs; `more`: adds what follows
  /// them.
  void finish(ReportPage::Facts facts, const std::function<void()>& more = {});

 private:
  struct Row {
    PairText pair;
    std::string anchor, error, worst, divergent;
    double worst_value = 0, last_value = 0;
  };

  void add_figures(std::span<const LayerDifference> layers, std::span<const NamedSheet> sheets,
                   std::size_t overview_bytes, ThreadPool& pool);
  void add_table(const std::string& caption);

  ReportPage& page_;
  std::size_t expected_ = 0, added_ = 0;
  Names names_;
  bool own_errors_ = false;  ///< of layers, between two models
  std::vector<Row> rows_;
  std::vector<LayerDifference> largest_;
};

}  // namespace nv
