// A file of Keras as a tree of groups, attributes and datasets, wherever it comes from.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "nv/core/tensor.h"

namespace nv {

struct DatasetInfo {
  Shape shape;
  std::string dtype;      ///< NumPy's name: "float32"
  bool in_place = false;  ///< read() copies float32 from the file, without decompressing or converting
};

/// Objects are named by their path from the root ("model_weights/conv1"); "" or "/" is the root. All calls
/// throw Error(input) if the file is damaged.
class WeightFile {
 public:
  virtual ~WeightFile() = default;

  /// Its name, for messages.
  virtual const std::string& file() const = 0;
  virtual bool is_group(const std::string& path) const = 0;
  virtual bool is_dataset(const std::string& path) const = 0;
  /// Names of the members of a group, sorted.
  virtual std::vector<std::string> members(const std::string& group) const = 0;

  virtual bool has_attribute(const std::string& object, const std::string& name) const = 0;
  /// A text attribute of fixed or variable length, ASCII or UTF-8; nullopt if there is none.
  virtual std::optional<std::string> text(const std::string& object, const std::string& name) const = 0;
  /// A list of texts; an attribute that Keras had to split ("layer_names0", "layer_names1", ...) is joined.
  /// Empty if there is none, or if it is an empty array of any type (Keras writes float64 if there are no
  /// weight names).
  virtual std::vector<std::string> texts(const std::string& object, const std::string& name) const = 0;

  virtual DatasetInfo describe(const std::string& dataset) const = 0;
  /// Numbers of any float or integer type as float32.
  virtual Tensor read(const std::string& dataset) const = 0;
  /// Does the part of read() in which a library may crash on a damaged file, and throws as it does.
  virtual void check_readable(const std::string& /*dataset*/) const {}
};

}  // namespace nv
