#include "nv/analysis/rank/nearest.h"

#include <algorithm>
#include <limits>
#include <queue>

namespace nv::rank {

namespace {

constexpr std::int64_t rows_at_once = 2048, queries_at_once = 64;

/// Rows [first, first + count) minus `centre`, and their squared norms.
Tensor centred(const Tensor& rows, std::int64_t first, std::int64_t count, const std::vector<float>& centre,
               double* squares) {
  const auto units = static_cast<std::int64_t>(centre.size());
  Tensor result({count, units});
  for (std::int64_t r = 0; r < count; ++r) {
    const float* const row = rows.data() + (first + r) * units;
    float* const to = result.data() + r * units;
    double sum = 0;
    for (std::int64_t u = 0; u < units; ++u) {
      to[u] = row[u] - centre[static_cast<std::size_t>(u)];
      sum += static_cast<double>(to[u]) * static_cast<double>(to[u]);
    }
    squares[r] = sum;
  }
  return result;
}

std::vector<float> mean_row(const Tensor& rows) {
  const std::int64_t units = rows.shape()[1], count = rows.shape()[0];
  std::vector<double> sums(static_cast<std::size_t>(units), 0);
  for (std::int64_t r = 0; r < count; ++r)
    for (std::int64_t u = 0; u < units; ++u)
      sums[static_cast<std::size_t>(u)] += static_cast<double>(rows[r * units + u]);
  std::vector<float> mean(sums.size());
  for (std::size_t u = 0; u < mean.size(); ++u)
    mean[u] = static_cast<float>(sums[u] / static_cast<double>(std::max<std::int64_t>(count, 1)));
  return mean;
}

}  // namespace

NearestRows::NearestRows(const Tensor& rows, ThreadPool& pool)
    : rows_(rows),
      units_(rows.shape()[1]),
      centre_(mean_row(rows)),
      squares_(static_cast<std::size_t>(rows.shape()[0])) {
  for (std::int64_t at = 0; at < rows.shape()[0]; at += rows_at_once) {
    const std::int64_t count = std::min(rows_at_once, rows.shape()[0] - at);
    const Tensor block = centred(rows, at, count, centre_, squares_.data() + at);
    blocks_.push_back({at, count, packed_transposed({block.data(), count, units_, units_}, pool)});
  }
}

/// The candidates with the least distances; those that are further than `most` in any case are skipped.
std::vector<Neighbour> NearestRows::closest(const float* query, const std::vector<Candidate>& candidates,
                                            double most, std::size_t wanted) const {
  std::vector<Neighbour> found;
  for (const Candidate& c : candidates) {
    if (c.least > most) continue;
    const float* const row = rows_.data() + c.row * units_;
    double squared = 0;
    for (std::int64_t u = 0; u < units_; ++u) {
      const double difference = static_cast<double>(query[u]) - static_cast<double>(row[u]);
      squared += difference * difference;
    }
    found.push_back({c.row, squared});
  }
  const auto end = found.begin() + static_cast<std::ptrdiff_t>(std::min(wanted, found.size()));
  std::ranges::partial_sort(found, end, [](const Neighbour& a, const Neighbour& b) {
    return a.squared != b.squared ? a.squared < b.squared : a.row < b.row;
  });
  found.erase(end, found.end());
  return found;
}

/// A product of `units` terms in float32 differs by at most units / 2^24 times the product of the norms;
/// subtracting the centre and the last additions are covered by 8 units more.
void NearestRows::search(const Tensor& queries, std::int64_t first, std::int64_t count, std::size_t wanted,
                         ThreadPool& pool, std::vector<std::vector<Neighbour>>& found) const {
  std::vector<double> squares(static_cast<std::size_t>(count));
  const Tensor centred_queries = centred(queries, first, count, centre_, squares.data());
  const double rounding = static_cast<double>(units_ + 8) * 0x1p-24;
  std::vector<std::vector<Candidate>> candidates(static_cast<std::size_t>(count));
  // Per query the least upper bounds on distances, as many as are wanted, the largest on top.
  std::vector<std::priority_queue<double>> bounds(static_cast<std::size_t>(count));
  const auto most = [&](std::size_t query) {
    return bounds[query].size() < wanted ? std::numeric_limits<double>::infinity() : bounds[query].top();
  };
  Tensor products({count, rows_at_once});
  for (const Block& block : blocks_) {
    multiply({centred_queries.data(), count, units_, units_}, block.packed,
             {products.data(), count, block.rows, rows_at_once}, pool);
    for (std::int64_t q = 0; q < count; ++q) {
      const auto query = static_cast<std::size_t>(q);
      const float* const dots = products.data() + q * rows_at_once;
      const double* const norms = squares_.data() + block.first;
      double limit = most(query);
      for (std::int64_t r = 0; r < block.rows; ++r) {
        const double both = squares[query] + norms[r], error = rounding * both;
        const double about = both - 2 * static_cast<double>(dots[r]);
        if (about - error > limit) continue;
        candidates[query].push_back({block.first + r, about - error});
        bounds[query].push(about + error);
        if (bounds[query].size() > wanted) bounds[query].pop();
        limit = most(query);
      }
    }
  }
  for (std::int64_t q = 0; q < count; ++q)
    found[static_cast<std::size_t>(first + q)] =
        closest(queries.data() + (first + q) * units_, candidates[static_cast<std::size_t>(q)],
                most(static_cast<std::size_t>(q)), wanted);
}

std::vector<std::vector<Neighbour>> NearestRows::nearest(const Tensor& queries, std::int64_t count,
                                                         ThreadPool& pool) const {
  const std::int64_t inputs = queries.shape()[0];
  std::vector<std::vector<Neighbour>> found(static_cast<std::size_t>(inputs));
  const std::int64_t pieces = (inputs + queries_at_once - 1) / queries_at_once;
  pool.for_each(pieces, [&](std::int64_t p) {
    const std::int64_t first = p * queries_at_once;
    search(queries, first, std::min(queries_at_once, inputs - first), static_cast<std::size_t>(count), pool,
           found);
  });
  return found;
}

std::vector<Neighbour> NearestRows::nearest(const Tensor& queries, ThreadPool& pool) const {
  std::vector<Neighbour> first;
  for (const std::vector<Neighbour>& found : nearest(queries, 1, pool))
    first.push_back(found.empty() ? Neighbour{-1, std::numeric_limits<double>::infinity()} : found[0]);
  return first;
}

}  // namespace nv::rank
