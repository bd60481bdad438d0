// The matrix product behind convolutions, in either direction: patches of an array times a matrix, without
// the patches being gathered. Knows no layer.
#pragma once

#include <vector>

#include "nv/core/parallel.h"
#include "nv/kernels/product.h"
#include "nv/kernels/windows.h"

namespace nv {

/// Positions with channels.
struct Field {
  Triple size{0, 0, 0};
  std::int64_t channels = 0;
};

/// A part of a patch: `columns` neighbouring positions, with the rows of the kernel that they are multiplied
/// by.
struct PatchTap {
  Triple offset;  ///< from the patch's first position
  std::int64_t columns = 1;
  ProductSource kernel;
};

/// For each of `count` positions q: a patch of `from`, which begins at from_first + q * from_step and may lie
/// outside (zeros), times a matrix, goes to position to_first + q * to_step of `to`. Channels of both in
/// `groups`, each for itself.
struct PatchProduct {
  Field from, to;
  Triple count{0, 0, 0};
  Triple from_first{0, 0, 0}, from_step{1, 1, 1};
  Triple extent{1, 1, 1};  ///< positions from a patch's first to its last
  Triple to_first{0, 0, 0}, to_step{1, 1, 1};
  std::int64_t groups = 1;
  std::int64_t kernel_step = 0;  ///< from one group's kernel to the next one's
  std::vector<PatchTap> taps;    ///< all of as many columns; none: the result is 0
};

/// For `items` arrays. `epilogue` sees rows of finished positions; where it is given, to_step must be 1.
void run(const PatchProduct& p, std::int64_t items, const float* from, float* to, const Epilogue& epilogue,
         ThreadPool& pool);

/// Whether `run` takes the product to be one of few channels as result (patch_planes.cpp).
bool suits_planes(const PatchProduct& p);
void run_in_planes(const PatchProduct& p, std::int64_t items, const float* from, float* to,
                   const Epilogue& epilogue, ThreadPool& pool);

}  // namespace nv
