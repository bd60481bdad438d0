// What `nv compare` and `nv mutate` write of two passes: sheets of layers, how the difference grows, a table.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "nv/analysis/compare.h"
#include "nv/analysis/prediction.h"
#include "shared/console.h"
#include "shared/option_set.h"
#include "shared/result_output.h"
#include "shared/sheets.h"

namespace nv {

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

/// The overview and the sheets of all layers, in the folder under the name of `key` (made of all ids) and on
/// the page; tells `layers` their files. A single file gets the overview, or the sheet of the only layer.
void write_pair(ResultOutput& out, const PairOptions& options, const Pair& pair,
                std::vector<LayerDifference>& layers, const std::string& id, const std::string& key,
                const SheetStyle& style);

/// A line a layer: how much it differs, and which channels most.
Table difference_table(std::span<const LayerDifference> layers);

}  // namespace nv
