// Output of `nv compare` and `nv mutate` for two passes: sheets of layers, overview of differences, a table.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "nv/analysis/compare.h"
#include "nv/analysis/prediction.h"
#include "shared/console.h"
#include "shared/option_set.h"
#include "shared/pair_page.h"
#include "shared/result_output.h"
#include "shared/sheets.h"

namespace nv {

/// Options for layers and sheets of commands that compare passes.
class PairOptions {
 public:
  void declare(const OptionGroup& group);
  /// Parses --format. Throws Error(usage).
  void check(const ResultOutput& out);

  /// The layers of --layers, per node. Throws Error(usage).
  std::vector<bool> selected(const Model& model) const;
  std::size_t top() const { return top_; }  ///< channels per sheet and in the JSON
  const std::vector<render::PictureFormat>& formats() const { return formats_; }

 private:
  std::string list_, layers_ = "all";
  std::size_t top_ = 8;
  std::vector<render::PictureFormat> formats_;
};

// Names and captions of pairs. `before`, `after` and `prediction`: predictions as text, "-" for none.

/// The intact model and a mutant.
void describe_mutant(Pair& pair, const std::string& id, const std::string& before, const std::string& after,
                     std::span<const Mutation> mutations);
/// Two models; their files have their folder before them if the names are the same.
void describe_models(Pair& pair, const std::string& id, const std::string& before, const std::string& after);

struct InputCaption {
  std::string id, prediction;
};
/// Two inputs, or an original and its sample.
void describe_inputs(Pair& pair, const InputCaption& a, const InputCaption& b, bool sample);

/// Writes the overview, the growth of the difference and the sheets of all layers into the folder, under the
/// name of `key` (built from all ids), and onto the page; sets the files of `layers`. A single file gets the
/// overview, or the sheet of the only layer.
void write_pair(ResultOutput& out, PairPage& page, const PairOptions& options, const Pair& pair,
                std::vector<LayerDifference>& layers, const PairText& text, const std::string& key,
                const SheetStyle& style);

}  // namespace nv
