// Depthwise convolution: it is not a matrix product, so each output is a sum over taps, with rows in
// parallel.
#include <algorithm>

#include "nv/kernels/convolution.h"

namespace nv {

void convolve_depthwise(const WindowSizes& w, std::int64_t multiplier, std::int64_t items, const float* input,
                        const float* kernel, float* output, const Epilogue& epilogue, ThreadPool& pool) {
  const std::int64_t filters = w.channels * multiplier;
  const auto sum = [&](std::int64_t item, std::int64_t position, const std::array<TapRange, 3>& taps) {
    const float* in = input + item * volume(w.in) * w.channels;
    float* out = output + position * filters;
    std::fill_n(out, filters, 0.0F);
    for_taps(taps, w.kernel, w.in, [&](std::int64_t tap, std::int64_t at) {
      const float* from = in + at * w.channels;
      const float* k = kernel + tap * filters;
      if (multiplier == 1)
        for (std::int64_t c = 0; c < filters; ++c) out[c] += from[c] * k[c];
      else
        for (std::int64_t c = 0; c < filters; ++c) out[c] += from[c / multiplier] * k[c];
    });
    const std::int64_t row = w.out[2] * filters;
    if (!epilogue.empty() && (position + 1) % w.out[2] == 0)
      epilogue({out + filters - row, static_cast<std::size_t>(row)});
  };
  for_positions(w, w.out, items, taps_of_output, pool, sum);
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
