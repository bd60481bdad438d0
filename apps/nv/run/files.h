// The files of `nv run`.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "nv/analysis/run.h"
#include "nv/data/input.h"
#include "shared/output_folder.h"
#include "shared/report_page.h"
#include "sheet_files.h"

namespace nv {

enum class RunFormat { png, svg, pdf, npz, npy, h5, json };
/// Throws Error(usage) with the names as the hint.
RunFormat parse_run_format(const std::string& name);

/// "003-conv2d": numbers make the name of a layer's file unique and sort it in order of the graph.
std::string file_stem(const Model& model, std::size_t node);

/// Writes DIR/ID/... for each input, or one sheet NAME.png, .svg or .pdf.
class RunWriter {
 public:
  /// `output` as given with -o: a folder, a NAME.png, .svg or .pdf, or "" for nothing to write. Throws
  /// Error(usage, output).
  RunWriter(const std::string& output, std::vector<RunFormat> formats, const OutputRules& rules,
            std::vector<bool> layers, const Console& console);

  /// Writes the files of one input, tells `result` of them, and puts the sheets on the page; in parallel.
  void write(const SheetSource& source, RunResult& result, const SheetStyle& style, ReportPage& report,
             ThreadPool& pool);
  /// Writes DIR/run.json and the manifest.
  void finish(const std::string& document);

  bool single_sheet() const { return !sheet_.empty(); }
  const OutputFolder* folder() const { return folder_.get(); }
  const std::string& sheet() const { return sheet_; }
  /// The first file that a person would open, relative to the folder; "" for none.
  const std::string& best() const { return best_; }

 private:
  bool wants(RunFormat f) const;
  /// Of the sheets in the folder.
  std::vector<render::PictureFormat> picture_formats() const;
  /// The overview and a sheet a layer, yet to be drawn.
  std::vector<NamedSheet> sheets(const SheetSource& source, const RunResult& result,
                                 const SheetStyle& style) const;
  void write_arrays(const SheetSource& source, RunResult& result, const std::string& folder);

  std::unique_ptr<OutputFolder> folder_;
  std::string sheet_, best_;
  bool force_ = false;
  std::vector<RunFormat> formats_;
  std::vector<bool> layers_;
};

}  // namespace nv
