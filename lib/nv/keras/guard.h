// Work on a stranger's bytes, tried where it can do no harm.
#pragma once

#include <functional>
#include <string>

namespace nv {

/// Does `work` in a child process with limits on time and memory, and comes back once that has survived it.
/// Whatever the work throws is dropped: the caller does it again and meets it there. So code that may crash
/// on a damaged file (libhdf5 1.10.8 does on one in forty) ends a child, not the program: then throws
/// Error(input) that names `file`. The work must not wait for other threads: the child has none.
void try_in_child(const std::string& file, const std::function<void()>& work);

}  // namespace nv
