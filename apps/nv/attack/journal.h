// Journal of `nv attack`, attack.jsonl in the folder of -o: its options and the items done.
#pragma once

#include <cstddef>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "nv/report/json.h"
#include "shared/output_folder.h"

namespace nv {

inline constexpr const char* attack_journal_name = "attack.jsonl";

/// First a line with the head (report/attack.h): all options that results depend on; then one line per input
/// done, with the number of its run as "run". attack.json and samples.jsonl are made from it alone, so that
/// resumed runs and merged shards give the same bytes.
class AttackJournal {
 public:
  /// Journal in memory only.
  explicit AttackJournal(Json head);
  /// Creates the file; with `resume` continues that of an interrupted run, if there is one. Throws
  /// Error(usage) if that run has another head, with the first difference; Error(input), without changing the
  /// file, if its first line is not valid.
  AttackJournal(OutputFolder& folder, Json head, bool resume);

  const Json& head() const { return head_; }
  /// Items per run, in the order of the inputs.
  const std::vector<std::vector<Json>>& items() const { return items_; }
  /// Call once all are added.
  std::vector<std::vector<Json>> take_items() { return std::move(items_); }

  /// Adds items and writes them at once.
  void add(std::size_t run, std::vector<Json> items);

 private:
  void load(const std::string& text, const std::string& file);

  OutputFolder* folder_ = nullptr;
  Json head_;
  std::vector<std::vector<Json>> items_;
};

/// Journal of a folder; head and items are valid. Reading throws Error(input), beginning with the folder.
struct AttackRecord {
  Json head;
  std::vector<std::vector<Json>> items;
};
AttackRecord read_attack_record(const std::string& folder);

/// The part of a head that results depend on: equal for runs that can be continued or joined.
Json same_results(Json head);

/// Expected number of items per run, by a valid head.
std::size_t expected_inputs(const Json& head);

/// Items done and expected of an unfinished run of nv attack in the folder; nullopt if there is none.
std::optional<std::pair<std::size_t, std::size_t>> unfinished_attack(const std::string& folder);

/// Text of the file.
std::string attack_journal_text(const Json& head, const std::vector<std::vector<Json>>& items);

}  // namespace nv
