// Profiles: what a model's layers give for a set of inputs, usually the training set, with which metrics of
// coverage and distance compare others.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "nv/analysis/rank/units.h"
#include "nv/core/file.h"
#include "nv/core/tensor.h"

namespace nv::rank {

/// Parts of a profile, which metrics need.
struct ProfileParts {
  bool ranges = false;       ///< least, largest value and deviation of every unit of the chosen layers
  bool activations = false;  ///< of one layer, for every input
  bool moments = false;      ///< mean and covariance of one layer

  bool any() const { return ranges || activations || moments; }
  bool includes(const ProfileParts& needed) const {
    return (ranges || !needed.ranges) && (activations || !needed.activations) && (moments || !needed.moments);
  }
  ProfileParts& operator|=(const ProfileParts& other);
};

/// Of the units of one layer.
struct UnitRanges {
  std::string path;
  std::vector<float> min, max, std;  ///< std: of the population
};

/// Of one layer, a row of `units` numbers per input.
struct LayerActivations {
  std::string path;
  Tensor values;                      ///< (inputs, units)
  std::vector<std::int64_t> classes;  ///< predicted, per input
  std::vector<std::int64_t> truth;    ///< true classes, per input; empty if they were not known
};

/// Of one layer. `covariance` divides by the number of inputs, as scikit-learn's EmpiricalCovariance.
struct LayerMoments {
  std::string path;
  std::vector<double> mean, covariance;  ///< covariance: units x units
};

struct Profile {
  std::string file;    ///< for messages
  std::string sha256;  ///< of the model's file
  std::int64_t inputs = 0;
  std::vector<UnitRanges> ranges;  ///< in the order of the model's nodes; empty if not made
  std::optional<LayerActivations> activations;
  std::optional<LayerMoments> moments;

  ProfileParts parts() const { return {!ranges.empty(), activations.has_value(), moments.has_value()}; }
  /// Path of the layer of activations or moments; "" without them.
  std::string layer() const;
};

/// The file of a profile: an .npz that NumPy reads, with the arrays `nv_profile` (version, number of inputs),
/// `model_sha256` (64 letters, as numbers), `ranges/PATH/min`, `max`, `std`; `activations/PATH/values`,
/// `classes`, `truth`; `moments/PATH/mean`, `covariance`.
Bytes encode_profile(const Profile& profile);

/// Reads a profile and checks that it fits the model: its hash, the paths and sizes of layers, numbers of
/// inputs, classes. Throws Error(input), beginning with the file.
Profile read_profile(const std::string& file, const Engine& engine, const std::string& model_sha256,
                     std::int64_t classes);

}  // namespace nv::rank
