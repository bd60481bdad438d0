#include "nv/figures/pass/input_sheet.h"

#include <algorithm>

#include "nv/core/error.h"
#include "nv/figures/drawable.h"
#include "nv/render/charts/pixel_grid.h"

namespace nv::figures {

namespace {

constexpr double side = 96, gap = 12;  // px

std::vector<render::PixelGrid> input_pictures(const Pass& pass) {
  const Model& model = pass.engine.model();
  std::vector<render::PixelGrid> pictures;
  for (std::size_t i = 0; i < model.inputs.size() && i < pass.input.tensors.size(); ++i) {
    const auto node = static_cast<std::size_t>(model.inputs[i].value.node);
    const InputSpec spec{model.inputs[i].name, pass.input.tensors[i].shape(),
                         pass.engine.structure().nodes[node].channels_first};
    try {
      pictures.push_back(drawable(to_picture(pass.input.tensors[i], spec, pass.preprocess)));
    } catch (const Error&) {  // an array that is no picture
    }
  }
  return pictures;
}

}  // namespace

bool has_input_pictures(const Pass& pass) {
  return !input_pictures(pass).empty();
}

render::Scene input_sheet(const Pass& pass, const Style& style, const render::Page& page) {
  render::Scene scene;
  scene.background = style.theme.background;
  for (const render::PixelGrid& picture : input_pictures(pass)) {
    render::Bitmap bitmap = shown_in(picture, side, side, page.grain).bitmap;
    bitmap.x = scene.width > 0 ? scene.width + gap : 1;
    bitmap.y = 1;
    bitmap.frame = render::Stroke{style.theme.frame, 1, 0};
    scene.width = bitmap.x + bitmap.width() + 1;
    scene.height = std::max(scene.height, bitmap.height() + 2);
    scene.add(std::move(bitmap));
  }
  return scene;
}

}  // namespace nv::figures
