// Pictures of the first inputs of a ranking.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "nv/figures/style.h"
#include "nv/render/charts/pixel_grid.h"
#include "nv/render/scene/scene.h"

namespace nv::figures {

struct RankedSheet {
  struct Item {
    render::PixelGrid picture;  ///< without pixels: its place stays empty
    std::string prediction;     ///< "7"
    double score = 0;           ///< by the first metric
    std::string truth = {};     ///< "9" where the prediction is wrong; else ""
  };
  std::optional<Item> query;  ///< of nv rank --to, drawn first
  std::vector<Item> items;    ///< by rank
  bool has_truth = false;     ///< the true classes are known
  std::string metric;         ///< "gini"
  std::string title;          ///< "the first 24 of 10,000 inputs"
  std::string model;          ///< its title
};

/// Each picture with its prediction and score below. Throws Error(usage) if no item has a picture.
render::Scene ranked_sheet(const RankedSheet& sheet, const Style& style = {}, const render::Page& page = {});

}  // namespace nv::figures
