// Which methods' samples fool which other models.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "nv/figures/style.h"
#include "nv/render/scene/scene.h"

namespace nv::figures {

struct TransferCounts {
  /// Of the samples of a method whose original a model classifies right.
  struct Cell {
    std::int64_t fooled = 0, of = 0;
  };
  std::vector<std::string> methods, models;  ///< names of the rows and columns
  std::vector<Cell> cells;                   ///< methods x models
  std::string model;                         ///< title of the model that the samples were made for
};

/// A heat map of the rates, with the counts: "0.62" and "31/50". Throws Error(usage) if there are no cells,
/// or names and numbers do not agree.
render::Scene transfer_map(const TransferCounts& counts, const Style& style = {},
                           const render::Page& page = {});

}  // namespace nv::figures
