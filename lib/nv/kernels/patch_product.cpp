#include "nv/kernels/patch_product.h"

#include <algorithm>

#include "nv/core/tensor.h"
#include "nv/kernels/kernel_set.h"
#include "nv/kernels/patch_boxes.h"

namespace nv {

namespace {

class PatchProductRun {
 public:
  PatchProductRun(const PatchProduct& p, std::int64_t items, const float* from, float* to,
                  const Epilogue& epilogue)
      : p_(p),
        set_(kernel_set().product),
        from_(from),
        to_(to),
        epilogue_(epilogue),
        items_(items),
        boxes_(p, 192),  // their region stays in the second-level cache
        columns_(p.to.channels / p.groups),
        run_(p.taps.empty() ? 0 : p.taps[0].columns * (p.from.channels / p.groups)),
        depth_(run_ * static_cast<std::int64_t>(p.taps.size())) {
    // Few boxes with much work each: columns are divided, too, so that every core has work.
    constexpr std::int64_t enough = 16, work = std::int64_t{1} << 23, least = 64;
    piece_ = std::max<std::int64_t>(columns_, 1);
    if (items * boxes_.count() < enough && p.groups == 1) {
      const std::int64_t most = work / std::max<std::int64_t>(boxes_.positions() * depth_, 1);
      piece_ = std::max(std::min(piece_, most / least * least), least);
    }
    pieces_ = pieces_of(columns_, piece_);
  }

  void operator()(ThreadPool& pool) {
    if (!single()) pack(pool);
    const std::int64_t together = items_together(items_);
    pool.for_each(pieces_of(items_, together) * boxes_.count() * pieces_, [&](std::int64_t job) {
      const std::int64_t box = job / pieces_, first = box / boxes_.count() * together;
      multiply(first, std::min(first + together, items_), boxes_[box % boxes_.count()],
               job % pieces_ * piece_);
    });
    if (!epilogue_.rest || pieces_ == 1) return;
    const std::int64_t row = p_.to.size[2] * p_.to.channels;
    pool.for_each(items_ * p_.to.size[0] * p_.to.size[1], [&](std::int64_t i) {
      epilogue_.rest({to_ + i * row, static_cast<std::size_t>(row)});
    });
  }

 private:
  /// Whether each part of the kernel is used once only: then it is packed right before use, in little memory.
  bool single() const { return p_.kept == nullptr && items_ * boxes_.count() == 1; }

  void pack(ThreadPool& pool) {
    if (p_.kept == nullptr) return pack_all(pool);
    std::call_once(p_.kept->once, [&] {
      pack_all(pool);
      p_.kept->panels = panels_;
    });
    panels_ = p_.kept->panels;
  }

  void pack_all(ThreadPool& pool) {
    panels_ = Tensor(Shape{p_.groups, depth_, set_.packed_columns(columns_)});
    constexpr std::int64_t part = 64;
    const std::int64_t parts = pieces_of(columns_, part);
    pool.for_each(p_.groups * parts, [&](std::int64_t job) {
      const std::int64_t group = job / parts, first = job % parts * part;
      pack(group, first, std::min(part, columns_ - first), panels(group, first));
    });
  }

  /// Columns of a group's kernel.
  void pack(std::int64_t group, std::int64_t first, std::int64_t count, float* panels) const {
    std::int64_t row = 0;
    for (const PatchTap& tap : p_.taps) {
      ProductSource source = tap.kernel;
      source.data += group * p_.kernel_step + first * source.column_step;
      set_.pack(source, row, run_, depth_, count, panels);
      row += run_;
    }
  }

  float* panels(std::int64_t group, std::int64_t column) {
    return panels_.data() + (group * set_.packed_columns(columns_) + column) * depth_;
  }

  /// Whether the region of the box lies inside the array.
  bool is_inside(const PositionBox& b) const {
    for (std::size_t a = 0; a < 3; ++a)
      if (b.region_first[a] < 0 || b.region_first[a] + b.region_count[a] > p_.from.size[a]) return false;
    return true;
  }

  /// The region of the box: in place or, if it extends beyond the array, copied and padded with zeros.
  const float* region(const float* item, const PositionBox& b, Tensor& copy) const {
    const std::int64_t channels = p_.from.channels;
    if (is_inside(b)) return item + index_of(b.region_first, p_.from.size) * channels;
    const std::int64_t row = b.region_count[2] * channels;
    if (copy.empty()) copy = Tensor(Shape{volume(b.region_count) * channels});
    float* to = copy.data();
    const InsideColumns inside(p_, b);
    for_lines(p_, b, item, [&](const float* from) {
      if (from == nullptr) {
        to = std::fill_n(to, row, 0.0F);
        return;
      }
      from += (b.region_first[2] + inside.begin) * channels;
      to = std::fill_n(to, inside.begin * channels, 0.0F);
      to = std::copy_n(from, (inside.end - inside.begin) * channels, to);
      to = std::fill_n(to, row - inside.end * channels, 0.0F);
    });
    return copy.data();
  }

  /// Offsets of the positions of a box of `count`, which are `step` apart in an array.
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

  const float* biases(std::int64_t channel) const {
    return epilogue_.biases.empty() ? nullptr : epilogue_.biases.data() + channel;
  }

  /// Computes a box of items [first, last).
  void multiply(std::int64_t first, std::int64_t last, const PositionBox& b, std::int64_t column) {
    const Triple& size = is_inside(b) ? p_.from.size : b.region_count;  // of the array that holds the region
    std::vector<std::int64_t> runs;
    for (const PatchTap& tap : p_.taps) runs.push_back(index_of(tap.offset, size) * p_.from.channels);
    const std::vector<std::int64_t> rows = rows_of(b.count, p_.from_step, size, p_.from.channels);
    const std::vector<std::int64_t> to_rows = rows_of(b.count, p_.to_step, p_.to.size, p_.to.channels);
    const std::int64_t count = std::min(piece_, columns_ - column);
    Tensor copy, own;
    for (std::int64_t item = first; item < last; ++item) {
      const float* const from = region(from_ + item * volume(p_.from.size) * p_.from.channels, b, copy);
      float* const to = to_ + (item * volume(p_.to.size) + index_of(b.to_first, p_.to.size)) * p_.to.channels;
      for (std::int64_t g = 0; g < p_.groups; ++g) {
        if (single()) {
          own = Tensor(Shape{depth_, set_.packed_columns(count)});
          pack(g, column, count, own.data());
        }
        set_.multiply(
            volume(b.count), {from + g * (p_.from.channels / p_.groups), rows.data(), runs.data(), run_},
            {single() ? own.data() : panels(g, column), depth_, count},
            {to + g * columns_ + column, to_rows.data(), biases(g * columns_ + column), epilogue_.relu});
      }
      if (pieces_ == 1) finish(p_, b, epilogue_, to);
    }
  }

  const PatchProduct& p_;
  const ProductSet& set_;
  const float* from_;
  float* to_;
  const Epilogue& epilogue_;
  std::int64_t items_;
  PositionBoxes boxes_;
  std::int64_t columns_, run_, depth_;
  std::int64_t piece_ = 1, pieces_ = 1;  ///< columns are divided into pieces
  Tensor panels_;                        ///< of each group
};

}  // namespace

void run(const PatchProduct& p, std::int64_t items, const float* from, float* to, const Epilogue& epilogue,
         ThreadPool& pool) {
  if (items == 0 || volume(p.count) == 0) return;
  if (suits_planes(p)) return run_in_planes(p, items, from, to, epilogue, pool);
  PatchProductRun(p, items, from, to, epilogue)(pool);
}

}  // namespace nv
