// Stopping early: a signal handler asks, long work answers.
#pragma once

namespace nv {

/// Thrown where work stops because it was asked to. No std::exception: only the caller of the whole run
/// catches it.
struct Interrupted {};

/// Asks all work of this process to stop; safe in a signal handler.
void request_interrupt() noexcept;
bool interrupt_requested() noexcept;

/// Throws Interrupted after request_interrupt(). Long work calls it at least every second.
void check_interrupt();

}  // namespace nv
