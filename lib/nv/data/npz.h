// NumPy's .npz files: zip archives of .npy files.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "nv/data/npy.h"

namespace nv {

/// An open .npz. Arrays are unpacked when they are asked for. Copies share the file.
class NpzReader {
 public:
  /// Of bytes in memory, or of a file that is read here and there. Throw Error(input), beginning with `file`:
  /// no zip archive, a damaged one, or one without arrays.
  NpzReader(Bytes bytes, std::string file);
  explicit NpzReader(std::shared_ptr<const FileReader> file);

  const std::string& file() const;
  /// Names of the arrays as numpy.load gives them, in the file's order.
  const std::vector<std::string>& names() const;
  bool contains(const std::string& name) const;

  /// Throw Error(input): no array of that name (the hint lists what is there), damaged, of a type that is no
  /// number, or larger than the limit of memory.
  NpyHeader header(const std::string& name) const;
  NpyArray read(const std::string& name) const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

/// Arrays in an uncompressed zip archive that numpy.load reads: the same arrays give the same bytes (no
/// dates). Names may hold '/' and any UTF-8; a repeated name, an empty one, or more than 65535 throw
/// Error(output).
Bytes encode_npz(std::span<const std::pair<std::string, Tensor>> arrays);
/// The same of arrays of any type, each as `encode_npy` made it.
Bytes pack_npz(std::span<const std::pair<std::string, Bytes>> files);

}  // namespace nv
