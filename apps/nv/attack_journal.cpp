#include "attack_journal.h"

#include <algorithm>
#include <filesystem>
#include <iterator>

#include "nv/core/error.h"
#include "nv/core/text.h"
#include "nv/report/attack.h"

namespace nv {

namespace {

std::string item_line(std::size_t run, const Json& item) {
  Json json{{"run", run}};
  json.update(item);
  return line(json);
}

/// Lines that end in a line feed: the last of an interrupted run may be half written.
std::vector<std::string> whole_lines(const std::string& text) {
  std::vector<std::string> lines = split(text, '\n');
  lines.pop_back();
  return lines;
}

/// Fills `record` from the lines behind the first. Stops at one that is none, as a crash may leave it.
void take_items(AttackRecord& record, const std::vector<std::string>& lines) {
  record.items.resize(record.head.value("runs", Json::array()).size());
  for (std::size_t i = 1; i < lines.size(); ++i) {
    Json item = Json::parse(lines[i], nullptr, false);
    if (!item.is_object() || !item.contains("run") || !item["run"].is_number_unsigned()) return;
    const auto run = item["run"].get<std::size_t>();
    if (run >= record.items.size()) return;
    item.erase("run");
    try {
      (void)attack_result_of(item);
    } catch (const Json::exception&) {
      return;
    }
    record.items[run].push_back(std::move(item));
  }
}

AttackRecord parse_record(const std::string& text) {
  AttackRecord record;
  const std::vector<std::string> lines = whole_lines(text);
  if (lines.empty()) return record;
  record.head = Json::parse(lines[0], nullptr, false);
  if (record.head.is_object()) take_items(record, lines);
  return record;
}

/// The first value that differs, as a JSON pointer: "/runs/0/params/eps"; "" for none.
std::string difference(const Json& a, const Json& b) {
  const Json patch = Json::diff(a, b);
  return patch.empty() ? "" : patch[0]["path"].get<std::string>();
}

}  // namespace

std::string attack_journal_text(const Json& head, const std::vector<std::vector<Json>>& items) {
  std::string text = line(head);
  for (std::size_t run = 0; run < items.size(); ++run)
    for (const Json& item : items[run]) text += item_line(run, item);
  return text;
}

AttackJournal::AttackJournal(Json head) : head_(std::move(head)) {
  items_.resize(head_["runs"].size());
}

AttackJournal::AttackJournal(OutputFolder& folder, Json head, bool resume) : AttackJournal(std::move(head)) {
  folder_ = &folder;
  const std::string file = (folder.path() / attack_journal_name).string();
  std::error_code ec;
  if (resume && std::filesystem::exists(file, ec)) take(read_text(file), file);
  folder.write(attack_journal_name, attack_journal_text(head_, items_));
}

void AttackJournal::take(const std::string& text, const std::string& file) {
  AttackRecord record = parse_record(text);
  if (record.head.is_null()) return;  // ended before it began
  if (const std::string what = difference(record.head, head_); !what.empty())
    throw Error(ErrorKind::usage, fmt::format("--resume: {} is of another run: {} differs", file, what),
                "leave out --resume to begin anew, or give the command as it was");
  items_ = std::move(record.items);
}

void AttackJournal::add(std::size_t run, std::vector<Json> items) {
  if (folder_ != nullptr) {
    std::string text;
    for (const Json& item : items) text += item_line(run, item);
    folder_->append(attack_journal_name, text);
  }
  std::ranges::move(items, std::back_inserter(items_[run]));
}

AttackRecord read_attack_record(const std::string& folder) {
  const std::filesystem::path file = std::filesystem::path(folder) / attack_journal_name;
  std::error_code ec;
  if (!std::filesystem::is_regular_file(file, ec))
    throw Error(ErrorKind::input, fmt::format("{}: holds no run of nv attack", folder),
                fmt::format("nv attack ... -o {}", folder));
  AttackRecord record = parse_record(read_text(file.string()));
  if (!record.head.is_object() || !record.head.contains("runs") || !record.head.contains("request"))
    throw_input("{}: is no journal of nv attack", file.string());
  return record;
}

}  // namespace nv
