#include "nv/kernels/convolution.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "nv/core/tensor.h"
#include "nv/kernels/patch_product.h"
#include "nv/kernels/scatter.h"
#include "nv/kernels/transpose.h"
#include "nv/kernels/winograd.h"

namespace nv {

struct ConvolutionKernel::WinogradForm {
  std::once_flag once;
  WinogradKernel kernel;
};

struct ConvolutionKernel::Forms {
  KeptPanels forward;
  KeptPanels transposed;  ///< of convolutions with stride 1, which have one phase
  std::array<WinogradForm, 2> winograd, winograd_transposed;  ///< for tiles of 2 and of 4
};

ConvolutionKernel::ConvolutionKernel(Tensor values, std::int64_t groups)
    : values_(std::move(values)), groups_(groups), forms_(std::make_shared<Forms>()) {}

namespace {

Triple times(const Triple& a, const Triple& b) {
  return {a[0] * b[0], a[1] * b[1], a[2] * b[2]};
}

/// The input positions first, first + stride, ...: all are multiplied with the same taps.
struct Phase {
  Triple first, count;
};

std::vector<Phase> phases_of(const WindowSizes& w) {
  std::vector<Phase> phases;
  const auto count = [&](std::size_t a, std::int64_t first) {
    return (w.in[a] - first + w.stride[a] - 1) / w.stride[a];
  };
  for (std::int64_t z = 0; z < std::min(w.stride[0], w.in[0]); ++z)
    for (std::int64_t y = 0; y < std::min(w.stride[1], w.in[1]); ++y)
      for (std::int64_t x = 0; x < std::min(w.stride[2], w.in[2]); ++x)
        phases.push_back({{z, y, x}, {count(0, z), count(1, y), count(2, x)}});
  return phases;
}

/// A tap of a phase: position q of the phase contributes to output q + offset.
struct PhaseTap {
  std::int64_t tap, offset;
};

std::vector<PhaseTap> phase_taps(const WindowSizes& w, std::size_t axis, std::int64_t first) {
  std::vector<PhaseTap> taps;
  for (std::int64_t k = 0; k < w.kernel[axis]; ++k)
    if (const std::int64_t reach = first + w.before[axis] - k * w.dilation[axis]; reach % w.stride[axis] == 0)
      taps.push_back({k, reach / w.stride[axis]});
  return taps;
}

/// The product for a phase: patches of the outputs around its positions, times the kernel's rows of its taps.
PatchProduct phase_product(const WindowSizes& w, const ConvolutionKernel& kernel, const Phase& phase) {
  const std::int64_t filters = kernel.filters(), groups = kernel.groups();
  PatchProduct p;
  p.from = {w.out, filters};
  p.to = {w.in, w.channels};
  p.count = phase.count;
  p.to_first = phase.first;
  p.to_step = w.stride;
  p.groups = groups;
  p.kernel_step = filters / groups;
  std::array<std::vector<PhaseTap>, 3> taps;
  for (std::size_t a = 0; a < 3; ++a) {
    taps[a] = phase_taps(w, a, phase.first[a]);
    if (taps[a].empty()) return p;
    // The first tap has the largest offset, the last the smallest.
    p.from_first[a] = taps[a].back().offset;
    p.extent[a] = taps[a].front().offset - taps[a].back().offset + 1;
  }
  for (const PhaseTap& z : taps[0])
    for (const PhaseTap& y : taps[1])
      for (const PhaseTap& x : taps[2]) {
        const std::int64_t tap = (z.tap * w.kernel[1] + y.tap) * w.kernel[2] + x.tap;
        p.taps.push_back(
            {{z.offset - p.from_first[0], y.offset - p.from_first[1], x.offset - p.from_first[2]},
             1,
             {kernel.data() + tap * w.channels / groups * filters, 1, filters}});
      }
  return p;
}

void convolve_directly(const WindowSizes& w, const ConvolutionKernel& kernel, std::int64_t items,
                       const float* input, float* output, const Epilogue& epilogue, ThreadPool& pool) {
  const std::int64_t filters = kernel.filters(), groups = kernel.groups();
  PatchProduct p;
  p.from = {w.in, w.channels};
  p.to = {w.out, filters};
  p.count = w.out;
  p.from_step = w.stride;
  p.groups = groups;
  p.kernel_step = filters / groups;
  const std::int64_t channels = w.channels / groups;
  for (std::size_t a = 0; a < 3; ++a) {
    p.from_first[a] = -w.before[a];
    p.extent[a] = (w.kernel[a] - 1) * w.dilation[a] + 1;
  }
  // Without dilation, adjacent columns are contiguous in memory.
  const std::int64_t together = w.dilation[2] == 1 && groups == 1 ? w.kernel[2] : 1;
  for (std::int64_t t = 0; t < volume(w.kernel); t += together)
    p.taps.push_back({times(position_of(t, w.kernel), w.dilation),
                      together,
                      {kernel.data() + t * channels * filters, filters, 1}});
  p.kept = &kernel.forms().forward;
  run(p, items, input, output, epilogue, pool);
}

void transpose_directly(const WindowSizes& w, const ConvolutionKernel& kernel, std::int64_t items,
                        const float* outputs, float* inputs, const Epilogue& epilogue, ThreadPool& pool) {
  const std::vector<Phase> phases = phases_of(w);
  const bool single = phases.size() == 1;
  for (const Phase& phase : phases) {
    PatchProduct p = phase_product(w, kernel, phase);
    if (volume(w.stride) == 1) p.kept = &kernel.forms().transposed;
    run(p, items, outputs, inputs, single ? epilogue : Epilogue(), pool);
  }
  if (single || epilogue.empty()) return;
  const std::int64_t row = w.in[2] * w.channels;
  pool.for_each(items * w.in[0] * w.in[1], [&](std::int64_t i) {
    epilogue({inputs + i * row, static_cast<std::size_t>(row)});
  });
}

/// The convolution that the transpose of a convolution with stride 1 is, with the kernel of rotated_kernel.
WindowSizes transposed_sizes(const WindowSizes& w, std::int64_t filters) {
  WindowSizes t = w;
  t.in = w.out;
  t.out = w.in;
  t.channels = filters;
  for (std::size_t a = 0; a < 3; ++a) t.before[a] = (w.kernel[a] - 1) * w.dilation[a] - w.before[a];
  return t;
}

/// The kernel (taps, channels, filters) with its taps in reverse order, as (taps, filters, channels).
Tensor rotated_kernel(const float* kernel, std::int64_t taps, std::int64_t channels, std::int64_t filters) {
  Tensor rotated(Shape{taps, filters, channels});
  const std::int64_t step = channels * filters;
  for (std::int64_t t = 0; t < taps; ++t)
    transpose_matrix(channels, filters, kernel + t * step, filters, rotated.data() + (taps - 1 - t) * step,
                     channels);
  return rotated;
}

/// The tile of winograd.h, or 0 if the direct product is to be taken.
std::int64_t tile_for(const WindowSizes& w, std::int64_t filters, std::int64_t groups, Accuracy accuracy) {
  return accuracy == Accuracy::standard && groups == 1 ? winograd_tile(w, filters) : 0;
}

void transpose_dense(const WindowSizes& w, const ConvolutionKernel& kernel, std::int64_t items,
                     const float* outputs, float* inputs, const Epilogue& epilogue, ThreadPool& pool,
                     Accuracy accuracy) {
  const std::int64_t filters = kernel.filters();
  const WindowSizes t = transposed_sizes(w, filters);
  const std::int64_t tile = tile_for(t, w.channels, kernel.groups(), accuracy);
  if (tile == 0) return transpose_directly(w, kernel, items, outputs, inputs, epilogue, pool);
  ConvolutionKernel::WinogradForm& form = kernel.forms().winograd_transposed[tile == 2 ? 0 : 1];
  std::call_once(form.once, [&] {
    const Tensor rotated = rotated_kernel(kernel.data(), volume(w.kernel), w.channels, filters);
    form.kernel = WinogradKernel(rotated.data(), filters, w.channels, tile, pool);
  });
  const std::int64_t from_size = volume(w.out) * filters, to_size = volume(w.in) * w.channels;
  for (const std::int64_t i : winograd_convolve(t, form.kernel, items, outputs, inputs, epilogue, pool))
    transpose_directly(w, kernel, 1, outputs + i * from_size, inputs + i * to_size, epilogue, pool);
}

}  // namespace

void convolve(const WindowSizes& w, const ConvolutionKernel& kernel, std::int64_t items, const float* input,
              float* output, const Epilogue& epilogue, ThreadPool& pool, Accuracy accuracy) {
  const std::int64_t filters = kernel.filters();
  const std::int64_t tile = tile_for(w, filters, kernel.groups(), accuracy);
  if (tile == 0) return convolve_directly(w, kernel, items, input, output, epilogue, pool);
  ConvolutionKernel::WinogradForm& form = kernel.forms().winograd[tile == 2 ? 0 : 1];
  std::call_once(form.once,
                 [&] { form.kernel = WinogradKernel(kernel.data(), w.channels, filters, tile, pool); });
  const std::int64_t in_size = volume(w.in) * w.channels, out_size = volume(w.out) * filters;
  for (const std::int64_t i : winograd_convolve(w, form.kernel, items, input, output, epilogue, pool))
    convolve_directly(w, kernel, 1, input + i * in_size, output + i * out_size, epilogue, pool);
}

void convolve_transposed(const WindowSizes& w, const ConvolutionKernel& kernel, std::int64_t items,
                         const float* outputs, float* inputs, const Epilogue& epilogue, ThreadPool& pool,
                         Accuracy accuracy) {
  const std::int64_t filters = kernel.filters();
  // Decided per item, so that its result does not depend on the others.
  const std::int64_t from_size = volume(w.out) * filters, to_size = volume(w.in) * w.channels;
  std::vector<char> sparse(static_cast<std::size_t>(items), 0);
  if (kernel.groups() == 1 && suits_scatter(w))
    pool.for_each(items, [&](std::int64_t i) {
      sparse[static_cast<std::size_t>(i)] =
          is_sparse({outputs + i * from_size, static_cast<std::size_t>(from_size)}) ? 1 : 0;
    });
  const bool any = std::ranges::count(sparse, 1) > 0;
  const std::optional<Scatter> scatter = any ? Scatter::of(w, filters, kernel.data()) : std::nullopt;
  if (!scatter) return transpose_dense(w, kernel, items, outputs, inputs, epilogue, pool, accuracy);
  pool.for_each(items, [&](std::int64_t i) {
    if (sparse[static_cast<std::size_t>(i)] == 0) return;
    (*scatter)(outputs + i * from_size, inputs + i * to_size, pool);
    if (!epilogue.empty()) epilogue({inputs + i * to_size, static_cast<std::size_t>(to_size)});
  });
  for (auto at = sparse.begin(); at != sparse.end();) {
    at = std::find(at, sparse.end(), 0);
    const auto end = std::find(at, sparse.end(), 1);
    const std::int64_t first = at - sparse.begin();
    transpose_dense(w, kernel, end - at, outputs + first * from_size, inputs + first * to_size, epilogue,
                    pool, accuracy);
    at = end;
  }
}

}  // namespace nv
