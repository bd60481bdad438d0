// How close to Keras a pass computes.
#pragma once

namespace nv {

/// Bounds on the difference from Keras in float32, relative to the largest value of a layer's output.
enum class Accuracy {
  standard,  ///< 1e-4, the fastest kernels
  exact,     ///< 1e-5
};

}  // namespace nv
