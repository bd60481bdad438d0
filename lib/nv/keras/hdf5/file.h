// HDF5 files, read with libhdf5. Its own printing of errors is off: failures are nv::Error.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "nv/core/file.h"
#include "nv/core/tensor.h"
#include "nv/keras/weights/weight_file.h"

namespace nv {

enum class LinkKind { hard, soft, external, other };

/// A link of a group as it is in the file, not followed.
struct LinkInfo {
  std::string path;  ///< from the root; the name alone if a single group is listed
  LinkKind kind = LinkKind::hard;
  std::string target;    ///< path that a soft or external link leads to
  std::string file;      ///< file that an external link leads to
  bool dataset = false;  ///< in a list of the whole file: a hard link to a dataset
};

/// How the numbers of a dataset are stored.
struct DatasetStorage {
  enum class Layout { contiguous, compact, chunked, combined };  ///< combined: a "virtual dataset"
  Layout layout = Layout::contiguous;
  std::vector<std::string> files;    ///< other files that hold its numbers
  std::vector<std::string> filters;  ///< by name, in the order of compression: "shuffle", "gzip"
  std::string foreign_filter;     ///< the first that is not built in, which the library would load; else ""
  std::uint64_t chunk_bytes = 0;  ///< of one chunk, decompressed; 0 if there are no chunks
};

/// An open file. All calls may be made from several threads (they take turns, since the library is not
/// thread-safe), and throw Error(input) if the file is damaged.
///
/// Nothing outside the file is opened: external links, external storage, virtual datasets and filters that
/// are not built in are an Error(input); links() and storage() list them.
class Hdf5File final : public WeightFile {
 public:
  static std::shared_ptr<const Hdf5File> open(const std::string& file);
  static std::shared_ptr<const Hdf5File> open(std::shared_ptr<FileReader> file);
  /// A part of `file` that is an HDF5 file, as in an archive that stores it uncompressed. It is not loaded
  /// into memory.
  static std::shared_ptr<const Hdf5File> open_part(std::shared_ptr<FileReader> file, const Extent& part);
  /// `file` names the source in messages.
  static std::shared_ptr<const Hdf5File> open_image(Bytes image, const std::string& file);
  ~Hdf5File() override;
  Hdf5File(const Hdf5File&) = delete;
  Hdf5File& operator=(const Hdf5File&) = delete;

  const std::string& file() const override;
  bool is_group(const std::string& path) const override;
  bool is_dataset(const std::string& path) const override;
  std::vector<std::string> members(const std::string& group) const override;
  bool has_attribute(const std::string& object, const std::string& name) const override;
  std::optional<std::string> text(const std::string& object, const std::string& name) const override;
  std::vector<std::string> texts(const std::string& object, const std::string& name) const override;

  /// Every link that can be reached from the root by hard links, external ones too; the members of a group
  /// that several links lead to are listed once.
  std::vector<LinkInfo> links() const;
  /// Of any dataset, also one whose numbers are in another file.
  DatasetStorage storage(const std::string& dataset) const;

  DatasetInfo describe(const std::string& dataset) const override;
  /// Numbers of any float or integer type, byte order and storage, as float32. Contiguous float32 is read
  /// from the file without the library, which cannot crash on it then, and by several threads at once.
  Tensor read(const std::string& dataset) const override;
  void check_readable(const std::string& dataset) const override;

 private:
  struct State;
  static std::shared_ptr<const Hdf5File> finished(std::unique_ptr<State> state);
  explicit Hdf5File(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

/// Version of the library at run time: "1.10.8".
std::string hdf5_version();

}  // namespace nv
