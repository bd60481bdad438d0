// What was seen while inputs were read, counted over a run.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "nv/core/tensor.h"
#include "nv/data/preprocess.h"

namespace nv {

/// Of one input.
struct InputRemarks {
  bool picture = false;    ///< it was a picture, and scaled
  bool composed = false;   ///< it was transparent, and put on white
  bool reduced = false;    ///< to less than half its size, without averaging
  bool light = false;      ///< mostly, where models often had light on dark
  bool as_pixels = false;  ///< an array of 0..255 for a model whose pictures are scaled
  bool as_shares = false;  ///< an array of 0..1 for a model whose pictures stay 0..255

  void add(const InputRemarks& other);
};

/// Whether the numbers of an array that is taken as it is are not those that pictures get.
void remark_range(const Tensor& numbers, const Preprocess& how, InputRemarks& remarks);

/// Any thread may call it.
class InputTally {
 public:
  explicit InputTally(std::size_t inputs) : seen_(inputs) {}
  /// Input `i`, which may be read more than once, and what was done to it.
  void add(std::size_t i, const InputRemarks& remarks, const std::string& preprocess);

  std::vector<std::string> notes(const Preprocess& how) const;
  std::string done_to_pictures() const;
  bool any_picture() const;

 private:
  mutable std::mutex mutex_;
  std::vector<InputRemarks> seen_;
  std::vector<bool> read_ = std::vector<bool>(seen_.size());
  std::map<std::string, std::int64_t> done_;  // to pictures, and to how many
  std::int64_t read_count_ = 0;
};

}  // namespace nv
