// Where the results of a command go: -o DIR or NAME.png, and --html.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "shared/output_folder.h"
#include "shared/report_page.h"

namespace nv {

class ResultOutput {
 public:
  /// `command` names the document in the folder: COMMAND.json.
  explicit ResultOutput(std::string_view command) : command_(command) {}

  std::string path;   ///< -o: a folder, or one sheet NAME.png, .svg, .pdf; "" for none
  OutputRules rules;  ///< --force, --clean
  ReportPage page;    ///< --html

  /// Whether anything is drawn.
  bool wanted() const { return !path.empty() || page.wanted(); }
  bool is_sheet() const;
  /// nullptr if -o names no folder.
  OutputFolder* folder() { return folder_ ? &*folder_ : nullptr; }

  /// Opens the folder and tells `console` what an interrupted run leaves. `read` are the files that the run
  /// reads, `inputs` their number. Throws Error(usage) if -o or --html is one of them, or `sheet_error` is
  /// not empty and -o is one sheet; Error(output) if a file is in the way.
  void open(Console& console, std::size_t inputs, std::vector<std::string> read,
            const std::string& sheet_error);

  /// Writes COMMAND.json and the manifest, if -o is a folder.
  void finish(std::string_view document);

 private:
  std::string command_;
  std::optional<OutputFolder> folder_;
};

}  // namespace nv
