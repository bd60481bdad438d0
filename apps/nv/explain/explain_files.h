// The files of nv explain for one input: figures and arrays.
#pragma once

#include <string>
#include <vector>

#include "explain/explained.h"
#include "shared/result_output.h"
#include "shared/sheets.h"

namespace nv {

/// What the figures of a run have in common.
struct ExplainFigures {
  const explain::Request& request;
  std::string of;  ///< "the logit", "output 0[3]", "outputs weighted by w.npz"
  const std::vector<std::string>& labels;
};

/// Whether there is anything to draw.
bool is_drawn(const Explained& e);

/// The figure of all answers for one input. Refers to all arguments.
NamedSheet explain_sheet(const ExplainFigures& figures, const SheetSource& source, const Explained& e);

/// Writes the formats of `wanted` into the folder below the input's id, or the figure as the one file of
/// `out`; sets Explained::files.
void write_explained(const ExplainFigures& figures, const SheetSource& source, Explained& e,
                     ResultOutput& out, const std::vector<std::string>& wanted, const SheetStyle& style,
                     ThreadPool& pool);

}  // namespace nv
