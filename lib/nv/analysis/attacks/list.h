// Every attack's entry: one line here and one in list.cpp.
#pragma once

#include "nv/analysis/attacks/method.h"

namespace nv::attacks {

Method fgsm();
Method fgm_l2();
Method bim();
Method pgd();
Method mi_fgsm();
Method ni_fgsm();
Method deepfool();
Method carlini_wagner();
Method ead();
Method ddn();
Method fmn();
Method newtonfool();
Method jsma();
Method lbfgs();
Method apgd_ce();
Method apgd_dlr();
Method autoattack();
Method universal();
Method fab();
Method single_pixel();
Method square();
Method simba();
Method nes();
Method boundary();
Method hop_skip_jump();
Method uniform();
Method gaussian();
Method salt_and_pepper();
Method blended_noise();
Method blur();
Method contrast();
Method brightness();
Method inversion();
Method jpeg();
Method spatial();
Method one_pixel();
Method deepxplore();

}  // namespace nv::attacks
