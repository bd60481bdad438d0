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
  std::string dtype;      ///< NumPy's name: "float32"
  bool in_place = false;  ///< read() copies plain float32 from the file, without unpacking or converting
};

enum class LinkKind { hard, soft, external, other };

/// A link of a group, as the file has it: nothing is followed.
struct LinkInfo {
  std::string path;  ///< from the root, or the name alone where a single group is listed
  LinkKind kind = LinkKind::hard;
  std::string target;    ///< of a soft or external link: the path that it leads to
  std::string file;      ///< of an external link: the other file
  bool dataset = false;  ///< hard links in a list of the whole file: leads to a dataset
};

/// How the numbers of a dataset are kept.
struct DatasetStorage {
  enum class Layout { contiguous, compact, chunked, combined };  ///< combined: a "virtual dataset"
  Layout layout = Layout::contiguous;
  std::vector<std::string> files;    ///< other files that its numbers are to come from
  std::vector<std::string> filters;  ///< by name, in the order of packing: "shuffle", "gzip"
  std::string foreign_filter;     ///< the first that is not built in, which the library would load; else ""
  std::uint64_t chunk_bytes = 0;  ///< of one chunk, unpacked; 0 where there are none
};

/// An open file. Objects are named by their path from the root ("model_weights/conv1"); "" or "/" is the
/// root. All calls may be made from several threads (they take turns: the library is not thread-safe). Every
/// reader throws Error(input) where the file is damaged.
///
/// Nothing outside the file is opened: not for external links, external storage or virtual datasets, nor
/// filters that are not built in. A path through one of these is an Error(input); links() and storage() list
/// them without refusing any.
class Hdf5File {
 public:
  static std::shared_ptr<const Hdf5File> open(const std::string& file);
  static std::shared_ptr<const Hdf5File> open(std::shared_ptr<FileReader> file);
  /// A part of `file` that is HDF5 itself, as in an archive that stores it uncompressed. Not read whole.
  static std::shared_ptr<const Hdf5File> open_part(std::shared_ptr<FileReader> file, const Extent& part);
  /// `file` names the source in messages.
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

  /// Every link that hard links lead to from the root, by path; the members of a group that several lead to
  /// are listed once. Refuses nothing.
  std::vector<LinkInfo> links() const;
  /// Refuses nothing.
  DatasetStorage storage(const std::string& dataset) const;

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
bool is_hdf5(const FileReader& file);

}  // namespace nv
