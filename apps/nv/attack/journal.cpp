#include "attack/journal.h"

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <nlohmann/json.hpp>

#include "attack/check.h"
#include "attack/shard.h"
#include "nv/core/error.h"
#include "nv/core/safe_folder.h"
#include "nv/core/text.h"
#include "nv/report/attack.h"

namespace nv {

namespace {

std::string item_line(std::size_t run, const Json& item) {
  Json json{{"run", run}};
  json.update(item);
  return line(json);
}

/// Lines that end in a line feed: the last line of an interrupted run may be incomplete.
std::vector<std::string> whole_lines(const std::string& text) {
  std::vector<std::string> lines = split(text, '\n');
  lines.pop_back();
  return lines;
}

/// Fills `record` from the lines after the first. Stops at an invalid line, which a crash may leave.
void read_items(AttackRecord& record, const std::vector<std::string>& lines) {
  const Json& runs = record.head["runs"];
  const std::size_t models = record.head.contains("transfer") ? record.head["transfer"].size() : 0;
  record.items.resize(runs.size());
  for (std::size_t i = 1; i < lines.size(); ++i) {
    Json item = parse_journal_line(lines[i]);
    if (!item.is_object() || !item.contains("run") || !item["run"].is_number_unsigned()) return;
    const auto run = item["run"].get<std::size_t>();
    if (run >= record.items.size() || !is_sound_item(item, runs[run], models)) return;
    item.erase("run");
    record.items[run].push_back(std::move(item));
  }
}

/// Throws Error(input), beginning with `file`, if the first line is not valid.
AttackRecord parse_record(const std::string& text, const std::string& file) {
  AttackRecord record;
  const std::vector<std::string> lines = whole_lines(text);
  if (!lines.empty()) record.head = parse_journal_line(lines[0]);
  if (const std::string wrong = wrong_in_head(record.head); !wrong.empty())
    throw Error(ErrorKind::input, fmt::format("{}: is not a journal of nv attack: {}", file, wrong),
                "it is not changed; run without --resume in another folder");
  read_items(record, lines);
  return record;
}

[[noreturn]] void throw_no_run(const std::string& folder) {
  throw Error(ErrorKind::input, fmt::format("{}: holds no run of nv attack", folder),
              fmt::format("nv attack ... -o {}", folder));
}

/// The value at a JSON pointer for a message: "2/4"; "none" if it is missing, "" if it is not short.
std::string brief(const Json& json, const Json::json_pointer& at) {
  if (!json.contains(at) || json.at(at).is_null()) return "none";
  const Json& value = json.at(at);
  const std::string text = value.is_string()      ? value.get<std::string>()
                           : value.is_primitive() ? value.dump()
                                                  : "";
  constexpr std::size_t longest = 40;  // hashes are longer
  return text.size() <= longest ? text : "";
}

/// The first value that differs, by its key: "shard was 1/4, now it is 2/4"; "" for none.
std::string difference(const Json& a, const Json& b) {
  const Json before = same_results(a), now = same_results(b);
  const Json patch = Json::diff(before, now);
  if (patch.empty()) return "";
  const Json::json_pointer at(patch[0]["path"].get<std::string>());
  const std::string was = brief(before, at), is = brief(now, at);
  const std::string name = at.to_string().starts_with("/request/inputs") ? "list of inputs" : at.back();
  if (was.empty() || is.empty()) return fmt::format("the {} differs", name);
  return fmt::format("{} was {}, now it is {}", name, was, is);
}

}  // namespace

Json same_results(Json head) {
  head.erase("pictures");
  return head;
}

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
  folder.check_free(attack_journal_name);
  if (resume && folder.holds(attack_journal_name))
    load(folder.read_text(attack_journal_name), (folder.path() / attack_journal_name).string());
  folder.write(attack_journal_name, attack_journal_text(head_, items_));
}

void AttackJournal::load(const std::string& text, const std::string& file) {
  if (text.empty()) return;  // the run was interrupted before the first line
  AttackRecord record = parse_record(text, file);
  if (const std::string what = difference(record.head, head_); !what.empty())
    throw Error(ErrorKind::usage, fmt::format("--resume: {} is of another run: {}", file, what),
                "repeat that command, or use another folder with -o");
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
  const std::string file = (std::filesystem::path(folder) / attack_journal_name).string();
  std::error_code ec;
  if (!std::filesystem::is_directory(folder, ec)) throw_no_run(folder);
  const SafeFolder files(folder, false);
  if (files.kind(attack_journal_name) != EntryKind::file) throw_no_run(folder);
  return parse_record(files.read_text(attack_journal_name), file);
}

std::size_t expected_inputs(const Json& head) {
  const auto count = head["request"]["inputs"]["count"].get<std::size_t>();
  if (!head.contains("shard")) return count;
  const auto [part, of] = parse_shard(head["shard"].get<std::string>());
  return (count + of - 1 - part) / of;
}

std::optional<std::pair<std::size_t, std::size_t>> unfinished_attack(const std::string& folder) {
  std::error_code ec;
  if (!std::filesystem::is_regular_file(std::filesystem::path(folder) / attack_journal_name, ec))
    return std::nullopt;
  try {
    const AttackRecord record = read_attack_record(folder);
    const std::size_t expected = expected_inputs(record.head) * record.items.size();
    std::size_t done = 0;
    for (const auto& items : record.items) done += items.size();
    if (done < expected) return std::pair(done, expected);
  } catch (const Error&) {  // not a journal of nv attack
  }
  return std::nullopt;
}

}  // namespace nv
