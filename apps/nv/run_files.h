// The files of `nv run`, and the batches that it computes.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "nv/analysis/run.h"
#include "nv/data/input.h"
#include "output_folder.h"
#include "sheets.h"

namespace nv {

enum class RunFormat { png, npz, npy, h5, json };
/// Throws Error(usage) with the names as the hint.
RunFormat parse_run_format(const std::string& name);

/// Writes DIR/ID/... for each input, or one sheet NAME.png.
class RunWriter {
 public:
  /// `output` as given with -o: a folder, a NAME.png, or "" for nothing to write. Throws Error(usage, output).
  RunWriter(const std::string& output, std::vector<RunFormat> formats, bool force, std::vector<bool> layers, const Model& model);

  /// Writes the files of one input and tells `result` of them; the sheets in parallel.
  void write(const SheetSource& source, RunResult& result, const SheetStyle& style, ThreadPool& pool);
  /// Writes DIR/run.json and the manifest.
  void finish(const std::string& document);

  bool single_sheet() const { return !sheet_.empty(); }
  const OutputFolder* folder() const { return folder_.get(); }
  const std::string& sheet() const { return sheet_; }
  /// The first file that a person would open, relative to the folder; "" for none.
  const std::string& best() const { return best_; }

 private:
  bool wants(RunFormat f) const;
  void write_sheets(const SheetSource& source, RunResult& result, const std::string& folder, const SheetStyle& style, ThreadPool& pool);
  void write_arrays(const SheetSource& source, RunResult& result, const std::string& folder);

  std::unique_ptr<OutputFolder> folder_;
  std::string sheet_, best_;
  std::vector<RunFormat> formats_;
  std::vector<bool> layers_;
};

/// Up to `count` inputs from `first` on, read in parallel; one that cannot be read carries its error.
std::vector<Input> load_batch(const InputList& inputs, std::size_t first, std::size_t count, ThreadPool& pool);
bool same_shapes(const Input& a, const Input& b);
/// How many of `loaded` can be reported together with the items `good`: up to the first that is fit but of another size.
std::size_t batch_end(const std::vector<Input>& loaded, const std::vector<std::size_t>& good);
/// One batch a model input, of the inputs at `chosen`.
std::vector<Tensor> stack_inputs(const std::vector<Input>& loaded, const std::vector<std::size_t>& chosen);

/// Numbers that a trace of one item holds, at least 1.
std::int64_t trace_elements(const Engine& engine, const std::vector<bool>& keep);

/// --truth, held against the number of classes of the first output that is a vector. Throws Error.
std::vector<std::int64_t> read_truth_of(const std::string& source, const InputList& inputs, const std::vector<std::string>& labels,
                                        const Engine& engine, const std::vector<OutputKind>& outputs);

}  // namespace nv
