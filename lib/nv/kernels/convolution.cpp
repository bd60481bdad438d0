#include "nv/kernels/convolution.h"

#include <algorithm>
#include <vector>

#include "nv/kernels/gemm.h"

namespace nv {

namespace {

/// Positions handled at once: a block of rows of `depth` floats should stay in the second-level cache. It
/// depends on the layer alone, so that results do not depend on threads.
std::int64_t block_size(std::int64_t depth) {
  return std::clamp<std::int64_t>((std::int64_t{1} << 16) / std::max<std::int64_t>(depth, 1), 16, 1024);
}

/// One row of kernel positions of a patch, for channels [first, first + count): zeros outside the input.
float* gather_row(const WindowSizes& w, const float* line, std::int64_t x, std::int64_t first,
                  std::int64_t count, float* row) {
  const std::int64_t start = x * w.stride[2] - w.before[2];
  if (w.dilation[2] == 1 && count == w.channels) {
    // Neighbouring columns are neighbours in memory: one copy for the part inside the image.
    const std::int64_t begin = std::clamp<std::int64_t>(-start, 0, w.kernel[2]);
    const std::int64_t end = std::clamp<std::int64_t>(w.in[2] - start, begin, w.kernel[2]);
    row = std::fill_n(row, begin * count, 0.0F);
    row = std::copy_n(line + (start + begin) * w.channels, (end - begin) * count, row);
    return std::fill_n(row, (w.kernel[2] - end) * count, 0.0F);
  }
  for (std::int64_t kx = 0; kx < w.kernel[2]; ++kx) {
    const std::int64_t ix = start + kx * w.dilation[2];
    const bool inside = ix >= 0 && ix < w.in[2];
    row = inside ? std::copy_n(line + ix * w.channels + first, count, row) : std::fill_n(row, count, 0.0F);
  }
  return row;
}

/// The patch that output position `at` sees, as one row of a matrix: kernel positions x count.
void gather_patch(const WindowSizes& w, const float* input, const Triple& at, std::int64_t first,
                  std::int64_t count, float* row) {
  for (std::int64_t kz = 0; kz < w.kernel[0]; ++kz)
    for (std::int64_t ky = 0; ky < w.kernel[1]; ++ky) {
      const std::int64_t iz = at[0] * w.stride[0] - w.before[0] + kz * w.dilation[0];
      const std::int64_t iy = at[1] * w.stride[1] - w.before[1] + ky * w.dilation[1];
      if (iz >= 0 && iz < w.in[0] && iy >= 0 && iy < w.in[1])
        row = gather_row(w, input + (iz * w.in[1] + iy) * w.in[2] * w.channels, at[2], first, count, row);
      else
        row = std::fill_n(row, w.kernel[2] * count, 0.0F);
    }
}

bool is_pointwise(const WindowSizes& w) {
  constexpr Triple one{1, 1, 1};
  return w.kernel == one && w.stride == one && w.in == w.out;
}

/// Input positions first, first + stride, ...: the same positions of the kernel meet all of them.
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

/// A position of the kernel that meets a phase: position q of the phase meets output q + offset.
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

/// The rows of `outputs` that positions [begin, begin + count) of a phase meet at an offset, as a matrix;
/// zeros where there is none. False where there is none for all of them.
bool gather_outputs(const WindowSizes& w, std::int64_t filters, const float* outputs, const Phase& phase,
                    const Triple& offset, std::int64_t begin, std::int64_t count, float* rows) {
  bool any = false;
  for (std::int64_t i = begin; i < begin + count;) {
    const Triple q = position_of(i, phase.count);
    // Neighbours in the phase meet neighbours in the outputs: whole runs are copied.
    const std::int64_t run = std::min(phase.count[2] - q[2], begin + count - i);
    const std::int64_t z = q[0] + offset[0], y = q[1] + offset[1], x = q[2] + offset[2];
    const bool inside = z >= 0 && z < w.out[0] && y >= 0 && y < w.out[1];
    const std::int64_t from = inside ? std::clamp<std::int64_t>(-x, 0, run) : run;
    const std::int64_t to = inside ? std::clamp<std::int64_t>(w.out[2] - x, from, run) : run;
    rows = std::fill_n(rows, from * filters, 0.0F);
    if (to > from)
      rows = std::copy_n(outputs + ((z * w.out[1] + y) * w.out[2] + x + from) * filters,
                         (to - from) * filters, rows);
    rows = std::fill_n(rows, (run - to) * filters, 0.0F);
    any = any || to > from;
    i += run;
  }
  return any;
}

/// A piece of the work of convolve_transposed: positions [begin, begin + count) of a phase.
struct Piece {
  std::size_t phase;
  std::int64_t begin, count;
};

class Transposed {
 public:
  Transposed(const WindowSizes& w, std::int64_t filters, std::int64_t groups, const float* kernel)
      : w_(w), filters_(filters), groups_(groups), kernel_(kernel), phases_(phases_of(w)) {
    const std::int64_t block = block_size(std::max(filters, w.channels));
    for (std::size_t p = 0; p < phases_.size(); ++p)
      for (std::int64_t begin = 0, n = volume(phases_[p].count); begin < n; begin += block)
        pieces_.push_back({p, begin, std::min(block, n - begin)});
  }

  std::int64_t pieces() const { return static_cast<std::int64_t>(pieces_.size()); }

  void run(std::int64_t index, const float* outputs, float* inputs, const Epilogue& epilogue) const {
    const Piece& piece = pieces_[static_cast<std::size_t>(index)];
    const Phase& phase = phases_[piece.phase];
    std::vector<float> sums(static_cast<std::size_t>(piece.count * w_.channels), 0.0F);
    std::vector<float> rows(static_cast<std::size_t>(piece.count * filters_));
    for (const PhaseTap& z : phase_taps(w_, 0, phase.first[0]))
      for (const PhaseTap& y : phase_taps(w_, 1, phase.first[1]))
        for (const PhaseTap& x : phase_taps(w_, 2, phase.first[2]))
          if (gather_outputs(w_, filters_, outputs, phase, {z.offset, y.offset, x.offset}, piece.begin,
                             piece.count, rows.data()))
            add((z.tap * w_.kernel[1] + y.tap) * w_.kernel[2] + x.tap, piece.count, rows.data(), sums.data());
    if (epilogue) epilogue(sums);
    scatter(phase, piece, sums.data(), inputs);
  }

 private:
  void add(std::int64_t tap, std::int64_t count, const float* rows, float* sums) const {
    const std::int64_t channels = w_.channels / groups_, columns = filters_ / groups_;
    for (std::int64_t g = 0; g < groups_; ++g)
      multiply_transposed_add(
          {rows + g * columns, count, columns, filters_},
          {kernel_ + tap * channels * filters_ + g * columns, channels, columns, filters_},
          {sums + g * channels, count, channels, w_.channels});
  }

  void scatter(const Phase& phase, const Piece& piece, const float* sums, float* inputs) const {
    for (std::int64_t i = 0; i < piece.count; ++i, sums += w_.channels) {
      const Triple q = position_of(piece.begin + i, phase.count);
      Triple at;
      for (std::size_t a = 0; a < 3; ++a) at[a] = phase.first[a] + q[a] * w_.stride[a];
      std::copy_n(sums, w_.channels, inputs + ((at[0] * w_.in[1] + at[1]) * w_.in[2] + at[2]) * w_.channels);
    }
  }

  const WindowSizes& w_;
  std::int64_t filters_, groups_;
  const float* kernel_;
  std::vector<Phase> phases_;
  std::vector<Piece> pieces_;
};

}  // namespace

void convolve(const WindowSizes& w, std::int64_t filters, std::int64_t groups, std::int64_t items,
              const float* input, const float* kernel, float* output, const Epilogue& epilogue,
              ThreadPool& pool) {
  const std::int64_t positions = volume(w.out);
  const std::int64_t channels = w.channels / groups, columns = filters / groups;
  const std::int64_t depth = volume(w.kernel) * channels;
  if (positions == 0 || items == 0) return;
  const std::int64_t block = block_size(depth), blocks = (positions + block - 1) / block;

  pool.for_each(items * blocks, [&](std::int64_t job) {
    const std::int64_t item = job / blocks, first = job % blocks * block;
    const std::int64_t count = std::min(block, positions - first);
    const float* in = input + item * volume(w.in) * w.channels;
    float* out = output + (item * positions + first) * filters;
    std::vector<float> patches;
    for (std::int64_t g = 0; g < groups; ++g) {
      ConstMatrix a{in + first * w.channels + g * channels, count, depth, w.channels};
      if (!is_pointwise(w)) {
        patches.resize(static_cast<std::size_t>(count * depth));
        for (std::int64_t i = 0; i < count; ++i)
          gather_patch(w, in, position_of(first + i, w.out), g * channels, channels,
                       patches.data() + i * depth);
        a = {patches.data(), count, depth, depth};
      }
      multiply(a, {kernel + g * columns, depth, columns, filters},
               {out + g * columns, count, columns, filters});
    }
    if (epilogue) epilogue({out, static_cast<std::size_t>(count * filters)});
  });
}

void convolve_transposed(const WindowSizes& w, std::int64_t filters, std::int64_t groups, std::int64_t items,
                         const float* outputs, const float* kernel, float* inputs, const Epilogue& epilogue,
                         ThreadPool& pool) {
  const Transposed transposed(w, filters, groups, kernel);
  const std::int64_t pieces = transposed.pieces();
  if (pieces == 0) return;
  pool.for_each(items * pieces, [&](std::int64_t job) {
    const std::int64_t item = job / pieces;
    transposed.run(job % pieces, outputs + item * volume(w.out) * filters,
                   inputs + item * volume(w.in) * w.channels, epilogue);
  });
}

}  // namespace nv
