// A model in one block of bytes, which needs no HDF5 to be read: the form in which the page of `nv view`
// holds it.
#pragma once

#include <memory>
#include <string>

#include "nv/core/bytes.h"
#include "nv/model/config.h"
#include "nv/model/model.h"

namespace nv {

enum class WeightPrecision { single, half };

struct PackedModel {
  Model model;
  Config about;  ///< as given to pack_model
  WeightPrecision precision = WeightPrecision::single;
};

/// The graph as it is in memory (layers with their configurations, nodes, ports) and all weights, as float32
/// or float16, little-endian. `about` is kept with it (labels, preprocessing). Reads the weights. Throws
/// Error(input) for missing weights, and for finite ones that float16 cannot hold. Equal models give equal
/// bytes.
Bytes pack_model(const Model& model, const Config& about, WeightPrecision precision);

/// The size of the weights in pack_model's result.
std::uint64_t packed_size(const Model& model, WeightPrecision precision);

/// Whether bytes begin as those of pack_model.
bool is_packed(std::span<const std::byte> bytes);

/// The inverse of pack_model. The bytes may have been made by anyone: throws Error(input), beginning with
/// `file`, unless every index, size and type is right. Numbers of weights are read when they are needed.
PackedModel unpack_model(std::shared_ptr<const Bytes> bytes, const std::string& file);

}  // namespace nv
