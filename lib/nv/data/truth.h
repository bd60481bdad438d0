// The true classes of inputs (--truth).
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "nv/data/input.h"

namespace nv {

/// The true class of each input of `inputs`, in their order. `source` is a text file (one label a line,
/// number or name out of `labels`; or NAME LABEL, where NAME is an input's id, file or the file's name), .npy
/// or .npz:KEY (integers, or one-hot rows), an IDX label file, a CIFAR file, `from-name` (the file's name
/// begins with the number of its class or with its name out of `labels`), `from-dir` (the folder of each
/// input is called so) or the folder of a sample list (the labels in it, by id). Where there is one label for
/// each item of the inputs' one file, they are taken by item number; else there must be exactly one an input.
/// `classes` > 0 is how many there are. Throws Error(input).
std::vector<std::int64_t> read_truth(const std::string& source, const InputList& inputs,
                                     std::span<const std::string> labels, std::int64_t classes = 0);

}  // namespace nv
