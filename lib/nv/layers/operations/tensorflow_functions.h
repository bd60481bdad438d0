// The functions of TensorFlow that models of tf.keras hold as layers (TFOpLambda), in the words of Keras 3.
#pragma once

#include <map>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

namespace nv {

/// A function as an operation of Keras 3: the name of its first argument, and those of others where they
/// differ. `rewrite` (or null) brings the values of all arguments, under their new names, to those of Keras
/// 3; it throws Error(unsupported) for what has none.
struct Translation {
  std::string_view operation, first;
  std::map<std::string_view, std::string_view> names = {};
  void (*rewrite)(nlohmann::ordered_json& arguments) = nullptr;
};

/// nullptr for a function that nv does not know.
const Translation* translation_of(const std::string& function);

}  // namespace nv
