// What all inputs of nv explain --method filters say together.
#pragma once

#include <string>
#include <vector>

#include "nv/analysis/explain/explain.h"
#include "nv/report/json.h"
#include "shared/console.h"

namespace nv {

class Pooled {
 public:
  /// `taken`: channels of --take, 0 for none, of the layer `layer`; `freezes`: --freeze.
  Pooled(std::int64_t taken, std::string layer, bool freezes)
      : taken_(taken), layer_(std::move(layer)), freezes_(freezes) {}

  /// An answer of an input.
  void add(const explain::Answer& answer);
  /// "LAYER:3,0,12": the channels of the largest mean relevance over inputs and classes, the largest first;
  /// "" without --take, or if there was no answer.
  std::string take() const;
  /// Keys of the document's summary: "take", "label_changes".
  void add_to(Json& summary) const;
  /// With --freeze how many labels of several inputs changed, and the channels of all inputs; without it the
  /// channels alone, for a shell's $(...). `inputs`: how many there were.
  void print(Console& console, std::size_t inputs) const;

 private:
  std::int64_t taken_;
  std::string layer_;
  bool freezes_;
  std::vector<double> relevance_;         ///< sums by channel
  std::size_t frozen_ = 0, changed_ = 0;  ///< labels that freezing was tried on, and that it changed
};

}  // namespace nv
