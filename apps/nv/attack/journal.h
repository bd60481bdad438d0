// What `nv attack` was asked for and what is done of it: attack.jsonl in the folder of -o.
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

/// A first line that says what was asked for (report/attack.h's head), then a line an input as it is done,
/// with the number of its run under "run". It is all that attack.json and samples.jsonl are made of, so that
/// what was interrupted goes on, and shards join, to the same bytes.
class AttackJournal {
 public:
  /// In memory alone.
  explicit AttackJournal(Json head);
  /// Begins the file anew, or with `resume` goes on where an interrupted run stopped (anew where none was).
  /// Throws Error(usage) where that run was asked for something else, naming what; Error(input) where the
  /// file does not begin as a journal does, and leaves it as it is.
  AttackJournal(OutputFolder& folder, Json head, bool resume);

  const Json& head() const { return head_; }
  /// Of each run, in the order of the inputs.
  const std::vector<std::vector<Json>>& items() const { return items_; }
  /// Once all are there.
  std::vector<std::vector<Json>> take_items() { return std::move(items_); }

  /// Keeps items and writes them at once.
  void add(std::size_t run, std::vector<Json> items);

 private:
  void take(const std::string& text, const std::string& file);

  OutputFolder* folder_ = nullptr;
  Json head_;
  std::vector<std::vector<Json>> items_;
};

/// A journal, read: its head is sound, and so is each item. Throws Error(input), beginning with the folder.
struct AttackRecord {
  Json head;
  std::vector<std::vector<Json>> items;
};
AttackRecord read_attack_record(const std::string& folder);

/// How many items each run of a (sound) head has when it is done.
std::size_t inputs_due(const Json& head);

/// Of a run of nv attack in the folder that was not finished: items done, and of how many. nullopt for none.
std::optional<std::pair<std::size_t, std::size_t>> unfinished_attack(const std::string& folder);

/// The file's text.
std::string attack_journal_text(const Json& head, const std::vector<std::vector<Json>>& items);

}  // namespace nv
