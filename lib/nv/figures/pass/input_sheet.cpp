#include "nv/figures/pass/input_sheet.h"

#include <algorithm>
#include <utility>

#include "nv/figures/input_picture.h"

namespace nv::figures {

namespace {

constexpr double side = 96, picture_gap = 12;  // px

}  // namespace

std::vector<render::PixelGrid> input_pictures(const Pass& pass) {
  std::vector<render::PixelGrid> pictures;
  for (std::size_t i = 0; i < pass.input.tensors.size(); ++i)
    if (InputPicture shown = input_picture(pass.engine, pass.input, i, pass.preprocess);
        shown.picture.width > 0)
      pictures.push_back(std::move(shown.picture));
  return pictures;
}

bool has_input_pictures(const Pass& pass) {
  return !input_pictures(pass).empty();
}

render::Scene input_sheet(std::span<const render::PixelGrid> pictures, const Style& style,
                          const render::Page& page) {
  render::Scene scene;
  scene.background = style.theme.background;
  for (const render::PixelGrid& picture : pictures) {
    render::Bitmap bitmap = shown_in(picture, side, side, page.grain).bitmap;
    bitmap.x = scene.width > 0 ? scene.width + picture_gap : 1;
    bitmap.y = 1;
    bitmap.frame = render::Stroke{style.theme.frame, 1, 0};
    scene.width = bitmap.x + bitmap.width() + 1;
    scene.height = std::max(scene.height, bitmap.height() + 2);
    scene.add(std::move(bitmap));
  }
  return scene;
}

render::Scene input_sheet(const Pass& pass, const Style& style, const render::Page& page) {
  return input_sheet(input_pictures(pass), style, page);
}

}  // namespace nv::figures
