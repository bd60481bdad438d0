// The pictures of `nv run`: from a trace to drawn sheets.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "nv/analysis/run.h"
#include "nv/data/input.h"
#include "nv/engine/engine.h"
#include "nv/render/colormap.h"
#include "nv/render/scale.h"
#include "nv/render/scene.h"
#include "nv/render/theme.h"

namespace nv {

struct SheetStyle {
  render::ScaleMode scale = render::ScaleMode::layer;
  render::Colormap map = render::Colormap::viridis;
  render::Theme theme = render::Theme::light();
  bool title = true;
  double dpi = 96;
};

/// Everything that a sheet of one input draws from.
struct SheetSource {
  const Engine& engine;
  const std::vector<OutputKind>& outputs;
  const std::vector<std::string>& labels;
  const Trace& trace;
  std::int64_t item;  ///< of the batch
  const Input& input;
  const RunResult& result;
  const Preprocess& preprocess;
};

/// The sheet of one layer: its maps, its units, or the class scores where it is an output that classifies.
render::Scene layer_sheet(const SheetSource& source, std::size_t node, const SheetStyle& style);

/// The whole pass on one sheet, of the layers of `kept`.
render::Scene overview_sheet(const SheetSource& source, const std::vector<bool>& kept,
                             const SheetStyle& style);

/// A signed map of the input's own shape (a gradient), channel by channel about 0; `meaning` says what it is.
render::Scene gradient_sheet(const SheetSource& source, const Tensor& gradient, const std::string& meaning,
                             const SheetStyle& style);

/// As a PNG file at the style's resolution.
Bytes png(const render::Scene& scene, const SheetStyle& style);

}  // namespace nv
