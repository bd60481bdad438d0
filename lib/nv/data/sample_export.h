// Exporting samples to one .npz file.
#pragma once

#include <span>

#include "nv/core/file.h"
#include "nv/data/sample_query.h"

namespace nv {

/// Encodes an .npz of all samples in their order: `x` (float32, one axis more than a sample), `label` and
/// `prediction` (int64, -1 if a line has none), `id`, `method` and `origin` (text). Throws Error(input) for
/// no samples, a sample whose file is no .npy, and different sizes.
Bytes samples_npz(std::span<const ListedSample> samples);

}  // namespace nv
