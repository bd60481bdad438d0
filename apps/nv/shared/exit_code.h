// Exit codes: 0 done, 1 the answer is no, others per kind of error.
#pragma once

#include "nv/core/error.h"

namespace nv {

constexpr int exit_code(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::usage:
      return 2;
    case ErrorKind::input:
      return 3;
    case ErrorKind::unsupported:
      return 4;
    case ErrorKind::output:
      break;
  }
  return 5;
}

}  // namespace nv
