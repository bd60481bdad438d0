// Reading the true classes of inputs (--truth).
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "nv/core/error.h"
#include "nv/data/input.h"

namespace nv {

/// Labels that could be read and do not fit the inputs or the classes.
class LabelMismatch : public Error {
 public:
  explicit LabelMismatch(const std::string& what, std::string hint = {})
      : Error(ErrorKind::input, what, std::move(hint)) {}
};

/// Returns the true class of each input. `source` is one of:
/// - a text file: one label per line, a number or a name out of `labels`; or NAME LABEL, where NAME is an
/// input's id, path
///   or file name;
/// - .npy or .npz:KEY with integers or one-hot rows, an IDX label file, a CIFAR file;
/// - `from-name`: each file's name begins with the number or the name of its class;
/// - `from-dir`: the name of each input's folder is its class;
/// - the folder of a sample list: the labels in it, by id.
/// If all inputs are items of one file and there is one label per item of that file, labels are taken by item
/// number; else there must be one per input. `classes` > 0: their number. Throws LabelMismatch, and
/// Error(input) for a source that cannot be read.
std::vector<std::int64_t> read_truth(const std::string& source, const InputList& inputs,
                                     std::span<const std::string> labels, std::int64_t classes = 0);

}  // namespace nv
