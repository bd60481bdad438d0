#include "nv/kernels/pooling.h"

#include <algorithm>
#include <array>
#include <vector>

#include "nv/kernels/kernel_set.h"
#include "nv/kernels/window_runs.h"

namespace nv {

namespace {

bool larger(float a, float b) {
  return a > b || a != a;
}

std::array<TapRange, 3> taps_at(const WindowSizes& w, const Triple& output) {
  return {taps_of_output(w, 0, output[0]), taps_of_output(w, 1, output[1]), taps_of_output(w, 2, output[2])};
}

/// The weight of each position in the mean of a window.
float share_of(const std::array<TapRange, 3>& m) {
  const std::int64_t count = m[0].count * m[1].count * m[2].count;
  return count > 0 ? 1.0F / static_cast<float>(count) : 0.0F;
}

/// Whether no input position is in two windows.
bool are_apart(const WindowSizes& w) {
  for (std::size_t a = 0; a < 3; ++a)
    if ((w.kernel[a] - 1) * w.dilation[a] >= w.stride[a]) return false;
  return true;
}

/// Whether windows as large as their strides cover the whole input.
bool are_full(const WindowSizes& w) {
  for (std::size_t a = 0; a < 3; ++a)
    if (w.kernel[a] != w.stride[a] || w.dilation[a] != 1 || w.out[a] * w.stride[a] - w.before[a] < w.in[a])
      return false;
  return true;
}

}  // namespace

void max_pool(const WindowSizes& w, std::int64_t items, const float* input, float* output, ThreadPool& pool) {
  for_runs(w, items, pool, [&](const WindowRun& run, std::int64_t position, std::int64_t at) {
    kernel_set().loops.max_pool(run, input + at, output + position);
  });
}

void average_pool(const WindowSizes& w, std::int64_t items, const float* input, float* output,
                  ThreadPool& pool) {
  for_runs(w, items, pool, [&](const WindowRun& run, std::int64_t position, std::int64_t at) {
    const float share = run.values == 0 ? 0.0F : 1.0F / static_cast<float>(run.values);
    kernel_set().loops.average_pool(run, share, input + at, output + position);
  });
}

/// max_pool_vjp_to_first for windows that do not overlap: each writes its own part of the input.
void max_pool_vjp_apart(const WindowSizes& w, std::int64_t items, const float* input, const float* output,
                        const float* d_output, float* d_input, ThreadPool& pool) {
  for_runs(w, items, pool, [&](const WindowRun& run, std::int64_t position, std::int64_t at) {
    kernel_set().loops.max_pool_vjp(run, input + at, output + position, d_output + position, d_input + at);
  });
}

void max_pool_vjp_to_first(const WindowSizes& w, std::int64_t items, const float* input, const float* output,
                           const float* d_output, float* d_input, ThreadPool& pool) {
  const std::int64_t in_size = volume(w.in) * w.channels;
  if (!are_apart(w) || !are_full(w)) std::fill_n(d_input, items * in_size, 0.0F);
  if (are_apart(w)) return max_pool_vjp_apart(w, items, input, output, d_output, d_input, pool);
  // Two windows may add to the same value, so that tasks are divided by channels.
  constexpr std::int64_t chunk = 16;
  const std::int64_t chunks = (w.channels + chunk - 1) / chunk;
  pool.for_each(items * chunks, [&](std::int64_t job) {
    const std::int64_t item = job / chunks, first = job % chunks * chunk;
    const std::int64_t channels = std::min(chunk, w.channels - first);
    const float* in = input + item * in_size + first;
    float* d_in = d_input + item * in_size + first;
    const float* d = d_output + item * volume(w.out) * w.channels + first;
    for (std::int64_t o = 0; o < volume(w.out); ++o, d += w.channels) {
      std::array<std::int64_t, chunk> largest;
      largest.fill(-1);
      for_taps(taps_at(w, position_of(o, w.out)), w.kernel, w.in, [&](std::int64_t, std::int64_t at) {
        for (std::int64_t c = 0; c < channels; ++c) {
          std::int64_t& best = largest[static_cast<std::size_t>(c)];
          if (best < 0 || larger(in[at * w.channels + c], in[best * w.channels + c])) best = at;
        }
      });
      for (std::int64_t c = 0; c < channels; ++c)
        if (const std::int64_t best = largest[static_cast<std::size_t>(c)]; best >= 0)
          d_in[best * w.channels + c] += d[c];
    }
  });
}

void max_pool_vjp_to_all(const WindowSizes& w, std::int64_t items, const float* input, const float* output,
                         const float* d_output, float* d_input, ThreadPool& pool) {
  for_positions(w, w.in, items, taps_of_input, pool,
                [&](std::int64_t item, std::int64_t position, const std::array<TapRange, 3>& taps) {
                  const std::int64_t base = item * volume(w.out) * w.channels;
                  const float* x = input + position * w.channels;
                  float* d_in = d_input + position * w.channels;
                  std::fill_n(d_in, w.channels, 0.0F);
                  for_taps(taps, w.kernel, w.out, [&](std::int64_t, std::int64_t at) {
                    const float* largest = output + base + at * w.channels;
                    const float* d = d_output + base + at * w.channels;
                    for (std::int64_t c = 0; c < w.channels; ++c) d_in[c] += x[c] == largest[c] ? d[c] : 0.0F;
                  });
                });
}

void average_pool_vjp(const WindowSizes& w, std::int64_t items, const float* d_output, float* d_input,
                      ThreadPool& pool) {
  std::vector<float> shares;
  for (std::int64_t o = 0; o < volume(w.out); ++o)
    shares.push_back(share_of(taps_at(w, position_of(o, w.out))));
  for_positions(w, w.in, items, taps_of_input, pool,
                [&](std::int64_t item, std::int64_t position, const std::array<TapRange, 3>& taps) {
                  const float* d_item = d_output + item * volume(w.out) * w.channels;
                  float* d_in = d_input + position * w.channels;
                  std::fill_n(d_in, w.channels, 0.0F);
                  for_taps(taps, w.kernel, w.out, [&](std::int64_t, std::int64_t at) {
                    const float share = shares[static_cast<std::size_t>(at)];
                    for (std::int64_t c = 0; c < w.channels; ++c)
                      d_in[c] += d_item[at * w.channels + c] * share;
                  });
                });
}

}  // namespace nv
