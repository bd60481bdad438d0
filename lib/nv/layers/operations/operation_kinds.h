// The operations (keras.ops) that nv computes, by file. To add one, add a line to the table FILE_operations()
// of its file FILE.cpp; add a new file's name to NV_OPERATION_FILES. tensorflow_functions.cpp says which
// functions of TensorFlow an operation stands for.
#pragma once

#include <string_view>
#include <vector>

#include "nv/layers/kinds.h"

namespace nv {

struct OperationKind {
  std::string_view name;    ///< Keras 3's class: "Mean"
  std::string_view module;  ///< Keras 3 has it in keras.src.ops.MODULE; "" if it has no such class
  /// Names of the call's positional arguments. Inputs are "x", "x1", "x2", "xs" (a list) and "key" (an
  /// index).
  std::vector<std::string_view> arguments;
  /// Options hold the constructor's options and the call's arguments, all by name.
  LayerMaker make;
};

#define NV_OPERATION_FILES(FILE) \
  FILE(activation_layers)        \
  FILE(elementwise)              \
  FILE(image)                    \
  FILE(joining)                  \
  FILE(layer_normalization)      \
  FILE(reductions)               \
  FILE(shape)                    \
  FILE(slicing)

// Declares FILE_operations() for each.
#define NV_DECLARE_OPERATIONS(file) std::vector<OperationKind> file##_operations();
NV_OPERATION_FILES(NV_DECLARE_OPERATIONS)
#undef NV_DECLARE_OPERATIONS

}  // namespace nv
