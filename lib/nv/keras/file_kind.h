// What a file that is no Keras model is instead, for the message.
#pragma once

#include <string>

#include "nv/core/file.h"

namespace nv {

struct FileKind {
  std::string name;   ///< "a NumPy array"
  std::string hint;   ///< what to do about it
  bool json = false;  ///< text that begins as an object of JSON does
};

/// By the first bytes of the file, and by its name where they say nothing.
FileKind file_kind(const std::string& file, const Bytes& head);

/// Of a directory; `name` is the whole message.
FileKind directory_kind(const std::string& directory);

inline constexpr const char* only_keras_hint = "nv reads Keras models: .h5, .hdf5 and .keras files";

}  // namespace nv
