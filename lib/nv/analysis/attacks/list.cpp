#include "nv/analysis/attacks/list.h"

namespace nv::attacks {

std::span<const Method> methods() {
  static const std::vector<Method> all{
      // gradient
      fgsm(),
      fgm_l2(),
      bim(),
      pgd(),
      mi_fgsm(),
      ni_fgsm(),
      apgd_ce(),
      apgd_dlr(),
      autoattack(),
      universal(),
      // minimum-norm
      deepfool(),
      carlini_wagner(),
      ead(),
      ddn(),
      fmn(),
      fab(),
      newtonfool(),
      jsma(),
      lbfgs(),
      // score-based
      single_pixel(),
      one_pixel(),
      square(),
      simba(),
      nes(),
      // decision-based
      boundary(),
      hop_skip_jump(),
      // noise and corruption
      uniform(),
      gaussian(),
      salt_and_pepper(),
      blended_noise(),
      blur(),
      contrast(),
      brightness(),
      inversion(),
      jpeg(),
      spatial(),
      // differential
      deepxplore(),
  };
  return all;
}

}  // namespace nv::attacks
