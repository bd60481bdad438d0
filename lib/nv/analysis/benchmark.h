// How long a model takes, as a whole and by layer.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "nv/engine/engine.h"

namespace nv {

/// The time of one layer.
struct LayerTime {
  std::size_t node = 0;
  double ms = 0;          ///< per input, median
  std::int64_t macs = 0;  ///< multiply-adds per input
};

/// Times in milliseconds of wall-clock time.
struct Benchmark {
  double ms_per_input = 0;        ///< of a pass, median
  std::int64_t passes = 0;        ///< that were timed
  std::int64_t macs = 0;          ///< multiply-adds per input
  std::vector<LayerTime> layers;  ///< in order of execution, without inputs; forward only

  /// Billions of additions and multiplications per second.
  static double rate(std::int64_t macs, double ms) {
    return ms > 0 ? 2e-6 * static_cast<double>(macs) / ms : 0;
  }
};

struct BenchmarkOptions {
  double seconds = 2;     ///< half for whole passes, half layer by layer; at least three passes each
  bool gradient = false;  ///< a pass is forward, with every layer kept, and the gradient to the inputs
};

/// Passes over `inputs`, batch first, whose values do not matter. The first pass, which reads weights and
/// allocates, is not timed. Every layer's output is kept, as for pictures of all layers.
Benchmark benchmark(Engine& engine, std::span<const Tensor> inputs, const BenchmarkOptions& options);

}  // namespace nv
