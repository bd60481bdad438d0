#include "nv/analysis/attacks/list.h"

namespace nv::attacks {

std::span<const Method> methods() {
#define NV_CALL(name) name(),
  static const std::vector<Method> all{NV_ATTACKS(NV_CALL)};
#undef NV_CALL
  return all;
}

}  // namespace nv::attacks
