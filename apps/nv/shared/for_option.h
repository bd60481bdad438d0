// Names the option in errors about its value.
#pragma once

#include <string_view>
#include <utility>

#include "nv/core/error.h"

namespace nv {

/// Throws the error again; a usage error that does not begin with the option's name gets it in front.
[[noreturn]] void throw_for_option(std::string_view option, const Error& error);

/// Calls the function, which uses the value of an option: "--layers: m.h5: no layer 'con'".
template <typename F>
auto for_option(std::string_view option, F&& use) {
  try {
    return std::forward<F>(use)();
  } catch (const Error& e) {
    throw_for_option(option, e);
  }
}

}  // namespace nv
