#include "shared/for_option.h"

namespace nv {

void throw_for_option(std::string_view option, const Error& error) {
  const std::string_view what = error.what();
  if (error.kind() != ErrorKind::usage || what.starts_with(option)) throw error;
  throw Error(error.kind(), fmt::format("{}: {}", option, what), error.hint());
}

}  // namespace nv
