// Placeholder for a weight that the file does not have.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "nv/core/error.h"
#include "nv/model/model.h"

namespace nv {

/// read() throws.
class MissingWeight final : public WeightData {
 public:
  /// `what` and `hint` of the Error(input) that read() throws.
  MissingWeight(std::string what, std::string hint) : what_(std::move(what)), hint_(std::move(hint)) {}
  Tensor read() const override { throw Error(ErrorKind::input, what_, hint_); }

 private:
  std::string what_, hint_;
};

/// Whether the weight is a placeholder.
inline bool is_missing(const Weight& w) {
  return dynamic_cast<const MissingWeight*>(w.data.get()) != nullptr;
}

}  // namespace nv
