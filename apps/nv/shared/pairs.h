// What `nv compare` and `nv mutate` write of two passes: sheets of layers, how the difference grows, a table.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "nv/analysis/compare.h"
#include "nv/analysis/prediction.h"
#include "nv/render/provenance.h"
#include "nv/render/scene.h"
#include "shared/console.h"
#include "shared/option_set.h"
#include "shared/output_folder.h"
#include "shared/report_page.h"
#include "sheets.h"

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

/// What commands that compare passes let users choose of their layers and sheets.
class PairOptions {
 public:
  void declare(const OptionGroup& group);
  /// `output` is -o. Throws Error(usage), beginning with `command`.
  void settle(std::string_view command, const std::string& output);

  const std::string& layers() const { return layers_; }
  std::size_t top() const { return top_; }  ///< channels that a sheet and the JSON show
  const std::vector<render::PictureFormat>& formats() const { return formats_; }

 private:
  std::string list_, layers_ = "all";
  std::size_t top_ = 8;
  std::vector<render::PictureFormat> formats_;
};

/// Where the sheets of pairs go.
struct PairOutput {
  OutputFolder* folder = nullptr;  ///< null for none
  ReportPage& page;
  const PairOptions& options;
  std::string single = {};  ///< a picture's file for the one pair, "" for none
  bool force = false;       ///< that file is replaced, whoever wrote it
};

/// The overview and the sheets of all layers, in the folder under the name of `key` (made of all ids) and on
/// the page; tells `layers` their files. A single file gets the overview, or the sheet of the only layer.
void write_pair(const PairOutput& out, const Pair& pair, std::vector<LayerDifference>& layers,
                const std::string& id, const std::string& key, const SheetStyle& style);

/// A line a layer: how much it differs, and which channels most.
Table difference_table(std::span<const LayerDifference> layers);

}  // namespace nv
