// Patch products whose result has few channels, such as the gradient to an image: vectors hold adjacent
// positions instead of channels, and each channel of the patches is stored as a plane.
#include "nv/core/tensor.h"
#include "nv/kernels/kernel_set.h"
#include "nv/kernels/patch_boxes.h"
#include "nv/kernels/transpose.h"

namespace nv {

namespace {

class PlanesRun {
 public:
  explicit PlanesRun(const PatchProduct& p) : p_(p), set_(kernel_set().product) {
    const std::int64_t channels = p.from.channels;
    tap_depth_ = p.taps[0].columns * channels;
    depth_ = static_cast<std::int64_t>(p.taps.size()) * tap_depth_;
    by_line_ = is_faster_by_line();
    kernel_ = Tensor(Shape{p.to.channels, depth_});
    float* to = kernel_.data();
    for (std::int64_t r = 0; r < p.to.channels; ++r)
      for (const PatchTap& tap : p.taps)
        for (std::int64_t k = 0; k < tap.columns * channels; ++k)
          *to++ = tap.kernel.data[r * tap.kernel.column_step + k * tap.kernel.row_step];
  }

  /// The box of several items, `from_step` and `to_step` apart.
  void operator()(const PositionBox& b, std::int64_t items, const float* from, std::int64_t from_step,
                  float* to, std::int64_t to_step, const Epilogue& epilogue) const {
    const std::int64_t plane = volume(b.region_count) + set_.width;
    const std::vector<std::int64_t> at = offsets(b, plane);
    // Values outside of the array stay 0.
    Tensor planes(Shape{p_.from.channels, plane}, 0.0F), sums(Shape{p_.to.channels, plane});
    for (std::int64_t i = 0; i < items; ++i) {
      fill_planes(b, from + i * from_step, planes, plane);
      multiply(b, planes, at, sums, plane);
      for (std::int64_t y = 0; y < b.count[1]; ++y)
        kernel_set().loops.transpose(
            p_.to.channels, b.count[2], sums.data() + y * b.region_count[2], plane,
            to + i * to_step + index_of({0, y * p_.to_step[1], 0}, p_.to.size) * p_.to.channels,
            p_.to_step[2] * p_.to.channels, epilogue.biases.empty() ? nullptr : epilogue.biases.data(),
            epilogue.relu);
      finish(p_, b, epilogue, to + i * to_step);
    }
  }

 private:
  void multiply(const PositionBox& b, const Tensor& planes, const std::vector<std::int64_t>& at, Tensor& sums,
                std::int64_t plane) const {
    // Lines are as long as the region's; the positions at their ends are computed and not used.
    const std::int64_t line = b.region_count[2];
    const auto part = [&](std::int64_t first, std::int64_t positions, std::size_t tap, std::size_t taps) {
      const std::int64_t from = static_cast<std::int64_t>(tap) * tap_depth_;
      set_.multiply_planes(p_.to.channels, static_cast<std::int64_t>(taps) * tap_depth_,
                           kernel_.data() + from, depth_, planes.data() + first, at.data() + from,
                           pieces_of(positions, set_.width) * set_.width, sums.data() + first, plane);
    };
    if (by_line_)
      for (std::int64_t y = 0; y < b.count[1]; ++y) {
        const auto [tap, taps] = taps_inside(b.region_first[1] + y);
        part(y * line, b.count[2], tap, taps);
      }
    else
      part(0, (b.count[1] - 1) * line + b.count[2], 0, p_.taps.size());
  }

  /// Copies the part of the region that lies inside the array, one plane per channel.
  void fill_planes(const PositionBox& b, const float* item, Tensor& planes, std::int64_t plane) const {
    const std::int64_t channels = p_.from.channels, line = b.region_count[2];
    const InsideColumns inside(p_, b);
    float* to = planes.data();
    for_lines(p_, b, item, [&](const float* from) {
      if (from != nullptr) {
        from += (b.region_first[2] + inside.begin) * channels;
        transpose_matrix(inside.end - inside.begin, channels, from, channels, to + inside.begin, plane);
      }
      to += line;
    });
  }

  /// The first tap whose line lies inside the array for a patch that begins at line y, and the number of such
  /// taps.
  std::pair<std::size_t, std::size_t> taps_inside(std::int64_t y) const {
    const auto outside = [&](const PatchTap& tap) {
      return y + tap.offset[1] < 0 || y + tap.offset[1] >= p_.from.size[1];
    };
    std::size_t first = 0, last = p_.taps.size();
    while (first < last && outside(p_.taps[first])) ++first;
    while (last > first && outside(p_.taps[last - 1])) --last;
    return {first, last - first};
  }

  /// Whether skipping the taps whose lines are zeros saves more than starting vectors anew with each line
  /// costs.
  bool is_faster_by_line() const {
    constexpr std::int64_t together = 16;  // positions
    std::int64_t by_line = 0;
    for (std::int64_t y = 0; y < p_.count[1]; ++y)
      by_line += pieces_of(p_.count[2], together) * together *
                 static_cast<std::int64_t>(taps_inside(p_.from_first[1] + y).second);
    const std::int64_t whole = p_.count[1] * (p_.count[2] + p_.extent[2] - 1);
    return p_.to.channels > 4 && by_line < whole * static_cast<std::int64_t>(p_.taps.size());
  }

  /// Offsets of the values of the patch at the region's first position.
  std::vector<std::int64_t> offsets(const PositionBox& b, std::int64_t plane) const {
    std::vector<std::int64_t> at;
    at.reserve(static_cast<std::size_t>(depth_));
    for (const PatchTap& tap : p_.taps)
      for (std::int64_t x = 0; x < tap.columns; ++x)
        for (std::int64_t c = 0; c < p_.from.channels; ++c)
          at.push_back(c * plane + index_of(tap.offset, b.region_count) + x);
    return at;
  }

  const PatchProduct& p_;
  const ProductSet& set_;
  std::int64_t depth_ = 0, tap_depth_ = 0;
  bool by_line_ = false;
  Tensor kernel_;  ///< one row per channel of the result
};

}  // namespace

bool suits_planes(const PatchProduct& p) {
  return p.from_step == Triple{1, 1, 1} && p.groups == 1 && p.to.channels <= max_planes && !p.taps.empty();
}

void run_in_planes(const PatchProduct& p, std::int64_t items, const float* from, float* to,
                   const Epilogue& epilogue, ThreadPool& pool) {
  // The planes stay in the second-level cache.
  constexpr std::int64_t numbers = std::int64_t{1} << 16;
  const PositionBoxes boxes(
      p, std::clamp<std::int64_t>(numbers / std::max<std::int64_t>(p.from.channels, 1), 192, 1024));
  const PlanesRun run(p);
  const std::int64_t from_step = volume(p.from.size) * p.from.channels,
                     to_step = volume(p.to.size) * p.to.channels;
  const std::int64_t together = items_together(items);
  pool.for_each(pieces_of(items, together) * boxes.count(), [&](std::int64_t job) {
    const std::int64_t item = job / boxes.count() * together, count = std::min(together, items - item);
    const PositionBox b = boxes[job % boxes.count()];
    float* const out = to + item * to_step + index_of(b.to_first, p.to.size) * p.to.channels;
    run(b, count, from + item * from_step, from_step, out, to_step, epilogue);
  });
}

}  // namespace nv
