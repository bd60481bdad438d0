// Depthwise convolution: it is not a matrix product, so each output is a sum over taps, with rows in
// parallel.
#include <algorithm>

#include "nv/kernels/convolution.h"
#include "nv/kernels/kernel_set.h"
#include "nv/kernels/window_runs.h"

namespace nv {

namespace {

/// Several filters per channel.
void convolve_multiplied(const WindowSizes& w, std::int64_t multiplier, std::int64_t items,
                         const float* input, const float* kernel, float* output, const Epilogue& epilogue,
                         ThreadPool& pool) {
  const std::int64_t filters = w.channels * multiplier;
  const auto sum = [&](std::int64_t item, std::int64_t position, const std::array<TapRange, 3>& taps) {
    const float* in = input + item * volume(w.in) * w.channels;
    float* out = output + position * filters;
    std::fill_n(out, filters, 0.0F);
    for_taps(taps, w.kernel, w.in, [&](std::int64_t tap, std::int64_t at) {
      const float* from = in + at * w.channels;
      const float* k = kernel + tap * filters;
      for (std::int64_t c = 0; c < filters; ++c) out[c] += from[c / multiplier] * k[c];
    });
    const std::int64_t row = w.out[2] * filters;
    if (!epilogue.empty() && (position + 1) % w.out[2] == 0)
      epilogue({out + filters - row, static_cast<std::size_t>(row)});
  };
  for_positions(w, w.out, items, taps_of_output, pool, sum);
}

}  // namespace

void convolve_depthwise(const WindowSizes& w, std::int64_t multiplier, std::int64_t items, const float* input,
                        const float* kernel, float* output, const Epilogue& epilogue, ThreadPool& pool) {
  if (multiplier != 1)
    return convolve_multiplied(w, multiplier, items, input, kernel, output, epilogue, pool);
  const float* biases = epilogue.biases.empty() ? nullptr : epilogue.biases.data();
  for_runs(
      w, items, pool,
      [&](const WindowRun& run, std::int64_t position, std::int64_t at) {
        kernel_set().loops.depthwise(run, kernel, biases, epilogue.relu, input + at, output + position);
      },
      [&](std::int64_t position) {
        if (epilogue.rest)
          epilogue.rest({output + position, static_cast<std::size_t>(w.out[2] * w.channels)});
      });
}

void convolve_depthwise_transposed(const WindowSizes& w, std::int64_t multiplier, std::int64_t items,
                                   const float* outputs, const float* kernel, float* inputs,
                                   ThreadPool& pool) {
  const std::int64_t filters = w.channels * multiplier;
  const auto sum = [&](std::int64_t item, std::int64_t position, const std::array<TapRange, 3>& taps) {
    const float* from_item = outputs + item * volume(w.out) * filters;
    float* in = inputs + position * w.channels;
    std::fill_n(in, w.channels, 0.0F);
    for_taps(taps, w.kernel, w.out, [&](std::int64_t tap, std::int64_t at) {
      const float* from = from_item + at * filters;
      const float* k = kernel + tap * filters;
      if (multiplier == 1)
        for (std::int64_t c = 0; c < filters; ++c) in[c] += from[c] * k[c];
      else
        for (std::int64_t c = 0; c < filters; ++c) in[c / multiplier] += from[c] * k[c];
    });
  };
  for_positions(w, w.in, items, taps_of_input, pool, sum);
}

}  // namespace nv
