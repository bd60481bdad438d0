// The matrix product of convolutions, in either direction: patches of an array times a matrix, without
// gathering the patches (im2col).
#pragma once

#include <mutex>
#include <vector>

#include "nv/core/parallel.h"
#include "nv/core/tensor.h"
#include "nv/kernels/product.h"
#include "nv/kernels/windows.h"

namespace nv {

/// The shape of an array of positions with channels.
struct PatchArray {
  Triple size{0, 0, 0};
  std::int64_t channels = 0;
};

/// A part of a patch: `columns` adjacent positions, and the kernel's rows that they are multiplied with.
struct PatchTap {
  Triple offset;  ///< from the patch's first position
  std::int64_t columns = 1;
  ProductSource kernel;
};

/// The packed kernel of a product, made by the first one that needs it and kept for the others.
struct KeptPanels {
  std::once_flag once;
  Tensor panels;
};

/// For each of `count` positions q: position to_first + q * to_step of `to` is a patch of `from` times a
/// matrix. The patch begins at from_first + q * from_step; values outside of `from` are 0. Channels are
/// divided into `groups`, each multiplied separately.
struct PatchProduct {
  PatchArray from, to;
  Triple count{0, 0, 0};
  Triple from_first{0, 0, 0}, from_step{1, 1, 1};
  Triple extent{1, 1, 1};  ///< positions from a patch's first to its last
  Triple to_first{0, 0, 0}, to_step{1, 1, 1};
  std::int64_t groups = 1;
  std::int64_t kernel_step = 0;  ///< from one group's kernel to the next one's
  std::vector<PatchTap> taps;    ///< all have the same number of columns; without taps the result is 0
  KeptPanels* kept = nullptr;    ///< of these taps, for several products; null: packed for this one
};

/// Computes the product for `items` arrays. The epilogue is called on rows of finished positions; with one,
/// to_step must be 1.
void run(const PatchProduct& p, std::int64_t items, const float* from, float* to, const Epilogue& epilogue,
         ThreadPool& pool);

/// Whether `run` uses run_in_planes: the result has few channels (patch_planes.cpp).
bool suits_planes(const PatchProduct& p);
void run_in_planes(const PatchProduct& p, std::int64_t items, const float* from, float* to,
                   const Epilogue& epilogue, ThreadPool& pool);

}  // namespace nv
