// Makes a profile, batch by batch.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "nv/analysis/rank/covariance_sums.h"
#include "nv/analysis/rank/metric.h"
#include "nv/analysis/rank/profile.h"
#include "nv/analysis/rank/units.h"

namespace nv::rank {

/// Memory: a few numbers per unit for ranges, units x units for moments; only activations grow with the
/// number of inputs. The profile does not depend on how the inputs are divided into batches.
class ProfileMaker {
 public:
  /// `layer`: of activations and moments; not read without these parts. Throws Error(usage) for layers
  /// without units, Error(input) for moments that need more memory than the limit.
  ProfileMaker(const Engine& engine, const ProfileParts& parts, const std::vector<bool>& layers,
               std::size_t layer);
  ~ProfileMaker();

  /// Marks the nodes whose outputs `add` reads.
  void keep(std::vector<bool>& nodes) const;
  /// Adds a batch; `truth`: true class per input of it, or empty. Inputs whose activations hold NaN or
  /// infinite values are left out.
  void add(const Pass& pass, std::span<const std::int64_t> truth);
  /// Number of inputs left out so far.
  std::int64_t left_out() const { return left_out_; }

  /// Throws Error(input) if no input was added.
  Profile profile(const std::string& model_sha256);

 private:
  struct Statistics;
  bool is_usable(const Pass& pass, std::int64_t item) const;
  void add_ranges(const Pass& pass, const std::vector<std::int64_t>& items);

  std::string model_file_;
  ProfileParts parts_;
  Units units_, layer_;  ///< layer_: a single one
  std::unique_ptr<Statistics> statistics_;
  std::optional<CovarianceSums> moments_;
  std::vector<float> values_;  ///< activations, row by row
  std::vector<std::int64_t> classes_, truth_;
  std::int64_t inputs_ = 0, left_out_ = 0;
};

}  // namespace nv::rank
