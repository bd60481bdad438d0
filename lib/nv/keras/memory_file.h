// A model file that another program has taken apart: the page of `nv view` does so with files that are
// dropped into it.
#pragma once

#include <memory>
#include <span>
#include <string>

#include "nv/core/bytes.h"
#include "nv/model/model.h"

namespace nv {

/// Whether bytes begin as those that open_memory_file takes.
bool is_memory_file(std::span<const std::byte> bytes);

/// The model of a block of bytes: the magic "nvfile01", the length of a JSON text as 8 bytes (little-endian),
/// the text, and float32 numbers at multiples of 4 bytes after it. The JSON has
///   config, metadata: the texts of a .keras archive; without config it is an .h5 file
///   groups: [{path, texts: {NAME: TEXT or [TEXT...]}}], of the HDF5 file, the root ("") first
///   datasets: [{path, shape, dtype, at}], `at` in floats after the text; null: could not be read
/// The bytes may have been made by anyone: throws Error(input), beginning with `file`, as open_model does for
/// a file of such content. Its weights are views of `bytes`, or, if the file has none, placeholders: a note
/// says so.
Model open_memory_file(std::shared_ptr<const Bytes> bytes, const std::string& file);

}  // namespace nv
