// Stands for a weight of a file that holds an architecture alone.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "nv/core/error.h"
#include "nv/model/model.h"

namespace nv {

class MissingWeight final : public WeightData {
 public:
  /// `what` is said, with `hint`, to whoever needs the numbers.
  MissingWeight(std::string what, std::string hint) : what_(std::move(what)), hint_(std::move(hint)) {}
  Tensor read() const override { throw Error(ErrorKind::input, what_, hint_); }

 private:
  std::string what_, hint_;
};

inline bool is_missing(const Weight& w) {
  return dynamic_cast<const MissingWeight*>(w.data.get()) != nullptr;
}

}  // namespace nv
