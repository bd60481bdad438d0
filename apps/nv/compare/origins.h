// The originals of samples, to compare them with.
#pragma once

#include <cstddef>
#include <map>
#include <string>

#include "nv/core/error.h"
#include "nv/data/input.h"
#include "nv/engine/engine.h"
#include "shared/inputs.h"

namespace nv {

/// Each original once, so that its id is that of the attack: several samples can have the same one.
struct Origins {
  InputList inputs;
  std::map<std::string, std::size_t> indices;  ///< in `inputs`, by name; of those that can be found again
};

/// Samples whose original came from standard input, or names several inputs, are left out of `indices`.
Origins origins_of(const InputList& samples, const InputFlags& flags, const Engine& engine);

/// Why the origin of a sample is left out.
Error no_origin(const InputList::Entry& sample);

}  // namespace nv
