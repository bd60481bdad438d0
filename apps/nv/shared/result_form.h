// The form in which a command prints its result: text, or JSON, CSV or TSV by option.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "nv/report/json.h"
#include "nv/report/rows.h"
#include "shared/console.h"
#include "shared/option_set.h"

namespace nv {

/// A command declares the forms that it has, in its group "Result", and calls check() before it works.
class ResultForm {
 public:
  /// --json.
  void declare_json(const OptionGroup& group);
  /// --jsonl. `of`: what a line is of ("input").
  void declare_json_lines(const OptionGroup& group, std::string_view of);
  /// --csv and --tsv. `of`: what a row is of ("input").
  void declare_rows(const OptionGroup& group, std::string_view of);
  /// --lines, for a command whose text leaves out the lines of many inputs. `of`: what a line is of
  /// ("input").
  void declare_lines(const OptionGroup& group, std::string_view of);

  /// Throws Error(usage), beginning with `command`, if more than one form is given, or --lines with
  /// another form than text.
  void check(std::string_view command) const;

  bool lines() const { return lines_; }
  bool text() const { return !json_ && !json_lines_ && !rows(); }
  bool json() const { return json_; }
  bool json_lines() const { return json_lines_; }
  bool rows() const { return csv_ || tsv_; }

  /// Sets the columns of --csv and --tsv: keys of the JSON items (see header_row).
  void set_columns(std::vector<std::string> columns) { columns_ = std::move(columns); }
  /// Prints a row, and the header before the first one. Does nothing without --csv and --tsv.
  void print_row(Console& console, const Json& item);
  /// Prints the header if there was no row.
  void end_rows(Console& console);

 private:
  RowFormat row_format() const { return csv_ ? RowFormat::csv : RowFormat::tsv; }

  bool json_ = false, json_lines_ = false, csv_ = false, tsv_ = false, lines_ = false,
       header_printed_ = false;
  std::vector<std::string> columns_;
};

}  // namespace nv
