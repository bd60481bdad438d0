#include "attack_files.h"

#include <algorithm>
#include <filesystem>

#include "nv/core/text.h"
#include "nv/data/npy.h"
#include "nv/data/sample_list.h"
#include "nv/render/png.h"
#include "nv/report/attack.h"

namespace nv {

namespace {

render::Image as_image(const Picture& picture) {
  render::Image image{static_cast<int>(picture.width), static_cast<int>(picture.height), {}};
  const auto channels = static_cast<std::size_t>(picture.channels);
  for (std::size_t p = 0; p < picture.pixels.size(); p += channels)
    for (std::size_t c = 0; c < 3; ++c) image.rgb.push_back(picture.pixels[p + (channels == 3 ? c : 0)]);
  return image;
}

}  // namespace

AttackWriter::AttackWriter(const std::string& output, bool force) : folder_(output, "attack", force) {}

std::vector<std::pair<std::string, std::string>> AttackWriter::write(const Tensor& numbers,
                                                                     const std::optional<Picture>& picture,
                                                                     const std::string& name) {
  std::vector<std::pair<std::string, std::string>> files{{"npy", name + ".npy"}};
  folder_.write(name + ".npy", encode_npy(numbers));
  if (picture) {
    folder_.write(name + ".png", render::encode_png(as_image(*picture)));
    files.emplace_back("png", name + ".png");
  }
  return files;
}

void AttackWriter::write(AttackResult& r, const std::string& method) {
  r.files = write(r.sample, r.picture, file_safe(r.id + "." + method));
}

void AttackWriter::write(AttackResult& r, const NamedSheet& sheet, const std::vector<std::string>& sources,
                         const SheetStyle& style) {
  const std::string name = sheet.name + ".png";
  folder_.write(name, picture(sheet.compose, render::PictureFormat::png, sheet.title, sources, style));
  r.files.emplace_back("sheet", name);
}

void AttackWriter::keep(const Json& item) {
  for (const auto& file : attack_result_of(item).files) folder_.keep(file.second);
}

void AttackWriter::list(const Json& head, std::span<const std::vector<Json>> items) {
  std::vector<SampleLine> old;
  if (folder_.keep(sample_list_name) && has_sample_list(folder_.path().string()))
    old = read_sample_list(folder_.path().string());
  std::string text;
  for (std::size_t run = 0; run < items.size(); ++run)
    for (const Json& item : items[run])
      if (item["status"] == "success")
        text += line(attack_sample_json(item, head["runs"][run]["method"], head["runs"][run]["params"]));
  std::vector<SampleLine> samples = parse_sample_list(text, sample_list_name);
  // What nv samples --remove took away since stays away, though the journal knows of it.
  std::erase_if(samples, [&](const SampleLine& s) { return !folder_.holds(s.file); });
  const std::vector<SampleLine> all = merge_samples(std::move(old), samples);
  // Files of samples stay, whichever run wrote them.
  for (const SampleLine& sample : all)
    for (const std::string& file : sample.files) folder_.keep(file);
  if (!all.empty()) folder_.write(sample_list_name, sample_list_text(all));
}

void AttackWriter::finish(const std::string& document) {
  folder_.write("attack.json", document);
  folder_.finish();
}

}  // namespace nv
