#include "shared/sample_folder.h"

#include "nv/render/backends/png.h"

namespace nv {

SampleFolder::SampleFolder(OutputFolder& folder) : folder_(folder) {
  folder_.check_free(sample_list_name);
  if (folder_.keep(sample_list_name))
    earlier_ =
        parse_sample_list(folder_.read_text(sample_list_name), (folder_.path() / sample_list_name).string());
}

void SampleFolder::write(std::span<const SampleLine> added) {
  const std::vector<SampleLine> all = merge_samples(std::move(earlier_), added);
  for (const SampleLine& sample : all)
    for (const std::string& file : sample.files) folder_.keep(file);
  if (!all.empty()) folder_.write(sample_list_name, sample_list_text(all));
}

Bytes picture_png(const Picture& picture) {
  render::Image image{static_cast<int>(picture.width), static_cast<int>(picture.height), {}};
  const auto channels = static_cast<std::size_t>(picture.channels);
  for (std::size_t p = 0; p < picture.pixels.size(); p += channels)
    for (std::size_t c = 0; c < 3; ++c) image.rgb.push_back(picture.pixels[p + (channels >= 3 ? c : 0)]);
  return render::encode_png(image);
}

}  // namespace nv
