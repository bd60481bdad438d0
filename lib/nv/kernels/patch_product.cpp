#include "nv/kernels/patch_product.h"

#include <algorithm>

#include "nv/core/tensor.h"

namespace nv {

namespace {

std::int64_t pieces_of(std::int64_t size, std::int64_t piece) {
  return (size + piece - 1) / piece;
}

std::int64_t index_of(const Triple& at, const Triple& size) {
  return (at[0] * size[1] + at[1]) * size[2] + at[2];
}

/// A box of positions q.
struct Box {
  Triple first, count;
};

/// The part of an array that a box sees. `size` are the strides it is found by.
struct Region {
  const float* data;
  Triple size;
};

class Run {
 public:
  Run(const PatchProduct& p, std::int64_t items, const float* from, float* to, const Epilogue& epilogue)
      : p_(p),
        set_(product_set()),
        from_(from),
        to_(to),
        epilogue_(epilogue),
        items_(items),
        columns_(p.to.channels / p.groups),
        run_(p.taps.empty() ? 0 : p.taps[0].columns * (p.from.channels / p.groups)),
        depth_(run_ * static_cast<std::int64_t>(p.taps.size())) {
    // Some 200 positions a box: what they see stays in the second-level cache.
    box_ = {1, 1, std::min<std::int64_t>(p.count[2], 256)};
    box_[1] = std::clamp<std::int64_t>(192 / std::max<std::int64_t>(box_[2], 1), 1, p.count[1]);
    for (std::size_t a = 0; a < 3; ++a) boxes_[a] = pieces_of(p.count[a], box_[a]);
    // Few boxes of much work: columns are cut too, so that there is something to do for every core.
    constexpr std::int64_t enough = 16, work = std::int64_t{1} << 23;
    if (items * volume(boxes_) < enough && p.groups == 1) {
      const std::int64_t most = work / std::max<std::int64_t>(volume(box_) * depth_, 1);
      piece_ = std::clamp<std::int64_t>(most / 64 * 64, 64, std::max<std::int64_t>(columns_, 64));
    } else {
      piece_ = std::max<std::int64_t>(columns_, 1);
    }
    pieces_ = pieces_of(columns_, piece_);
  }

  void operator()(ThreadPool& pool) {
    pack(pool);
    const std::int64_t boxes = volume(boxes_);
    pool.for_each(items_ * boxes * pieces_, [&](std::int64_t job) {
      const std::int64_t item = job / pieces_ / boxes;
      multiply(item, box(job / pieces_ % boxes), job % pieces_ * piece_);
    });
    if (!epilogue_ || pieces_ == 1) return;
    const std::int64_t row = p_.to.size[2] * p_.to.channels;
    pool.for_each(items_ * p_.to.size[0] * p_.to.size[1], [&](std::int64_t i) {
      epilogue_({to_ + i * row, static_cast<std::size_t>(row)});
    });
  }

 private:
  void pack(ThreadPool& pool) {
    panels_ = Tensor(Shape{p_.groups, std::max<std::int64_t>(depth_, 1), set_.packed_columns(columns_)});
    constexpr std::int64_t part = 64;
    const std::int64_t parts = pieces_of(columns_, part);
    pool.for_each(p_.groups * parts, [&](std::int64_t job) {
      const std::int64_t group = job / parts, first = job % parts * part;
      const std::int64_t count = std::min(part, columns_ - first), rows = run_;
      std::int64_t at = 0;
      for (const PatchTap& tap : p_.taps) {
        ProductSource source = tap.kernel;
        source.data += group * p_.kernel_step + first * source.column_step;
        set_.pack(source, at, rows, depth_, count, panels(group, first));
        at += rows;
      }
    });
  }

  float* panels(std::int64_t group, std::int64_t column) {
    return panels_.data() + (group * set_.packed_columns(columns_) + column) * depth_;
  }

  Box box(std::int64_t index) const {
    Box b;
    b.first = position_of(index, boxes_);
    for (std::size_t a = 0; a < 3; ++a) {
      b.first[a] *= box_[a];
      b.count[a] = std::min(box_[a], p_.count[a] - b.first[a]);
    }
    return b;
  }

  /// What the box sees, where it stands or, where that is partly outside, copied with zeros around it.
  Region region(const float* item, const Box& b, Tensor& copy) const {
    const Triple& size = p_.from.size;
    const std::int64_t channels = p_.from.channels;
    Triple first, count;
    bool inside = true;
    for (std::size_t a = 0; a < 3; ++a) {
      first[a] = p_.from_first[a] + b.first[a] * p_.from_step[a];
      count[a] = (b.count[a] - 1) * p_.from_step[a] + p_.extent[a];
      inside = inside && first[a] >= 0 && first[a] + count[a] <= size[a];
    }
    if (inside) return {item + index_of(first, size) * channels, size};
    copy = Tensor(Shape{volume(count) * channels});
    float* to = copy.data();
    const std::int64_t begin = std::clamp<std::int64_t>(-first[2], 0, count[2]);
    const std::int64_t end = std::clamp<std::int64_t>(size[2] - first[2], begin, count[2]);
    for (std::int64_t z = first[0]; z < first[0] + count[0]; ++z)
      for (std::int64_t y = first[1]; y < first[1] + count[1]; ++y) {
        if (z < 0 || z >= size[0] || y < 0 || y >= size[1]) {
          to = std::fill_n(to, count[2] * channels, 0.0F);
          continue;
        }
        to = std::fill_n(to, begin * channels, 0.0F);
        to = std::copy_n(item + index_of({z, y, first[2] + begin}, size) * channels, (end - begin) * channels,
                         to);
        to = std::fill_n(to, (count[2] - end) * channels, 0.0F);
      }
    return {copy.data(), count};
  }

  /// Where the positions of a box of `count` are, `step` apart in an array.
  static std::vector<std::int64_t> rows_of(const Triple& count, const Triple& step, const Triple& size,
                                           std::int64_t channels) {
    std::vector<std::int64_t> rows(static_cast<std::size_t>(volume(count)));
    std::int64_t* row = rows.data();
    for (std::int64_t z = 0; z < count[0]; ++z)
      for (std::int64_t y = 0; y < count[1]; ++y) {
        const std::int64_t line = index_of({z * step[0], y * step[1], 0}, size) * channels;
        for (std::int64_t x = 0; x < count[2]; ++x) *row++ = line + x * step[2] * channels;
      }
    return rows;
  }

  void multiply(std::int64_t item, const Box& b, std::int64_t column) {
    Tensor copy;
    const Region from = region(from_ + item * volume(p_.from.size) * p_.from.channels, b, copy);
    std::vector<std::int64_t> runs;
    for (const PatchTap& tap : p_.taps) runs.push_back(index_of(tap.offset, from.size) * p_.from.channels);
    const std::vector<std::int64_t> rows = rows_of(b.count, p_.from_step, from.size, p_.from.channels);
    const std::vector<std::int64_t> to_rows = rows_of(b.count, p_.to_step, p_.to.size, p_.to.channels);
    Triple first;
    for (std::size_t a = 0; a < 3; ++a) first[a] = p_.to_first[a] + b.first[a] * p_.to_step[a];
    float* to = to_ + (item * volume(p_.to.size) + index_of(first, p_.to.size)) * p_.to.channels;
    for (std::int64_t g = 0; g < p_.groups; ++g)
      set_.multiply(volume(b.count),
                    {from.data + g * (p_.from.channels / p_.groups), rows.data(), runs.data(), run_},
                    {panels(g, column), depth_, std::min(piece_, columns_ - column)},
                    {to + g * columns_ + column, to_rows.data()});
    if (epilogue_ && pieces_ == 1) finish(b, to);
  }

  void finish(const Box& b, float* to) const {
    const std::int64_t row = p_.to.size[2] * p_.to.channels;
    if (b.count[2] == p_.to.size[2]) return epilogue_({to, static_cast<std::size_t>(b.count[1] * row)});
    for (std::int64_t y = 0; y < b.count[1]; ++y)
      epilogue_({to + y * row, static_cast<std::size_t>(b.count[2] * p_.to.channels)});
  }

  const PatchProduct& p_;
  const ProductSet& set_;
  const float* from_;
  float* to_;
  const Epilogue& epilogue_;
  std::int64_t items_, columns_, run_, depth_;
  std::int64_t piece_ = 1, pieces_ = 1;  ///< columns are cut into pieces
  Triple box_{}, boxes_{};               ///< positions of one, and their number, by axis
  Tensor panels_;                        ///< of each group
};

}  // namespace

void run(const PatchProduct& p, std::int64_t items, const float* from, float* to, const Epilogue& epilogue,
         ThreadPool& pool) {
  if (items == 0 || volume(p.count) == 0) return;
  Run(p, items, from, to, epilogue)(pool);
}

}  // namespace nv
