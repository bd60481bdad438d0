// The pictures of `nv run`: from a trace to drawn sheets.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "nv/analysis/run.h"
#include "nv/data/input.h"
#include "nv/data/items.h"
#include "nv/engine/engine.h"
#include "nv/render/colormap.h"
#include "nv/render/maps.h"
#include "nv/render/picture.h"
#include "nv/render/print.h"
#include "nv/render/scale.h"
#include "nv/render/scene.h"
#include "nv/render/theme.h"

namespace nv {

struct SheetStyle {
  render::ScaleMode scale = render::ScaleMode::layer;
  render::Colormap map = render::Colormap::viridis;
  render::Theme theme = render::Theme::light();
  render::Print print;
  std::optional<ItemRanges> channels;  ///< of a sheet of maps; all where there are none
  std::string command;                 ///< the command line, for the files' metadata
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
  std::vector<std::string> sources = {};  ///< names and hashes of files, for the files' metadata
};

/// Maps of a node's output as render/ knows them, those that are frozen marked; they look at the numbers of
/// `maps`.
std::vector<render::Map> render_maps(const std::vector<FeatureMap>& maps, const Engine& engine,
                                     std::size_t node);

/// The sheet of one layer: its maps, its units, or the class scores where it is an output that classifies.
render::Scene layer_sheet(const SheetSource& source, std::size_t node, const SheetStyle& style,
                          const render::Page& page);

/// The whole pass on one sheet, of the layers of `kept`.
render::Scene overview_sheet(const SheetSource& source, const std::vector<bool>& kept,
                             const SheetStyle& style, const render::Page& page);

/// A signed map of the input's own shape (a gradient), channel by channel about 0; `meaning` says what it is.
render::Scene gradient_sheet(const SheetSource& source, const Tensor& gradient, const std::string& meaning,
                             const SheetStyle& style, const render::Page& page);

/// A picture as sheets show it: grey as red, green and blue alike, without transparency.
render::Picture drawable(const Picture& picture);

/// "7 (0.9998)": the class and its probability, or its score where there is none; "NaN" where the output
/// says none, "-" where none of the outputs is a vector of classes.
std::string prediction_text(const std::optional<Prediction>& prediction, bool classifies = true);

/// The file's own name, as headings have it.
std::string model_title(const Model& model);

/// What a picture's file says that it shows: "lenet5.h5: conv1".
std::string picture_title(const Model& model, const std::string& what);

/// The channels of --channel, which `style` has, of a layer of `count`. Throws Error(usage) for one beyond.
std::vector<std::int64_t> asked_channels(const SheetStyle& style, const std::string& layer,
                                         std::size_t count);

/// The file of what `compose` draws, at the style's size; `sources` are names and hashes of files.
Bytes picture(const render::Compose& compose, render::PictureFormat format, const std::string& title,
              const std::vector<std::string>& sources, const SheetStyle& style);

}  // namespace nv
