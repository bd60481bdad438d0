#include "nv/analysis/attack_result.h"

#include <array>

namespace nv {

std::string_view status_name(AttackStatus status) {
  constexpr std::array<std::string_view, 4> names{"success", "failed", "skipped", "error"};
  return names.at(static_cast<std::size_t>(status));
}

bool was_attacked(const AttackResult& r) {
  return r.status == AttackStatus::success || r.status == AttackStatus::failed;
}

}  // namespace nv
