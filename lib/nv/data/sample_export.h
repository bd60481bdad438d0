// Samples as one file for NumPy.
#pragma once

#include <span>

#include "nv/core/file.h"
#include "nv/data/sample_query.h"

namespace nv {

/// An .npz of all samples in their order: `x` (float32, one axis more than a sample has), `label` and
/// `prediction` (int64, -1 where a line has none), `id`, `method` and `origin` (text). Throws Error(input)
/// for none, for one whose file is no .npy, and where sizes differ.
Bytes samples_npz(std::span<const ListedSample> samples);

}  // namespace nv
