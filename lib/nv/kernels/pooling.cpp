#include "nv/kernels/pooling.h"

#include <algorithm>
#include <limits>
#include <vector>

namespace nv {

namespace {

bool larger(float a, float b) {
  return a > b || a != a;
}

std::array<Meetings, 3> meetings_at(const WindowSizes& w, const Triple& output) {
  return {meetings_of_output(w, 0, output[0]), meetings_of_output(w, 1, output[1]),
          meetings_of_output(w, 2, output[2])};
}

/// Of each position in the mean of a window.
float share_of(const std::array<Meetings, 3>& m) {
  const std::int64_t count = m[0].count * m[1].count * m[2].count;
  return count > 0 ? 1.0F / static_cast<float>(count) : 0.0F;
}

}  // namespace

void max_pool(const WindowSizes& w, std::int64_t items, const float* input, float* output, ThreadPool& pool) {
  for_positions(w, w.out, items, meetings_of_output, pool,
                [&](std::int64_t item, std::int64_t position, const std::array<Meetings, 3>& meetings) {
                  const float* in = input + item * volume(w.in) * w.channels;
                  float* out = output + position * w.channels;
                  std::fill_n(out, w.channels, -std::numeric_limits<float>::infinity());
                  for_meetings(meetings, w.kernel, w.in, [&](std::int64_t, std::int64_t at) {
                    // A NaN wins and stays, so that it shows downstream instead of vanishing here.
                    const float* x = in + at * w.channels;
                    for (std::int64_t c = 0; c < w.channels; ++c)
                      out[c] = larger(x[c], out[c]) ? x[c] : out[c];
                  });
                });
}

void average_pool(const WindowSizes& w, std::int64_t items, const float* input, float* output,
                  ThreadPool& pool) {
  for_positions(w, w.out, items, meetings_of_output, pool,
                [&](std::int64_t item, std::int64_t position, const std::array<Meetings, 3>& meetings) {
                  const float* in = input + item * volume(w.in) * w.channels;
                  float* out = output + position * w.channels;
                  std::fill_n(out, w.channels, 0.0F);
                  for_meetings(meetings, w.kernel, w.in, [&](std::int64_t, std::int64_t at) {
                    const float* x = in + at * w.channels;
                    for (std::int64_t c = 0; c < w.channels; ++c) out[c] += x[c];
                  });
                  const float share = share_of(meetings);
                  for (std::int64_t c = 0; c < w.channels; ++c) out[c] *= share;
                });
}

void max_pool_vjp_to_first(const WindowSizes& w, std::int64_t items, const float* input,
                           const float* /*output*/, const float* d_output, float* d_input, ThreadPool& pool) {
  // Windows overlap, so that two of them may add to one place: each piece of work has channels of its own.
  constexpr std::int64_t chunk = 16;
  const std::int64_t chunks = (w.channels + chunk - 1) / chunk, in_size = volume(w.in) * w.channels;
  std::fill_n(d_input, items * in_size, 0.0F);
  pool.for_each(items * chunks, [&](std::int64_t job) {
    const std::int64_t item = job / chunks, first = job % chunks * chunk;
    const std::int64_t channels = std::min(chunk, w.channels - first);
    const float* in = input + item * in_size + first;
    float* d_in = d_input + item * in_size + first;
    const float* d = d_output + item * volume(w.out) * w.channels + first;
    for (std::int64_t o = 0; o < volume(w.out); ++o, d += w.channels) {
      std::array<std::int64_t, chunk> largest;
      largest.fill(-1);
      for_meetings(meetings_at(w, position_of(o, w.out)), w.kernel, w.in, [&](std::int64_t, std::int64_t at) {
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
  for_positions(w, w.in, items, meetings_of_input, pool,
                [&](std::int64_t item, std::int64_t position, const std::array<Meetings, 3>& meetings) {
                  const std::int64_t base = item * volume(w.out) * w.channels;
                  const float* x = input + position * w.channels;
                  float* d_in = d_input + position * w.channels;
                  std::fill_n(d_in, w.channels, 0.0F);
                  for_meetings(meetings, w.kernel, w.out, [&](std::int64_t, std::int64_t at) {
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
    shares.push_back(share_of(meetings_at(w, position_of(o, w.out))));
  for_positions(w, w.in, items, meetings_of_input, pool,
                [&](std::int64_t item, std::int64_t position, const std::array<Meetings, 3>& meetings) {
                  const float* d_item = d_output + item * volume(w.out) * w.channels;
                  float* d_in = d_input + position * w.channels;
                  std::fill_n(d_in, w.channels, 0.0F);
                  for_meetings(meetings, w.kernel, w.out, [&](std::int64_t, std::int64_t at) {
                    const float share = shares[static_cast<std::size_t>(at)];
                    for (std::int64_t c = 0; c < w.channels; ++c)
                      d_in[c] += d_item[at * w.channels + c] * share;
                  });
                });
}

}  // namespace nv
