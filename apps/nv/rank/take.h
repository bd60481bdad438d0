// nv rank --take: the first inputs of a ranking as samples.
#pragma once

#include <cstddef>

#include "nv/analysis/rank/ranking.h"
#include "nv/data/input.h"
#include "shared/sample_folder.h"

namespace nv {

/// Writes inputs of a model with one input into DIR: taken/ID.npy (exactly as the model gets it),
/// taken/ID.png if it is a picture, and a line of DIR/samples.jsonl.
class TakenSamples {
 public:
  /// Throws as SampleFolder.
  explicit TakenSamples(OutputFolder& folder) : folder_(folder), list_(folder) {}

  /// Reads the first `count` inputs of the ranking again and writes them. Throws Error(input) if one has
  /// changed, Error(output).
  void write(const rank::Ranking& ranking, const InputList& inputs, std::size_t count);

 private:
  OutputFolder& folder_;
  SampleFolder list_;
};

}  // namespace nv
