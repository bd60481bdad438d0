// Counts of what a user may want to know about the inputs that were read.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "nv/core/tensor.h"
#include "nv/data/preprocess.h"

namespace nv {

/// Properties of one input.
struct InputRemarks {
  bool picture = false;   ///< a picture, which was scaled
  bool composed = false;  ///< transparent, and composed on white
  bool reduced = false;   ///< reduced to less than half its size, without averaging
  bool light = false;  ///< mostly light, for a kind of model that is often trained on light strokes on dark
  bool as_pixels = false;  ///< an array in 0..255 for a model whose pictures are scaled to less
  bool as_shares = false;  ///< an array in 0..1 for a model whose pictures are 0..255

  void add(const InputRemarks& other);
};

/// Sets as_pixels or as_shares if the range of an array that is not scaled differs from that of pictures.
void remark_range(const Tensor& numbers, const Preprocess& how, InputRemarks& remarks);

/// May be used by several threads at once.
class InputTally {
 public:
  explicit InputTally(std::size_t inputs) : seen_(inputs) {}
  /// Counts input `i` when it is first read. `preprocess`: description of its preprocessing.
  void add(std::size_t i, const InputRemarks& remarks, const std::string& preprocess);

  /// As the members of InputList.
  std::vector<std::string> notes(const Preprocess& how) const;
  std::string done_to_pictures() const;
  bool any_picture() const;

 private:
  mutable std::mutex mutex_;
  std::vector<InputRemarks> seen_;
  std::vector<bool> read_ = std::vector<bool>(seen_.size());
  std::map<std::string, std::int64_t> done_;  // number of pictures by preprocessing
  std::int64_t read_count_ = 0;
};

}  // namespace nv
