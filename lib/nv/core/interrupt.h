// Interruption of long work: a signal handler requests it, long loops check for it.
#pragma once

namespace nv {

/// Thrown by work that stops after request_interrupt(). Not a std::exception, so that only the outermost
/// caller catches it.
struct Interrupted {};

/// Makes all work of this process stop. Safe in a signal handler. nv installs no signal handlers by itself;
/// until this is called, nothing is interrupted. It cannot be undone.
void request_interrupt() noexcept;
/// Whether request_interrupt() was called.
bool interrupt_requested() noexcept;

/// Throws Interrupted after request_interrupt(). Long loops call it at least once a second.
void check_interrupt();

}  // namespace nv
