// How INPUT arguments become a list: the part of input.h that reads no numbers.
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

/// The file, or array of an archive, that fills one input of the model.
struct Feed {
  std::string typed;  ///< as it was typed, without items
  FileName file;
  std::string key;  ///< the array, of an archive
};

struct PlannedInput {
  InputList::Entry entry;
  std::shared_ptr<const std::vector<Feed>> feeds;  ///< one for each input of the model
  std::vector<std::int64_t> items;                 ///< of each feed
  std::shared_ptr<const Error> error;              ///< why there is nothing to read
  std::string made_as = {};  ///< of a sample: what made its numbers out of pixels; "" for other inputs
};

/// As `expand_inputs`, which describes it.
std::vector<PlannedInput> plan_inputs(std::span<const std::string> arguments, const InputOptions& options,
                                      std::span<const InputSpec> specs, SourceCache& files);

/// `fit_array`, or Error(input) that begins with `file` and says both sizes.
ArrayFit require_fit(const Shape& array, ScalarType type, const InputSpec& spec, const std::string& file);

}  // namespace nv
