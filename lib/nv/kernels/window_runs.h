// The windows of a convolution or pooling in runs that have the same taps, for the loops of loops.h.
#pragma once

#include <algorithm>
#include <array>
#include <vector>

#include "nv/core/parallel.h"
#include "nv/kernels/loops.h"
#include "nv/kernels/product.h"
#include "nv/kernels/windows.h"

namespace nv {

/// Calls body(run, position, at) for all windows, lines in parallel; `position` is the index of the run's
/// first window in the output, `at` that of its first value in the input. Calls line_done(position) after the
/// runs of each line of the output; `position` is the index of its first window.
template <typename Body, typename Line>
void for_runs(const WindowSizes& w, std::int64_t items, ThreadPool& pool, const Body& body,
              const Line& line_done) {
  std::vector<TapRange> across;
  across.reserve(static_cast<std::size_t>(w.out[2]));
  for (std::int64_t x = 0; x < w.out[2]; ++x) across.push_back(taps_of_output(w, 2, x));
  const std::int64_t rows = w.out[0] * w.out[1];
  constexpr std::int64_t together = 8;  // items per task, which share what depends on the line
  pool.for_each(pieces_of(items, together) * rows, [&](std::int64_t job) {
    const std::int64_t line = job % rows, begin = job / rows * together,
                       end = std::min(begin + together, items);
    std::array<TapRange, 3> m{
        taps_of_output(w, 0, line / w.out[1]), taps_of_output(w, 1, line % w.out[1]), {}};
    thread_local std::vector<std::int64_t> offsets, taps;  // lines are short: no allocation for each
    WindowRun run{1, w.channels, w.stride[2] * w.channels, nullptr, nullptr, 0, false};
    for (std::size_t x = 0; x < across.size(); x += static_cast<std::size_t>(run.count)) {
      m[2] = across[x];
      const std::int64_t first = index_of({m[0].at, m[1].at, m[2].at}, w.in);
      offsets.clear();
      taps.clear();
      for_taps(m, w.kernel, w.in, [&](std::int64_t tap, std::int64_t at) {
        offsets.push_back((at - first) * w.channels);
        taps.push_back(tap * w.channels);
      });
      run.offsets = offsets.data();
      run.taps = taps.data();
      run.values = static_cast<std::int64_t>(offsets.size());
      run.tight = m[2].at_step == 1 && m[2].count == w.stride[2];
      run.count = 1;
      for (std::size_t next = x + 1; next < across.size(); ++next, ++run.count)
        if (across[next].count != m[2].count || across[next].at != m[2].at + run.count * w.stride[2] ||
            across[next].tap != m[2].tap)
          break;
      for (std::int64_t item = begin; item < end; ++item)
        body(run, ((item * rows + line) * w.out[2] + static_cast<std::int64_t>(x)) * w.channels,
             (item * volume(w.in) + first) * w.channels);
    }
    for (std::int64_t item = begin; item < end; ++item)
      line_done((item * rows + line) * w.out[2] * w.channels);
  });
}
template <typename Body>
void for_runs(const WindowSizes& w, std::int64_t items, ThreadPool& pool, const Body& body) {
  for_runs(w, items, pool, body, [](std::int64_t) {});
}

}  // namespace nv
