// What lib/nv asks of a machine: threads and memory. A page's engine has one thread, and the memory that the
// browser gives to WebAssembly.
#include "nv/core/error.h"
#include "nv/core/memory.h"
#include "nv/core/parallel.h"

namespace nv {

int ThreadPool::default_threads() {
  return 1;
}

std::uint64_t memory_limit() {
  return std::uint64_t{1} << 30;
}

void check_memory(std::uint64_t bytes, std::string_view what) {
  if (bytes > memory_limit()) throw_input("{}: needs {} MB of memory", what, bytes >> 20);
}

}  // namespace nv
