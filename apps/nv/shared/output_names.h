// The outputs that a command line names: each must have a place of its own.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "shared/console.h"

namespace nv {

/// An option that names a file to write.
struct OutputName {
  std::string option;  ///< "--html"
  std::string name;    ///< as typed; "" if it is not given
  /// Extensions that the file may have inside the folder of -o: those that no result there has.
  std::vector<std::string_view> extensions = {};
};

/// The page of --html.
OutputName page_name(const std::string& file);

/// Whether the name is standard output: "-", /dev/stdout.
bool is_standard_output(const std::string& name);

/// Checks the outputs of a run before anything is computed. `folder`: -o if it is a folder, else "".
/// `document`: whether the result on standard output is a document (--json, --jsonl), which nothing else may
/// follow. If a file goes to standard output, the text of the run is not printed. Throws Error(usage) if two
/// outputs are one file, if a file is the folder or may be one of its results, or if standard output would
/// get two documents.
void check_outputs(Console& console, std::span<const OutputName> files, const std::string& folder,
                   bool document);

}  // namespace nv
