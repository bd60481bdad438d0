// Files of `nv run`.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "nv/analysis/run.h"
#include "nv/data/input.h"
#include "shared/result_output.h"
#include "shared/sheet_files.h"

namespace nv {

enum class RunFormat { png, svg, pdf, npz, npy, h5, json };
/// Throws Error(usage) with all names as the hint.
RunFormat parse_run_format(const std::string& name);

/// File name of a layer: "003-conv2d". The number makes it unique and sorts in order of the graph.
std::string file_stem(const Model& model, std::size_t node);

/// The reliability diagram; none for fewer than two inputs with probabilities and a true class. Refers to
/// both arguments.
std::vector<NamedSheet> truth_sheets(const Model& model, const TruthSummary& truth);

/// Writes DIR/ID/... per input, or one sheet NAME.png, .svg or .pdf.
class RunWriter {
 public:
  /// `out` is open and must outlive the writer. `layers`: per node, whether to write its activations. Throws
  /// Error(usage) if -o is one sheet and no layer is chosen.
  RunWriter(ResultOutput& out, std::vector<RunFormat> formats, std::vector<bool> layers);

  /// The overview and a sheet per layer; none if no layer is chosen. They refer to both arguments.
  std::vector<NamedSheet> sheets(const SheetSource& source, const RunResult& result) const;

  /// Writes the files of one input and adds them to `result`; in parallel.
  void write(const SheetSource& source, RunResult& result, const SheetStyle& style, ThreadPool& pool);

  /// Writes the figures of the whole set into the folder. Returns the first file, "" for none.
  std::string write_of_set(std::span<const NamedSheet> sheets, const std::vector<std::string>& sources,
                           const SheetStyle& style, ThreadPool& pool);

  /// Writes confusion.csv (rows: true classes, columns: predicted ones) and calibration.csv (a row per bin)
  /// into the folder; `truth`: null for none.
  void write_tables(const TruthSummary* truth, std::span<const std::string> labels);

  /// "wrote DIR; open FILE" with the first figure; "" if nothing was written.
  std::string written() const;

 private:
  bool wants(RunFormat f) const;
  /// Formats of the sheets in the folder.
  std::vector<render::PictureFormat> picture_formats() const;
  void write_arrays(OutputFolder& files, const SheetSource& source, RunResult& result,
                    const std::string& folder) const;

  ResultOutput& out_;
  std::vector<RunFormat> formats_;
  std::vector<bool> layers_;
  std::string first_;  ///< first file to open, relative to the folder
};

}  // namespace nv
