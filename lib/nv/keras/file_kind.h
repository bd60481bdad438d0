// Recognizes files that are not Keras models, for error messages.
#pragma once

#include <string>

#include "nv/core/file.h"

namespace nv {

struct FileKind {
  std::string name;   ///< "a NumPy array"
  std::string hint;   ///< how to get a Keras model from it; "" if unknown
  bool json = false;  ///< text that begins as a JSON object
};

/// By the first bytes of the file or, if they are not distinctive, its name.
FileKind file_kind(const std::string& file, const Bytes& head);

/// Of a directory; `name` is a whole message.
FileKind directory_kind(const std::string& directory);

inline constexpr const char* only_keras_hint = "nv reads Keras models: .h5, .hdf5 and .keras files";

}  // namespace nv
