#include "attack/files.h"

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "nv/core/text.h"
#include "nv/data/npy.h"
#include "nv/data/sample_list.h"
#include "nv/report/attack.h"

namespace nv {

namespace {

constexpr std::size_t longest_extension = 4;  ///< ".npy", ".png"

/// "pgd/7_0293": "pgd/sheets/7_0293.png".
std::string sheet_name(const std::string& sample) {
  const std::size_t slash = sample.find('/');
  return sample.substr(0, slash) + "/sheets" + sample.substr(slash) + ".png";
}

}  // namespace

AttackWriter::AttackWriter(const std::string& output, const OutputRules& rules, const Console& console)
    : folder_(output, "attack", rules, console), list_(folder_) {
  // Checks files that are written at the end, before the work.
  folder_.check_free("attack.json");
}

void AttackWriter::name(const std::string& id, const std::string& method) {
  (void)folder_.name_of(id, method, longest_extension);
}

std::vector<std::pair<std::string, std::string>> AttackWriter::write(const Tensor& numbers,
                                                                     const std::optional<Picture>& picture,
                                                                     const std::string& name) {
  std::vector<std::pair<std::string, std::string>> files{{"npy", name + ".npy"}};
  folder_.write(name + ".npy", encode_npy(numbers));
  if (picture) {
    folder_.write(name + ".png", picture_png(*picture));
    files.emplace_back("png", name + ".png");
  }
  return files;
}

void AttackWriter::write(AttackResult& r, const std::string& method) {
  r.files = write(r.sample, r.picture, folder_.known_name(r.id, method));
}

void AttackWriter::write(AttackResult& r, const std::string& method, const NamedSheet& sheet,
                         const std::vector<std::string>& sources, const SheetStyle& style) {
  const std::string name = sheet_name(folder_.known_name(r.id, method));
  folder_.write(name, picture(sheet.in(style), render::PictureFormat::png, sheet.title, sources, style));
  r.files.emplace_back("sheet", name);
}

void AttackWriter::keep(const Json& item) {
  for (const auto& file : attack_result_of(item).files) folder_.keep(file.second);
}

void AttackWriter::list(const Json& head, std::span<const std::vector<Json>> items) {
  folder_.commit();
  mark_replaced(head, items);
  std::string text;
  for (std::size_t run = 0; run < items.size(); ++run)
    for (const Json& item : items[run])
      if (item["status"] == "success")
        text += line(attack_sample_json(item, head["runs"][run]["method"], head["runs"][run]["params"]));
  std::vector<SampleLine> samples = parse_sample_list(text, sample_list_name);
  // Samples that nv samples --remove has removed since stay removed, though they are in the journal.
  std::erase_if(samples, [&](const SampleLine& s) { return !folder_.holds(s.file); });
  list_.write(samples);
}

/// Marks files of earlier runs for the same inputs and methods as replaced.
void AttackWriter::mark_replaced(const Json& head, std::span<const std::vector<Json>> items) {
  for (const char* file : {"curve.png", "transfer.png"}) folder_.replaces(file);
  for (std::size_t run = 0; run < items.size(); ++run) {
    const std::string method = head["runs"][run]["method"].get<std::string>();
    for (const char* extension : {".npy", ".png"}) folder_.replaces(method + extension);
    for (const Json& item : items[run]) {
      const auto id = item["id"].get<std::string>();
      const std::string name = folder_.name_of(id, method, longest_extension);
      if (item["status"] == "error") continue;
      for (const char* extension : {".npy", ".png"}) folder_.replaces(name + extension);
      folder_.replaces(sheet_name(name));
      // Of versions without folders per method.
      const std::string earlier = folder_.earlier_name(id + "." + method);
      for (const char* extension : {".npy", ".png", ".sheet.png"}) folder_.replaces(earlier + extension);
    }
  }
}

void AttackWriter::finish(const std::string& document) {
  folder_.write("attack.json", document);
  folder_.finish();
}

}  // namespace nv
