// Which methods' samples fool which other models.
#pragma once

#include <string>
#include <vector>

#include "nv/figures/style.h"
#include "nv/render/scene/scene.h"

namespace nv::figures {

struct TransferRates {
  std::vector<std::string> methods, models;  ///< names of the rows and columns
  std::vector<double> fooled;                ///< shares, methods x models; NaN if unknown
  std::string model;                         ///< title of the model that the samples were made for
};

/// A heat map. Throws Error(usage) if there are no cells, or names and numbers do not agree.
render::Scene transfer_map(const TransferRates& rates, const Style& style = {},
                           const render::Page& page = {});

}  // namespace nv::figures
