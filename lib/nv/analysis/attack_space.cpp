#include "nv/analysis/attack_space.h"

namespace nv {

namespace {

/// Whether the preprocessing is a step after images of 0..1: caffe, torch, mean and deviation.
bool normalises(const Preprocess& how) {
  return how.scale == Scale::caffe || how.scale == Scale::torch || how.scale == Scale::custom;
}

}  // namespace

attacks::Bounds default_bounds(const Preprocess& how) {
  if (how.scale == Scale::raw) return {0, 255};
  if (how.scale == Scale::signed_unit) return {-1, 1};
  return {0, 1};
}

attacks::InputSpace input_space(const InputSpec& spec, const Preprocess& how) {
  attacks::InputSpace space;
  if (!normalises(how)) return space;
  for (const ChannelScale& c : channel_scales(how, channels_of(spec))) {
    space.scale.push_back(255.0F / (c.divisor * c.deviation));
    space.offset.push_back(-c.mean / c.deviation);
  }
  return space;
}

Preprocess picture_scale(Preprocess how, const attacks::Bounds& bounds) {
  if (normalises(how)) return how;
  for (const Scale scale : {Scale::unit, Scale::raw, Scale::signed_unit}) {
    Preprocess other = how;
    other.scale = scale;
    const attacks::Bounds b = default_bounds(other);
    if (b.low == bounds.low && b.high == bounds.high) return other;
  }
  return how;
}

}  // namespace nv
