// The functions of TensorFlow that models of tf.keras hold as layers (TFOpLambda), as operations of Keras 3.
#pragma once

#include <map>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

namespace nv {

/// The operation of Keras 3 that a function of TensorFlow stands for.
struct Translation {
  std::string_view operation;  ///< Keras 3's class
  std::string_view first;      ///< Keras 3's name of the first argument
  /// Keras 3's names of the other arguments, if they differ.
  std::map<std::string_view, std::string_view> names = {};
  /// Converts the values of all arguments, which have Keras 3's names already; may be null. Throws
  /// Error(unsupported) for values that Keras 3 does not have.
  void (*rewrite)(nlohmann::ordered_json& arguments) = nullptr;
};

/// `function` is the name without "tf.": "math.reduce_mean". Returns nullptr for one that nv does not know.
const Translation* translation_of(const std::string& function);

}  // namespace nv
