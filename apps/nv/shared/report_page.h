// --html FILE: tables and figures of a command on one page.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "nv/report/html.h"
#include "shared/console.h"
#include "shared/option_set.h"
#include "shared/sheet_files.h"

namespace nv {

/// Does nothing if --html is not given.
class ReportPage {
 public:
  void declare(const OptionGroup& group);
  /// With `force` replaces a file that nv did not write.
  void set_force(bool force) { force_ = force; }
  bool wanted() const { return !file_.empty(); }
  const std::string& file() const { return file_; }

  /// `sources`: names and hashes of the input files. Throws Error(output) if a file exists that must not be
  /// replaced.
  void begin(const std::string& title, const SheetStyle& style, std::vector<std::string> sources);
  void heading(const std::string& text);
  void text(const std::string& text);
  void table(const Table& table);
  /// Adds the first sheet, and the others below a line to unfold, labelled `others`. Drawn in parallel.
  void sheets(std::span<const NamedSheet> sheets, const std::string& others, ThreadPool& pool);
  /// Writes the file. Throws Error(output).
  void finish() const;

 private:
  std::string file_;
  bool force_ = false;
  std::optional<HtmlPage> page_;
  SheetStyle style_;
  std::vector<std::string> sources_;
};

}  // namespace nv
