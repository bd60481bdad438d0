// A weight whose numbers are in memory.
#pragma once

#include <utility>

#include "nv/model/model.h"

namespace nv {

class HeldWeight final : public WeightData {
 public:
  explicit HeldWeight(Tensor numbers) : numbers_(std::move(numbers)) {}
  Tensor read() const override { return numbers_; }

 private:
  Tensor numbers_;
};

}  // namespace nv
