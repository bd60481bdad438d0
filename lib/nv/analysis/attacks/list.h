// All attacks. A new attack is a file here that defines `Method NAME()`, and a line in this list.
#pragma once

#include "nv/analysis/attacks/method.h"

/// Expands ATTACK(NAME) for each attack, in the order of `nv attack --list`.
#define NV_ATTACKS(ATTACK)   \
  /* gradient */             \
  ATTACK(fgsm)               \
  ATTACK(fgm_l2)             \
  ATTACK(bim)                \
  ATTACK(pgd)                \
  ATTACK(mi_fgsm)            \
  ATTACK(ni_fgsm)            \
  ATTACK(apgd_ce)            \
  ATTACK(apgd_dlr)           \
  ATTACK(autoattack)         \
  ATTACK(universal)          \
  /* minimum-norm */         \
  ATTACK(deepfool)           \
  ATTACK(carlini_wagner)     \
  ATTACK(ead)                \
  ATTACK(ddn)                \
  ATTACK(fmn)                \
  ATTACK(fab)                \
  ATTACK(newtonfool)         \
  ATTACK(jsma)               \
  ATTACK(lbfgs)              \
  /* score-based */          \
  ATTACK(single_pixel)       \
  ATTACK(one_pixel)          \
  ATTACK(square)             \
  ATTACK(simba)              \
  ATTACK(nes)                \
  /* decision-based */       \
  ATTACK(boundary)           \
  ATTACK(hop_skip_jump)      \
  /* noise and corruption */ \
  ATTACK(uniform)            \
  ATTACK(gaussian)           \
  ATTACK(salt_and_pepper)    \
  ATTACK(blended_noise)      \
  ATTACK(blur)               \
  ATTACK(contrast)           \
  ATTACK(brightness)         \
  ATTACK(inversion)          \
  ATTACK(jpeg)               \
  ATTACK(spatial)            \
  /* differential */         \
  ATTACK(deepxplore)

namespace nv::attacks {

#define NV_DECLARE(name) Method name();
NV_ATTACKS(NV_DECLARE)
#undef NV_DECLARE

}  // namespace nv::attacks
