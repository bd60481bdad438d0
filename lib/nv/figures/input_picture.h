// An input as the model sees it, as a picture.
#pragma once

#include <cstddef>
#include <string>

#include "nv/data/input.h"
#include "nv/data/preprocess.h"
#include "nv/engine/engine.h"
#include "nv/render/charts/pixel_grid.h"

namespace nv::figures {

struct InputPicture {
  render::PixelGrid picture;  ///< at the model's size and with its channels; empty if the input is no picture
  std::string original_size;  ///< "300 × 451", height first; "" if the picture was not resized
  std::string range;          ///< "−1 … 1": the values from black to white, if they are not 8-bit pixels
};

/// Input `index` of the model after everything that was done to it, inversion included, but for the scale of
/// its numbers, which `preprocess` undoes. Numbers that are no pixels then are drawn from their smallest
/// (black) to their largest (white). A vector is a picture only if it was made of one.
InputPicture input_picture(const Engine& engine, const Input& input, std::size_t index,
                           const Preprocess& preprocess);

}  // namespace nv::figures
