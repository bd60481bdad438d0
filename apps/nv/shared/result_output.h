// Outputs of a command: -o DIR or NAME.png, and --html.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "shared/output_folder.h"
#include "shared/output_names.h"
#include "shared/report_page.h"

namespace nv {

class ResultOutput {
 public:
  /// The JSON document in the folder is COMMAND.json.
  explicit ResultOutput(std::string_view command) : command_(command) {}

  std::string path;   ///< -o: a folder, or one sheet NAME.png, .svg, .pdf; "" for none
  OutputRules rules;  ///< --force, --clean
  ReportPage page;    ///< --html

  /// Declares -o.
  void declare_path(const OptionGroup& group);
  /// Declares --force and --clean.
  void declare_rules(const OptionGroup& group);

  /// Whether files are written.
  bool wanted() const { return !path.empty() || page.wanted(); }
  bool is_sheet() const;
  /// nullptr if -o is not a folder.
  OutputFolder* folder() { return folder_ ? &*folder_ : nullptr; }

  /// Throws Error(usage), beginning with the command, if --format is `formats` (not empty) and -o is not a
  /// folder.
  void check_formats(std::string_view formats) const;
  /// Throws Error(usage) if --channel is given and no sheet of a single layer would show it. `layers`: number
  /// of chosen layers.
  void check_channels(std::string_view channels, std::size_t layers) const;
  /// Checks that -o, --html and `more` files do not meet; `document` as in check_outputs. Call it before the
  /// model is read. Throws Error(usage).
  void check(Console& console, bool document, std::vector<OutputName> more = {}) const;

  /// Checks --html, opens the folder and sets the interrupt message of `console`. `read`: input files of the
  /// run; `inputs`: number of inputs. Throws Error(usage) if -o or --html is an input file, or if -o is one
  /// sheet and `sheet_error` is not empty; Error(output) if a file exists that must not be replaced.
  void open(Console& console, std::size_t inputs, std::vector<std::string> read,
            const std::string& sheet_error);

  /// For `sheet_error`: empty for one input.
  static std::string one_input_only(std::size_t inputs);

  /// Writes COMMAND.json and the manifest, if -o is a folder.
  void finish(std::string_view document);

 private:
  std::string command_;
  std::optional<OutputFolder> folder_;
};

}  // namespace nv
