// The sample list of an output folder, which commands that make or choose inputs add to.
#pragma once

#include <span>
#include <vector>

#include "nv/data/image.h"
#include "nv/data/sample_list.h"
#include "shared/output_folder.h"

namespace nv {

class SampleFolder {
 public:
  /// Reads the list that earlier runs have left in the folder, which must outlive this object. Throws
  /// Error(output) if nv did not write the list, Error(input) for a damaged one.
  explicit SampleFolder(OutputFolder& folder);

  /// Writes the list with `added`, which replace samples of the same ids, and keeps the files of all samples,
  /// whichever run wrote them.
  void write(std::span<const SampleLine> added);

 private:
  OutputFolder& folder_;
  std::vector<SampleLine> earlier_;
};

/// The picture as a PNG: grey becomes red, green and blue alike; transparency is dropped.
Bytes picture_png(const Picture& picture);

}  // namespace nv
