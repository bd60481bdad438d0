// NumPy's .npz files: zip archives of .npy files.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "nv/data/npy.h"

namespace nv {

/// An open .npz; arrays are unpacked when they are read. Copies share the file.
class NpzReader {
 public:
  /// From bytes in memory, or from an open file. Throw Error(input), beginning with the file: no zip archive,
  /// a damaged one, or one without arrays.
  NpzReader(Bytes bytes, std::string file);
  explicit NpzReader(std::shared_ptr<const FileReader> file);

  const std::string& file() const;
  /// Names of the arrays as in numpy.load, in the file's order.
  const std::vector<std::string>& names() const;
  bool contains(const std::string& name) const;

  /// Throw Error(input): no array of that name (the hint lists the names), damaged, elements that are not
  /// numbers, or larger than memory_limit().
  NpyHeader header(const std::string& name) const;
  NpyArray read(const std::string& name) const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

/// Encodes arrays as an uncompressed .npz that numpy.load reads; without dates, so that the same arrays give
/// the same bytes. Names may contain '/' and any UTF-8. Throws Error(output) for repeated or empty names and
/// for more than 65535.
Bytes encode_npz(std::span<const std::pair<std::string, Tensor>> arrays);
/// The same for arrays of any type, each encoded by encode_npy.
Bytes pack_npz(std::span<const std::pair<std::string, Bytes>> files);

}  // namespace nv
