// A trace compared with expected numbers.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "nv/core/tensor.h"
#include "nv/data/npz.h"
#include "nv/engine/engine.h"

namespace nv {

struct Deviation {
  std::string key;        ///< "layer/conv1", "output/0"
  std::string problem;    ///< why numbers could not be compared, else ""
  double error = 0;       ///< largest |got - expected|, relative to the largest |expected|
  double largest = 0;     ///< the largest |expected|
  std::size_t order = 0;  ///< of execution: errors begin at the first layer beyond the tolerance

  bool beyond(double tolerance) const { return !problem.empty() || !(error <= tolerance); }
};

/// NaN must be exactly where it is expected. The largest |expected| counts as at least 1e-6.
Deviation compare(const std::string& key, std::size_t order, const Tensor& got, const Tensor& expected);

/// A trace that holds every node against the arrays "layer/PATH" and "output/I" of a file (batch first), in
/// order of execution; arrays for which the model has no layer last, with a problem. Throws Error(input) for
/// arrays that cannot be read.
std::vector<Deviation> deviations(const Model& model, const Trace& trace, const NpzReader& reference);

/// The inputs of a model from the arrays "input/I", "I" or the input's name of a file. Throws Error(input),
/// beginning with the file, if one is missing or has another batch size.
std::vector<Tensor> reference_inputs(const Model& model, const NpzReader& file);

}  // namespace nv
