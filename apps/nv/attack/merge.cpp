// nv attack --merge: joins the folders of shards into the output of a single run.
#include <algorithm>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <set>

#include "attack/attack.h"
#include "attack/journal.h"
#include "attack/shard.h"
#include "attack/sheets.h"
#include "attack/text.h"
#include "nv/core/error.h"
#include "nv/core/file.h"
#include "nv/core/safe_folder.h"
#include "nv/core/text.h"
#include "nv/data/sample_list.h"
#include "nv/report/attack.h"
#include "shared/named_file.h"

namespace nv {

namespace {

struct Shard {
  std::string folder;
  std::unique_ptr<SafeFolder> files;
  AttackRecord record;
  std::size_t part = 0, of = 1;  ///< from 0
  std::set<std::string> listed;  ///< samples in its list

  /// Whether nv samples --remove has removed the files of an item; listed files must exist.
  bool removed(const AttackResult& item) const {
    return item.status == AttackStatus::success && !item.files.empty() &&
           !listed.contains(item.files[0].second) && files->kind(item.files[0].second) == EntryKind::none;
  }
};

Shard read_shard(const std::string& folder) {
  AttackRecord record = read_attack_record(folder);  // throws if there is none
  Shard shard{folder, std::make_unique<SafeFolder>(folder, false), std::move(record), 0, 1, {}};
  if (has_sample_list(folder))
    for (const SampleLine& sample : read_sample_list(folder)) shard.listed.insert(sample.file);
  if (!shard.record.head.contains("shard"))
    throw Error(ErrorKind::input, fmt::format("{}: is not of a run with --shard", folder),
                "--merge joins the folders of nv attack --shard 1/N to N/N");
  std::tie(shard.part, shard.of) = parse_shard(shard.record.head["shard"].get<std::string>());
  const std::size_t expected = expected_inputs(shard.record.head);
  for (const auto& items : shard.record.items)
    if (items.size() != expected)
      throw Error(ErrorKind::input,
                  fmt::format("{}: {} of its {} inputs are done", folder, items.size(), expected),
                  "finish it with --resume");
  shard.record.head.erase("shard");
  return shard;
}

/// All shards, in order. Throws if one is missing, given twice, or of another run.
std::vector<Shard> read_shards(const std::vector<std::string>& folders) {
  std::vector<Shard> shards;
  for (const std::string& folder : folders) shards.push_back(read_shard(folder));
  std::ranges::sort(shards, {}, &Shard::part);
  for (std::size_t i = 0; i < shards.size(); ++i) {
    const Shard& s = shards[i];
    if (same_results(s.record.head) != same_results(shards[0].record.head) || s.of != shards[0].of)
      throw_input("{}: is of another run than {}", s.folder, shards[0].folder);
    if (i > 0 && s.part == shards[i - 1].part)
      throw_input("{} and {}: are both shard {}/{}", shards[i - 1].folder, s.folder, s.part + 1, s.of);
  }
  for (std::size_t part = 0; part < shards[0].of; ++part)
    if (part >= shards.size() || shards[part].part != part)
      throw_input("{}: shard {}/{} is missing", folders[0], part + 1, shards[0].of);
  return shards;
}

/// How the shards' pictures are drawn; that of this command if it has options of pictures, or if the shards
/// are of a version that did not record it.
std::pair<SheetStyle, std::vector<std::string>> style_and_sources(const Json& head, PictureOptions options,
                                                                  const std::string& command) {
  if (!head.contains("pictures")) return {options.style(command), {}};
  const Json& recorded = head["pictures"];
  const std::vector<std::string> sources{recorded["source"].get<std::string>()};
  if (options.json() != PictureOptions().json()) return {options.style(command), sources};
  options.take(recorded);
  return {options.style(recorded["command"].get<std::string>()), sources};
}

/// Copies the files of all items, which it returns in the order of one run.
std::vector<std::vector<Json>> copy_items(AttackWriter& writer, std::vector<Shard>& shards,
                                          std::size_t inputs) {
  std::set<std::string> names;
  std::vector<std::vector<Json>> items(shards[0].record.items.size());
  for (std::size_t run = 0; run < items.size(); ++run)
    for (std::size_t i = 0; i < inputs; ++i) {
      check_interrupt();
      Shard& shard = shards[i % shards.size()];
      Json& item = shard.record.items[run][i / shards.size()];
      const AttackResult result = attack_result_of(item);
      if (!shard.removed(result))
        for (const auto& file : result.files) {
          if (!names.insert(file.second).second)
            throw_input("{}: {} is named by two inputs", shard.folder, one_line(file.second));
          writer.folder().write(file.second, shard.files->read(file.second));
        }
      items[run].push_back(std::move(item));
    }
  return items;
}

}  // namespace

int Attack::merge(Console& console) {
  std::vector<std::string> folders = arguments_;
  if (!model_.empty()) folders.insert(folders.begin(), model_);
  if (folders.empty() || output_.empty())
    throw Error(ErrorKind::usage, "attack: --merge needs folders and -o DIR",
                "nv attack --merge DIR... -o DIR");
  for (const std::string& folder : folders)
    if (same_file(folder, output_)) throw_usage("-o {}: is one of the shards", output_);
  check_is_folder("nv attack --merge", output_, "-o DIR");
  std::vector<Shard> shards = read_shards(folders);
  const Json head = shards[0].record.head;
  const std::size_t inputs = expected_inputs(head);
  console.done.continuation = "the same command starts again";
  AttackWriter writer(output_, rules_, console);
  std::vector<std::vector<Json>> items = copy_items(writer, shards, inputs);
  writer.folder().write(attack_journal_name, attack_journal_text(head, items));
  writer.list(head, items);
  form_.set_columns(attack_columns());
  print_lines_ = prints_lines(inputs * items.size());
  for (std::size_t run = 0; run < items.size(); ++run)
    print_items(console, head["runs"][run]["method"].get<std::string>(), items[run]);
  finish_merge(console, writer, head, std::move(items));
  if (form_.text())
    console.note(fmt::format("wrote {}: {} of {}", output_, counted(static_cast<long long>(inputs), "input"),
                             counted(std::ssize(shards), "shard")));
  return 0;
}

void Attack::finish_merge(Console& console, AttackWriter& writer, const Json& head,
                          std::vector<std::vector<Json>> items) {
  const std::vector<AttackSummary> summaries = summaries_of(items);
  const Json document_json = attack_document_json(head, std::move(items), summaries);
  const auto [style, sources] = style_and_sources(head, picture_options_, console.command_line());
  const std::string model =
      std::filesystem::path(head["model"]["file"].get<std::string>()).filename().string();
  const render::PictureFormat png[] = {render::PictureFormat::png};
  ThreadPool pool(1);
  write_sheets(writer.folder(), "", attack_sheets(document_json, model), png, sources, style, pool);
  const std::string text = document(document_json);
  writer.finish(text);
  form_.end_rows(console);
  if (form_.json()) console.result(text);
  if (form_.json_lines()) console.result(line(attack_closing_json(document_json)));
  if (form_.text()) console.result(attack_report(console, document_json, summaries));
}

}  // namespace nv
