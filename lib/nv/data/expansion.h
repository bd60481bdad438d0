// Expanding INPUT arguments to a list of inputs, without reading their numbers.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "nv/core/error.h"
#include "nv/data/array_fit.h"
#include "nv/data/input.h"
#include "nv/data/source.h"

namespace nv {

/// The file, or the array of an archive, that fills one input of the model.
struct Feed {
  std::string typed;  ///< as typed, without items
  FileName file;
  std::string key;  ///< name of the array in an archive
};

struct PlannedInput {
  InputList::Entry entry;
  std::shared_ptr<const std::vector<Feed>> feeds;  ///< one for each input of the model
  std::vector<std::int64_t> items;                 ///< of each feed
  std::shared_ptr<const Error> error;              ///< why it cannot be read; null if it can
  std::string made_as = {};  ///< for a sample: the preprocessing it was made with; else ""
};

/// As expand_inputs (input.h).
std::vector<PlannedInput> plan_inputs(std::span<const std::string> arguments, const InputOptions& options,
                                      std::span<const InputSpec> specs, SourceCache& files);

/// fit_array; throws Error(input), beginning with `file`, if the sizes differ.
ArrayFit require_fit(const Shape& array, ScalarType type, const InputSpec& spec, const std::string& file);

}  // namespace nv
