// The space in which attacks work: images and arrays before the steps of a model's preprocessing.
#pragma once

#include "nv/analysis/attacks/oracle.h"
#include "nv/analysis/attacks/point.h"
#include "nv/data/preprocess.h"

namespace nv {

/// The range of image values in that space: of the model's input for raw (0..255), unit (0..1) and signed
/// (-1..1) preprocessing; 0..1 for caffe, torch, mean and deviation, which are applied after it.
attacks::Bounds default_bounds(const Preprocess& how);

/// From that space to the model's input, if the preprocessing shifts and scales images of 0..1.
attacks::InputSpace input_space(const InputSpec& spec, const Preprocess& how);

/// The scale of images within `bounds`: arrays may have another than `how` gives to images.
Preprocess picture_scale(Preprocess how, const attacks::Bounds& bounds);

}  // namespace nv
