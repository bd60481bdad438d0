#include "nv/keras/guard.h"

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <exception>

#include "nv/core/error.h"
#include "nv/keras/hdf5_handle.h"

namespace nv {

namespace {

constexpr rlim_t most_seconds = 30;             // of processor time; a model of 2000 layers takes 0.3
constexpr rlim_t most_bytes = rlim_t{1} << 36;  // of address space, in which files are mapped
constexpr int out_of_memory = 3;

/// Never returns; runs no destructors and writes no buffers of the parent's.
[[noreturn]] void be_the_child(const std::function<void()>& work) {
  for (int signal : {SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGILL, SIGXCPU}) std::signal(signal, SIG_DFL);
  const auto limit = [](auto resource, rlim_t most) {
    const rlimit both{most, most};
    ::setrlimit(resource, &both);
  };
  limit(RLIMIT_CORE, 0);
  limit(RLIMIT_CPU, most_seconds);
#ifndef __SANITIZE_ADDRESS__  // which reserves terabytes
  limit(RLIMIT_AS, most_bytes);
#endif
  // A library that gives up says so on standard error, where one line of ours will be.
  if (::freopen("/dev/null", "w", stderr) == nullptr) ::close(STDERR_FILENO);
  try {
    work();
  } catch (const std::bad_alloc&) {
    ::_exit(out_of_memory);
  } catch (...) {
    ::_exit(EXIT_SUCCESS);  // no crash: the parent will meet it too
  }
  ::_exit(EXIT_SUCCESS);
}

}  // namespace

void try_in_child(const std::string& file, const std::function<void()>& work) {
  pid_t child = -1;
  {
    const Hdf5Lock lock;  // no other thread is inside the library while its state is copied
    child = ::fork();
  }
  if (child == 0) be_the_child(work);
  if (child < 0) return;  // no processes left to have: then without the net
  int status = 0;
  while (::waitpid(child, &status, 0) < 0)
    if (errno != EINTR) return;
  if (WIFEXITED(status) && WEXITSTATUS(status) == out_of_memory)
    throw_input("{}: asks for more memory than there is", file);
  if (WIFSIGNALED(status) && (WTERMSIG(status) == SIGXCPU || WTERMSIG(status) == SIGKILL))
    throw_input("{}: damaged: reading it takes more than {} seconds, or too much memory", file, most_seconds);
  if (WIFSIGNALED(status) && WTERMSIG(status) != SIGINT && WTERMSIG(status) != SIGTERM)
    throw_input("{}: damaged HDF5: the library that reads it crashes on it", file);
}

}  // namespace nv
