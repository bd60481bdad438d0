// Interrupting a call into a library that offers no way to stop it.
#pragma once

#include <functional>

namespace nv {

/// Runs `job` on a new thread and waits for it; rethrows its exceptions. After request_interrupt()
/// (interrupt.h) the thread is detached and Interrupted is thrown. So `job` must own everything that it uses,
/// until the program ends. If no thread can be started, `job` runs on this one and cannot be interrupted.
void run_abandonable(std::function<void()> job);

}  // namespace nv
