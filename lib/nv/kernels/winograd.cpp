#include "nv/kernels/winograd.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <functional>
#include <vector>

#include "nv/kernels/kernel_set.h"

namespace nv {

namespace {
constexpr std::int64_t max_block = 48;  // tiles that are computed together

const WinogradTransforms& transforms(std::int64_t tile) {
  const WinogradSet& set = kernel_set().winograd;
  return tile == 2 ? set.two : set.four;
}
std::int64_t planes_of(std::int64_t tile) {
  return (tile + 2) * (tile + 2);
}
}  // namespace

WinogradKernel::WinogradKernel(const float* kernel, std::int64_t channels, std::int64_t filters,
                               std::int64_t tile, ThreadPool& pool)
    : channels_(channels),
      filters_(filters),
      tile_(tile),
      packed_columns_(kernel_set().product.packed_columns(filters)),
      panels_(Shape{planes_of(tile), channels, packed_columns_}) {
  // A few channels at a time, so that what is transformed is packed while it is in the cache.
  constexpr std::int64_t part = 8;
  const std::int64_t planes = planes_of(tile), step = part * filters;
  pool.for_each(pieces_of(channels, part), [&](std::int64_t job) {
    const std::int64_t first = job * part, count = std::min(part, channels - first);
    Tensor transformed(Shape{planes, part, filters});
    for (std::int64_t c = 0; c < count; ++c)
      transforms(tile).taps(kernel + (first + c) * filters, channels * filters, filters,
                            transformed.data() + c * filters, step);
    for (std::int64_t p = 0; p < planes; ++p)
      kernel_set().product.pack({transformed.data() + p * step, filters, 1}, first, count, channels, filters,
                                panels_.data() + p * channels * packed_columns_);
  });
}

const float* WinogradKernel::panels(std::int64_t plane, std::int64_t column) const {
  return panels_.data() + (plane * packed_columns_ + column) * channels_;
}

std::int64_t winograd_tile(const WindowSizes& w, std::int64_t filters) {
  constexpr std::int64_t least_channels = 16;
  const Triple one{1, 1, 1};
  if (w.kernel != Triple{1, 3, 3} || w.stride != one || w.dilation != one || w.in[0] != 1 || w.out[0] != 1 ||
      w.channels < least_channels || filters < least_channels)
    return 0;
  // A transformed kernel that does not stay in the cache is worth reading for several tiles only.
  constexpr std::int64_t large = std::int64_t{1} << 17;
  const std::int64_t least_tiles = w.channels * filters > large ? 9 : 4;
  const auto tiles = [&](std::int64_t n) { return pieces_of(w.out[1], n) * pieces_of(w.out[2], n); };
  if (tiles(4) >= least_tiles) return 4;
  return tiles(2) >= least_tiles ? 2 : 0;
}

namespace {

class WinogradRun {
 public:
  WinogradRun(const WindowSizes& w, const WinogradKernel& kernel, std::int64_t items, const float* input,
              float* output, const Epilogue& epilogue)
      : w_(w),
        kernel_(kernel),
        input_(input),
        output_(output),
        epilogue_(epilogue),
        transforms_(transforms(kernel.tile())),
        tile_(kernel.tile()),
        planes_(planes_of(tile_)),
        across_(pieces_of(w.out[2], tile_)),
        tiles_(pieces_of(w.out[1], tile_) * across_),
        flawed_(static_cast<std::size_t>(items)) {
    const std::int64_t blocks = pieces_of(tiles_, max_block);
    block_ = pieces_of(tiles_, blocks);
    blocks_ = pieces_of(tiles_, block_);
  }

  std::vector<std::int64_t> operator()(ThreadPool& pool) {
    const std::int64_t items = static_cast<std::int64_t>(flawed_.size());
    const bool by_block = divide(items, pool.threads());
    const std::int64_t jobs = items * blocks_;
    if (by_block)
      pool.for_each(jobs, [&](std::int64_t job) { compute(job, nullptr); });
    else
      for (std::int64_t job = 0; job < jobs; ++job) compute(job, &pool);
    std::vector<std::int64_t> flawed;
    for (std::int64_t i = 0; i < items; ++i)
      if (flawed_[static_cast<std::size_t>(i)]) flawed.push_back(i);
    return flawed;
  }

 private:
  /// Whether each block is the work of one thread, of about the same size; else threads share blocks: then
  /// each reads a part of a kernel that does not stay in the cache, but they wait for each other three times
  /// per block.
  bool divide(std::int64_t items, std::int64_t threads) {
    constexpr std::int64_t small = std::int64_t{1} << 18, least = 8;  // numbers; tiles of a block
    if (items == 0 || items * blocks_ >= 2 * threads) return true;
    if (planes_ * kernel_.channels() * kernel_.filters() > small) return false;
    const std::int64_t blocks = pieces_of(pieces_of(items * blocks_, threads) * threads, items);
    block_ = std::max(pieces_of(tiles_, blocks), std::min(least, tiles_));
    blocks_ = pieces_of(tiles_, block_);
    return true;
  }

  /// Tiles [first, first + count) of an item.
  struct Block {
    std::int64_t item, first, count;
    Tensor inputs, sums;  ///< (planes, count, channels or filters)
  };

  /// Computes a block; in parallel with a pool.
  void compute(std::int64_t job, ThreadPool* pool) {
    const auto each = [pool](std::int64_t count, const std::function<void(std::int64_t)>& body) {
      if (pool != nullptr) return pool->for_each(count, body);
      for (std::int64_t i = 0; i < count; ++i) body(i);
    };
    Block b;
    b.item = job / blocks_;
    b.first = job % blocks_ * block_;
    b.count = std::min(block_, tiles_ - b.first);
    b.inputs = Tensor(Shape{planes_, b.count, kernel_.channels()});
    b.sums = Tensor(Shape{planes_, b.count, kernel_.filters()});
    each(b.count, [&](std::int64_t t) { transform(b, t); });
    each(planes_, [&](std::int64_t p) { multiply(b, p); });
    each(b.count, [&](std::int64_t t) { finish(b, t); });
    if (epilogue_.rest) each(lines_of(b), [&](std::int64_t line) { apply_rest(b, line); });
  }

  /// Lines of tiles that the block has a part of.
  std::int64_t lines_of(const Block& b) const {
    return (b.first + b.count - 1) / across_ - b.first / across_ + 1;
  }

  /// Calls the rest of the epilogue on the block's part of a line of tiles.
  void apply_rest(const Block& b, std::int64_t line) const {
    const std::int64_t filters = kernel_.filters(), row = w_.out[2] * filters;
    const std::int64_t at = b.first / across_ + line;
    const std::int64_t first = std::max(b.first - at * across_, std::int64_t{0}) * tile_,
                       last =
                           std::min(std::min(b.first + b.count - at * across_, across_) * tile_, w_.out[2]);
    float* const item = output_ + b.item * w_.out[1] * row;
    for (std::int64_t y = at * tile_; y < std::min((at + 1) * tile_, w_.out[1]); ++y)
      epilogue_.rest({item + y * row + first * filters, static_cast<std::size_t>((last - first) * filters)});
  }

  void transform(Block& b, std::int64_t t) const {
    const std::int64_t channels = kernel_.channels(), row = w_.in[2] * channels;
    const std::int64_t y = (b.first + t) / across_ * tile_ - w_.before[1],
                       x = (b.first + t) % across_ * tile_ - w_.before[2];
    const std::int64_t reach = tile_ + 2;
    const float* from = input_ + b.item * w_.in[1] * row + y * row + x * channels;
    float* const to = b.inputs.data() + t * channels;
    const std::int64_t plane = b.count * channels;
    if (y >= 0 && x >= 0 && y + reach <= w_.in[1] && x + reach <= w_.in[2])
      return transforms_.input(from, row, channels, channels, to, plane);
    // Padded with zeros.
    thread_local std::vector<float> padded;
    padded.assign(static_cast<std::size_t>(reach * reach * channels), 0.0F);
    const std::int64_t begin = std::max<std::int64_t>(-x, 0), end = std::min(w_.in[2] - x, reach);
    for (std::int64_t i = std::max<std::int64_t>(-y, 0); i < std::min(w_.in[1] - y, reach); ++i)
      if (begin < end)
        std::copy_n(from + i * row + begin * channels, (end - begin) * channels,
                    padded.data() + (i * reach + begin) * channels);
    transforms_.input(padded.data(), reach * channels, channels, channels, to, plane);
  }

  void multiply(Block& b, std::int64_t p) const {
    const std::int64_t channels = kernel_.channels(), filters = kernel_.filters();
    std::array<std::int64_t, max_block> rows, to_rows;
    for (std::int64_t t = 0; t < b.count; ++t) {
      rows[static_cast<std::size_t>(t)] = t * channels;
      to_rows[static_cast<std::size_t>(t)] = t * filters;
    }
    constexpr std::int64_t whole = 0;
    kernel_set().product.multiply(
        b.count, {b.inputs.data() + p * b.count * channels, rows.data(), &whole, channels},
        {kernel_.panels(p, 0), channels, filters}, {b.sums.data() + p * b.count * filters, to_rows.data()});
  }

  void finish(Block& b, std::int64_t t) {
    const std::int64_t filters = kernel_.filters();
    const std::int64_t y = (b.first + t) / across_ * tile_, x = (b.first + t) % across_ * tile_;
    const std::int64_t row = w_.out[2] * filters;
    const WinogradTile to{output_ + b.item * w_.out[1] * row + y * row + x * filters, row, filters,
                          std::min(tile_, w_.out[1] - y), std::min(tile_, w_.out[2] - x)};
    const float* biases = epilogue_.biases.empty() ? nullptr : epilogue_.biases.data();
    if (!transforms_.output(b.sums.data() + t * filters, b.count * filters, filters, biases, epilogue_.relu,
                            to))
      flawed_[static_cast<std::size_t>(b.item)] = true;
  }

  const WindowSizes& w_;
  const WinogradKernel& kernel_;
  const float* input_;
  float* output_;
  const Epilogue& epilogue_;
  const WinogradTransforms& transforms_;
  std::int64_t tile_, planes_;
  std::int64_t across_, tiles_;            ///< tiles of a line, and of an item
  std::int64_t block_ = 1, blocks_ = 1;    ///< tiles of a block, and blocks of an item
  std::vector<std::atomic<bool>> flawed_;  ///< by item
};

}  // namespace

std::vector<std::int64_t> winograd_convolve(const WindowSizes& w, const WinogradKernel& kernel,
                                            std::int64_t items, const float* input, float* output,
                                            const Epilogue& epilogue, ThreadPool& pool) {
  return WinogradRun(w, kernel, items, input, output, epilogue)(pool);
}

}  // namespace nv
