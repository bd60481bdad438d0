// What `nv compare` and `nv mutate` write of two passes: sheets of layers, how the difference grows, a table.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "nv/analysis/compare.h"
#include "nv/analysis/prediction.h"
#include "nv/render/provenance.h"
#include "nv/render/scene.h"
#include "output_folder.h"
#include "report_page.h"
#include "sheets.h"
#include "talk.h"

namespace nv {

/// Two passes and what they are called.
struct Pair {
  Side a, b;
  const Matching& matching;
  std::string name_a = "A", name_b = "B";  ///< over the maps
  std::string caption = {};                ///< the inputs, and what the models said
  std::vector<std::string> labels = {};
  std::vector<std::string> sources = {};  ///< names and hashes of files, for the files' metadata
};

/// The channels of one layer that differ most (or those of style.channels, as large as fits): before, after
/// and the difference; of a vector, its units as pairs of bars. `top` says how many.
render::Scene change_sheet(const Pair& pair, const LayerDifference& layer, std::size_t top,
                           const SheetStyle& style, const render::Page& page);

/// How the difference grows from input to output, layer by layer.
render::Scene growth_sheet(const Pair& pair, std::span<const LayerDifference> layers, const SheetStyle& style,
                           const render::Page& page);

/// A picture's file: the sheet of the layer, or of all where it is null.
Bytes pair_picture(const Pair& pair, std::span<const LayerDifference> layers, const LayerDifference* layer,
                   std::size_t top, render::PictureFormat format, const SheetStyle& style);

/// Where the sheets of pairs go.
struct PairOutput {
  OutputFolder* folder = nullptr;  ///< null for none
  ReportPage& page;
  std::span<const render::PictureFormat> formats;
  std::size_t top;  ///< channels that a sheet shows
};

/// The overview and the sheets of all layers, in the folder's part `id` and on the page; tells `layers` their
/// files.
void write_pair(const PairOutput& out, const Pair& pair, std::vector<LayerDifference>& layers,
                const std::string& id, const SheetStyle& style);

/// A line a layer: how much it differs, and which channels most.
Table difference_table(std::span<const LayerDifference> layers);

/// The prediction of the first output that is a vector; nullopt where there is none.
std::optional<Prediction> prediction_of(const Side& side, const std::vector<OutputKind>& outputs,
                                        std::span<const std::string> labels);

}  // namespace nv
