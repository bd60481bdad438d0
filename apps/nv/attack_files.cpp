#include "attack_files.h"

#include <algorithm>
#include <filesystem>

#include "nv/core/text.h"
#include "nv/data/npy.h"
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

void AttackWriter::write(AttackResult& r, const std::string& method, const Json& params) {
  const std::string id = r.id + "." + method, stem = file_safe(id);
  folder_.write(stem + ".npy", encode_npy(r.sample));
  r.files.emplace_back("npy", stem + ".npy");
  if (r.picture) {
    folder_.write(stem + ".png", render::encode_png(as_image(*r.picture)));
    r.files.emplace_back("png", stem + ".png");
  }
  if (r.status != AttackStatus::success) return;
  SampleLine sample;
  sample.id = id;
  sample.text = line(attack_sample_json(r, id, method, params));
  sample.text.pop_back();
  for (const auto& file : r.files) sample.files.push_back(file.second);
  samples_.push_back(std::move(sample));
}

std::vector<std::pair<std::string, std::string>> AttackWriter::write(const Perturbation& change,
                                                                     const std::string& name) {
  std::vector<std::pair<std::string, std::string>> files{{"npy", name + ".npy"}};
  folder_.write(name + ".npy", encode_npy(change.change));
  if (change.picture) {
    folder_.write(name + ".png", render::encode_png(as_image(*change.picture)));
    files.emplace_back("png", name + ".png");
  }
  return files;
}

void AttackWriter::finish(const std::string& document) {
  std::vector<SampleLine> old;
  if (folder_.keep(sample_list_name)) {
    const std::string file = (folder_.path() / sample_list_name).string();
    if (std::filesystem::exists(file)) old = parse_sample_list(read_text(file), file);
  }
  const std::vector<SampleLine> all = merge_samples(std::move(old), samples_);
  // Files of samples stay, whichever run wrote them.
  for (const SampleLine& sample : all)
    for (const std::string& file : sample.files) folder_.keep(file);
  if (!all.empty()) folder_.write(sample_list_name, sample_list_text(all));
  folder_.write("attack.json", document);
  folder_.finish();
}

}  // namespace nv
