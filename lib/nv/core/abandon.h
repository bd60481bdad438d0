// Work inside a library that cannot be told to stop.
#pragma once

#include <functional>

namespace nv {

/// Runs `job` on a thread of its own and waits for it; its exceptions are thrown here. Once work is to stop
/// (interrupt.h), it is left to itself and Interrupted is thrown: so `job` must own all that it touches, to
/// the end of the program.
void run_abandonable(std::function<void()> job);

}  // namespace nv
