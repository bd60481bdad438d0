#include "shared/result_form.h"

#include <nlohmann/json.hpp>
#include <utility>

#include "nv/core/error.h"

namespace nv {

void ResultForm::declare_json(const OptionGroup& group) {
  group.add_flag("--json", json_, "Print one JSON document");
}

void ResultForm::declare_json_lines(const OptionGroup& group, std::string_view of) {
  group.add_flag("--jsonl", json_lines_,
                 fmt::format("JSON, a line per {} as it is done; the last, with \"schema\", sums up", of));
}

void ResultForm::declare_rows(const OptionGroup& group, std::string_view of) {
  group.add_flag("--csv", csv_, fmt::format("CSV with one row per {}", of));
  group.add_flag("--tsv", tsv_, "The same, separated by tabs");
}

void ResultForm::declare_lines(const OptionGroup& group, std::string_view of) {
  group.add_flag("--lines", lines_, fmt::format("In the text: a line per {}, not only the summary", of));
}

void ResultForm::check(std::string_view command) const {
  std::vector<std::string_view> given;
  if (json_) given.emplace_back("--json");
  if (json_lines_) given.emplace_back("--jsonl");
  if (csv_) given.emplace_back("--csv");
  if (tsv_) given.emplace_back("--tsv");
  if (lines_) given.emplace_back("--lines");
  if (given.size() > 1) throw_usage("{}: {} and {} exclude each other", command, given[0], given[1]);
}

void ResultForm::print_row(Console& console, const Json& item) {
  end_rows(console);  // the header
  if (rows()) console.result(value_row(item, columns_, row_format()));
}

void ResultForm::end_rows(Console& console) {
  if (rows() && !std::exchange(header_printed_, true)) console.result(header_row(columns_, row_format()));
}

}  // namespace nv
