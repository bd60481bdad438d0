// The files of `nv run`.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "nv/analysis/run.h"
#include "nv/data/input.h"
#include "shared/result_output.h"
#include "shared/sheet_files.h"

namespace nv {

enum class RunFormat { png, svg, pdf, npz, npy, h5, json };
/// Throws Error(usage) with the names as the hint.
RunFormat parse_run_format(const std::string& name);

/// "003-conv2d": numbers make the name of a layer's file unique and sort it in order of the graph.
std::string file_stem(const Model& model, std::size_t node);

/// Writes DIR/ID/... for each input, or one sheet NAME.png, .svg or .pdf.
class RunWriter {
 public:
  /// `out` is open and outlives the writer. `layers`, per node: the activations to write. Throws Error(usage)
  /// if -o is one sheet and no layer is chosen.
  RunWriter(ResultOutput& out, std::vector<RunFormat> formats, std::vector<bool> layers);

  /// Writes the files of one input, tells `result` of them, and puts the sheets on the page; in parallel.
  void write(const SheetSource& source, RunResult& result, const SheetStyle& style, ThreadPool& pool);

  /// "wrote DIR; open FILE", with the first file that a person would open; "" if nothing was written.
  std::string written() const;

 private:
  bool wants(RunFormat f) const;
  /// Of the sheets in the folder.
  std::vector<render::PictureFormat> picture_formats() const;
  /// The overview and a sheet per layer, to be drawn.
  std::vector<NamedSheet> sheets(const SheetSource& source, const RunResult& result,
                                 const SheetStyle& style) const;
  void write_arrays(OutputFolder& files, const SheetSource& source, RunResult& result,
                    const std::string& folder) const;

  ResultOutput& out_;
  std::vector<RunFormat> formats_;
  std::vector<bool> layers_;
  std::string first_;  ///< relative to the folder
};

}  // namespace nv
