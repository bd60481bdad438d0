// HDF5 files, read through the C API behind RAII. The library's own error printing is off: failures are
// nv::Error.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "nv/core/file.h"
#include "nv/core/tensor.h"

namespace nv {

struct DatasetInfo {
  Shape shape;
  std::string dtype;  ///< NumPy's name: "float32"
};

/// An open file. Objects are named by their path from the root ("model_weights/conv1"); "" or "/" is the
/// root. All calls may be made from several threads (they take turns: the library is not thread-safe). Every
/// reader throws Error(input) where the file is damaged.
class Hdf5File {
 public:
  /// `file` names the source in messages.
  static std::shared_ptr<const Hdf5File> open(const std::string& file);
  /// A part of `file` that is HDF5 itself, as in an archive that stores it uncompressed. Not read whole.
  static std::shared_ptr<const Hdf5File> open_part(const std::string& file, const Extent& part);
  static std::shared_ptr<const Hdf5File> open_image(Bytes image, const std::string& file);
  ~Hdf5File();
  Hdf5File(const Hdf5File&) = delete;
  Hdf5File& operator=(const Hdf5File&) = delete;

  const std::string& file() const;

  bool is_group(const std::string& path) const;
  bool is_dataset(const std::string& path) const;
  /// Names of the members of a group, sorted.
  std::vector<std::string> members(const std::string& group) const;

  bool has_attribute(const std::string& object, const std::string& name) const;
  /// A text, fixed or variable length, ASCII or UTF-8; nullopt where there is none.
  std::optional<std::string> text(const std::string& object, const std::string& name) const;
  /// A list of texts; an attribute that Keras had to split ("layer_names0", "layer_names1", ...) is joined.
  /// Empty where there is none, or where it is an empty array of any type (Keras writes float64 for no weight
  /// names).
  std::vector<std::string> texts(const std::string& object, const std::string& name) const;

  DatasetInfo describe(const std::string& dataset) const;
  /// Numbers of any float or integer type, byte order and storage, as float32. Plain float32 comes straight
  /// from the file, without the library: nothing in it can crash on that, and threads need not take turns.
  Tensor read(const std::string& dataset) const;
  /// What read() has the library do.
  void rehearse(const std::string& dataset) const;

 private:
  struct State;
  static std::shared_ptr<const Hdf5File> finished(std::unique_ptr<State> state);
  explicit Hdf5File(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

/// Of the library at run time: "1.10.8".
std::string hdf5_version();

/// True where the HDF5 signature is at byte 0, 512, 1024, 2048...: a user block of any size may come first.
/// Throws Error(input) where the file is missing or no regular file.
bool is_hdf5(const std::string& file);

}  // namespace nv
