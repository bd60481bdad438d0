// nv samples: lists, selects, exports and removes samples of sample lists.
#include <algorithm>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "attack/journal.h"
#include "nv/core/error.h"
#include "nv/core/regular_file.h"
#include "nv/core/text.h"
#include "nv/data/image.h"
#include "nv/data/labels.h"
#include "nv/data/sample_export.h"
#include "nv/data/sample_query.h"
#include "nv/figures/attack/contact_sheet.h"
#include "nv/figures/drawable.h"
#include "nv/report/json.h"
#include "shared/command.h"
#include "shared/common_options.h"
#include "shared/named_file.h"
#include "shared/origin.h"
#include "shared/output_folder.h"
#include "shared/output_names.h"
#include "shared/picture_options.h"
#include "shared/result_form.h"
#include "shared/sheets.h"

namespace nv {
namespace {

namespace fs = std::filesystem;

/// Label of the sample, by its name if the line has it.
std::string label_text(const SampleValues& values) {
  const std::string label = value_text(values, "label");
  const bool named = values.contains("label") && value_text(values, "original.index") == label;
  return named ? value_text(values, "original") : label;
}

class Samples final : public Command {
 public:
  void declare(OptionSet& options) override {
    const OptionGroup general = options.group("Options");
    general.add("DIR", arguments_, "DIR...", "Folders with sample lists (joined into one), or DIR#ID")
        .required();
    const OptionGroup choice = options.group("Selection");
    choice.add_repeated("--where", where_, "CONDITION",
                        "method=pgd, 'linf<0.1', label!=7, 'id=7_*'; can be repeated, all must hold");
    choice.add("--labels", labels_, "FILE", "Class names for --where: a file, or a data set's name")
        .suggests(label_presets())
        .default_value("those in the lists");
    choice.add("--sort", sort_, "FIELD", "Sort by a field: linf, id, prediction").suggests(sample_fields());
    choice.add_flag("--reverse", reverse_, "Reverse the order");
    choice.add("--head", head_, "N", "Only the first N").at_least(1).default_value("all");
    const OptionGroup result = options.group("Result");
    result.add("--export", export_, "FILE.npz",
               "Write one .npz with x, label, prediction, id, method, origin");
    result.add("--sheet", sheet_, "FILE", "Write a contact sheet of the pictures, as NAME.png, .svg or .pdf");
    result.add_flag("--remove", remove_, "Remove them and their files from the list (after --export)");
    result.add_flag("--all", all_, "With --remove, all samples");
    result.add_flag("--force", force_, "Replace files, and change a list, that nv did not write");
    form_.declare_json(result);
    form_.declare_rows(result, "sample");
    picture_options_.declare(options);
  }

  int run(Console& console) override;

 private:
  void check_options() const;
  void read(const Console& console);
  void choose();
  /// Throws Error(usage) if `file` is a list or a file of a sample.
  void check_not_of_list(const char* option, const std::string& file) const;
  Bytes draw_sheet(const Console& console) const;
  std::size_t remove(const Console& console) const;
  std::string table(const Console& console) const;
  static Json sample_json(const ListedSample& sample);
  /// --csv, --tsv.
  void print_rows(Console& console);
  Json document_of(std::size_t removed) const;

  std::vector<std::string> arguments_, where_;
  std::string labels_, sort_, export_, sheet_;
  bool reverse_ = false, remove_ = false, all_ = false, force_ = false;
  ResultForm form_;
  std::size_t head_ = 0;
  PictureOptions picture_options_;

  std::vector<std::string> folders_;
  bool by_id_ = false;  ///< every argument is DIR#ID
  std::size_t total_ = 0;
  std::vector<ListedSample> samples_;
};

void Samples::check_options() const {
  form_.check("samples");
  if (!export_.empty() && !export_.ends_with(".npz"))
    throw Error(ErrorKind::usage, fmt::format("--export {}: is not the name of an .npz", export_),
                "FILE.npz");
  if (!sheet_.empty() && !render::picture_format(sheet_))
    throw Error(ErrorKind::usage, fmt::format("--sheet {}: is not the name of a picture", sheet_),
                "NAME.png, .svg or .pdf");
  if (!remove_ && all_) throw_usage("samples: --all needs --remove");
  if (reverse_ && sort_.empty()) throw_usage("samples: --reverse needs --sort");
  picture_options_.print();
  picture_options_.theme();
}

void Samples::read(const Console& console) {
  by_id_ = true;
  std::map<std::string, decltype(unfinished_attack(""))> attacks;  // per folder, read once
  for (const std::string& argument : arguments_) {
    const auto chosen = sample_argument(argument);
    const std::string& folder = chosen ? chosen->folder : argument;
    const auto [known, is_new] = attacks.try_emplace(folder);
    if (is_new) known->second = unfinished_attack(folder);
    const auto& unfinished = known->second;
    if (unfinished && !chosen)
      throw Error(
          ErrorKind::input,
          fmt::format("{}: its attack is not finished, {} of {} inputs are done: no sample is listed yet",
                      folder, unfinished->first, unfinished->second),
          "repeat the nv attack command with --resume");
    if (unfinished)
      console.note(
          fmt::format("{}: its last attack is not finished, {} of {} inputs are done: its samples are not "
                      "listed yet",
                      folder, unfinished->first, unfinished->second));
    if (const std::string none = chosen ? "" : no_samples_text(argument); !none.empty())
      throw Error(ErrorKind::input, fmt::format("{}: {}", argument, none),
                  "nv attack with a larger --eps, or another --method, may find some");
    if (!chosen)
      throw Error(ErrorKind::input, fmt::format("{}: no folder with a {}", argument, sample_list_name),
                  "nv attack MODEL INPUT --method M -o DIR creates one");
    if (chosen->id.empty()) by_id_ = false;
    if (std::ranges::find(folders_, chosen->folder) == folders_.end()) folders_.push_back(chosen->folder);
    for (SampleLine& line : samples_of(*chosen)) {
      SampleValues values = sample_values(line);
      samples_.push_back({chosen->folder, std::move(line), std::move(values)});
    }
  }
  total_ = samples_.size();
}

void Samples::choose() {
  if (remove_ && where_.empty() && !by_id_ && !all_)
    throw Error(ErrorKind::usage, "samples: --remove without a condition would remove all samples",
                "add --where or DIR#ID, or --all for all samples");
  std::vector<SampleValues> values;
  for (const ListedSample& s : samples_) values.push_back(s.values);
  const std::vector<std::string> names = labels_.empty() ? std::vector<std::string>{} : read_labels(labels_);
  name_classes(values, names);
  for (std::size_t i = 0; i < samples_.size(); ++i) samples_[i].values = values[i];
  for (const std::string& text : where_) {
    const SampleCondition condition(text, "--where");
    require_field(condition.field(), values, "--where");
    require_class(condition, values, names, "--where");
    std::erase_if(samples_, [&](const ListedSample& s) { return !condition.holds(s.values); });
  }
  if (!sort_.empty()) {
    require_field(sort_, values, "--sort");
    std::ranges::stable_sort(samples_, [this](const ListedSample& a, const ListedSample& b) {
      return stands_before(a.values, b.values, sort_);
    });
    if (reverse_) std::ranges::reverse(samples_);
  }
  if (head_ > 0 && samples_.size() > head_) samples_.resize(head_);
}

void Samples::check_not_of_list(const char* option, const std::string& file) const {
  const auto refuse_if = [&](const fs::path& path) {
    if (same_file(path, file)) throw_usage("{} {}: is a file of the list", option, file);
  };
  for (const std::string& folder : folders_) {
    refuse_if(fs::path(folder) / sample_list_name);
    for (const SampleLine& line : read_sample_list(folder))
      for (const std::string& own : line.files) refuse_if(fs::path(folder) / own);
  }
}

/// Whether the sample itself is a picture (nv sketch), not an array with a picture beside it.
bool is_drawing(const SampleLine& line) {
  return render::picture_format(line.file) == render::PictureFormat::png;
}

Bytes Samples::draw_sheet(const Console& console) const {
  figures::ContactSheet sheet;
  std::set<std::string> methods;
  std::vector<std::string> sources;
  Fingerprints fingerprints;
  for (const ListedSample& s : samples_) {
    // A drawing is its own picture.
    const auto named = s.values.find(is_drawing(s.line) ? "file" : "picture");
    figures::ContactSheet::Sample sample{
        {}, label_text(s.values), value_text(s.values, "prediction"), s.line.method};
    if (named != s.values.end()) {
      const FileName file = inside(s.folder, std::get<std::string>(named->second));
      sample.picture = figures::drawable(decode_image(read_regular(file), file.path));
    }
    sheet.samples.push_back(std::move(sample));
    if (!s.line.method.empty()) methods.insert(s.line.method);
  }
  if (std::ranges::none_of(sheet.samples, [](const auto& s) { return s.picture.whole(); }))
    throw Error(ErrorKind::input, "a sheet needs a sample with a picture, and none is selected");
  for (const std::string& folder : folders_)
    sources.push_back(fingerprints.of((fs::path(folder) / sample_list_name).string()));
  const std::size_t n = samples_.size();
  constexpr std::size_t most_on_page = 100;
  if (n > most_on_page)
    console.note(fmt::format("{} on one sheet, which is higher than a page: --head N takes the first N",
                             counted(static_cast<long long>(n), "sample")));
  sheet.title = n == 1 ? samples_[0].line.id : counted(static_cast<long long>(n), "sample");
  sheet.kind = fmt::format("{}", fmt::join(methods, ", "));
  sheet.caption = fmt::format("{}", fmt::join(where_, "  ·  "));
  const SheetStyle style = picture_options_.style(console.command_line());
  const render::Compose compose = [&](const render::Page& page) {
    sheet.theme = style.theme;
    sheet.page = page;
    return draw(sheet);
  };
  return picture(compose, *render::picture_format(sheet_), sheet.title, sources, style);
}

std::size_t Samples::remove(const Console& console) const {
  std::map<std::string, std::set<std::string>> chosen;  // lines by folder
  for (const ListedSample& s : samples_) chosen[s.folder].insert(s.line.text);
  std::size_t removed = 0;
  for (const auto& of_folder : chosen) {
    OutputFolder folder(of_folder.first, "samples", {force_, false, {}}, console);
    folder.keep_command();
    // Reads the list again under the lock: lines added or changed since are kept.
    std::vector<SampleLine> remaining = read_sample_list(of_folder.first), removed_lines;
    std::erase_if(remaining, [&](const SampleLine& line) {
      if (!of_folder.second.contains(line.text)) return false;
      removed_lines.push_back(line);
      return true;
    });
    std::set<std::string> needed;
    for (const SampleLine& line : remaining) needed.insert(line.files.begin(), line.files.end());
    folder.write(sample_list_name, sample_list_text(remaining));
    for (const SampleLine& line : removed_lines)
      for (const std::string& file : line.files)
        if (!needed.contains(file)) folder.drop(file);
    folder.finish();
    removed += removed_lines.size();
  }
  return removed;
}

std::string Samples::table(const Console& console) const {
  using Align = Table::Align;
  Table table;
  if (folders_.size() > 1) table.column("folder", Align::left);
  for (const char* name : {"id", "method", "label -> prediction"}) table.column(name, Align::left);
  for (const char* name : {"L2", "Linf"}) table.column(name, Align::right);
  table.column("survives as PNG", Align::left);
  for (const ListedSample& s : samples_) {
    const auto text = [&s](const char* field) { return value_text(s.values, field); };
    std::vector<std::string> row;
    if (folders_.size() > 1) row.push_back(one_line(s.folder));
    row.insert(row.end(), {one_line(s.line.id), text("method"),
                           fmt::format("{} -> {}", label_text(s.values), text("prediction")), text("l2"),
                           text("linf"), text("survives_png")});
    table.row(std::move(row));
  }
  return samples_.empty() ? "" : table.text(console) + "\n";
}

Json Samples::sample_json(const ListedSample& sample) {
  Json json{{"folder", sample.folder}};
  json.update(Json::parse(sample.line.text));
  return json;
}

void Samples::print_rows(Console& console) {
  form_.set_columns({"folder", "id", "file", "origin", "method", "params.eps", "label", "original.index",
                     "original.label", "original.score", "prediction.index", "prediction.label",
                     "prediction.score", "l2", "linf", "survives_png", "preprocess"});
  for (const ListedSample& s : samples_) form_.print_row(console, sample_json(s));
  form_.end_rows(console);
}

Json Samples::document_of(std::size_t removed) const {
  Json json{{"schema", schema_id("samples")}, {"folders", folders_}, {"total", total_}};
  json["samples"] = Json::array();
  for (const ListedSample& s : samples_) json["samples"].push_back(sample_json(s));
  if (!export_.empty()) json["export"] = export_;
  if (!sheet_.empty()) json["sheet"] = sheet_;
  if (remove_) json["removed"] = removed;
  return json;
}

int Samples::run(Console& console) {
  check_options();
  const OutputName outputs[] = {{"--export", export_}, {"--sheet", sheet_}};
  check_outputs(console, outputs, "", !form_.text());
  read(console);
  choose();
  // Both files are made before either is written, and written before samples are removed.
  std::vector<std::pair<std::string, Bytes>> files;
  if (!export_.empty()) check_not_of_list("--export", export_);
  if (!sheet_.empty()) check_not_of_list("--sheet", sheet_);
  for (const std::string& file : {export_, sheet_})
    if (!file.empty()) check_named_file(file, force_);
  if (!export_.empty()) files.emplace_back(export_, samples_npz(samples_));
  if (!sheet_.empty()) files.emplace_back(sheet_, draw_sheet(console));
  for (const auto& [file, bytes] : files) write_named_file(file, bytes, force_);
  const std::size_t removed = remove_ ? remove(console) : 0;
  if (form_.json()) console.result(document(document_of(removed)));
  print_rows(console);
  if (!form_.text()) return 0;
  const std::string count = fmt::format("{} of {}", thousands(std::ssize(samples_)),
                                        counted(static_cast<long long>(total_), "sample"));
  std::string text = files.empty() && !remove_ ? table(console) + count + "\n" : "";
  for (const auto& file : files) text += fmt::format("{}: {}\n", file.first, count);
  if (remove_)
    text += fmt::format("{} of {} removed\n", removed, counted(static_cast<long long>(total_), "sample"));
  console.result(text);
  return 0;
}

}  // namespace

std::unique_ptr<Command> make_samples() {
  return std::make_unique<Samples>();
}

}  // namespace nv
