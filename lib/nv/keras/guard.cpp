#include "nv/keras/guard.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <fstream>
#include <new>

#include "nv/core/error.h"
#include "nv/core/interrupt.h"
#include "nv/core/memory.h"
#include "nv/keras/hdf5/handle.h"

namespace nv {

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds interval{100};  // between two checks of the child and for an interruption
constexpr std::uint64_t most_text_counted =
    128'000'000;  // bytes of a file that can be structure; the rest is numbers
constexpr std::uint64_t text_per_second = 2'000'000, numbers_per_second = 20'000'000;
constexpr std::uint64_t spare_bytes = std::uint64_t{64} << 20;  // of address space, for stacks and libraries

// The report of a child that does not crash: one of these letters, and after `failed` the kind of the error
// as a digit, its text, a zero byte, its hint.
constexpr char succeeded = 's', out_of_memory = 'm', failed = 'f';

void write_report(int to, const std::string& report) {
  for (std::size_t done = 0; done < report.size();) {
    const ssize_t n = ::write(to, report.data() + done, report.size() - done);
    if (n <= 0) return;
    done += static_cast<std::size_t>(n);
  }
}

#ifndef __SANITIZE_ADDRESS__  // it reserves terabytes of address space
std::uint64_t address_space() {
  std::uint64_t pages = 0;
  std::ifstream("/proc/self/statm") >> pages;
  return pages * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}
#endif

void limit_resources([[maybe_unused]] std::uint64_t file_bytes) {
  const auto limit = [](auto resource, rlim_t most) {
    const rlimit both{most, most};
    ::setrlimit(resource, &both);
  };
  limit(RLIMIT_CORE, 0);
#ifndef __SANITIZE_ADDRESS__
  limit(RLIMIT_AS, address_space() + memory_limit() + file_bytes + spare_bytes);
#endif
}

/// Makes the child end with its parent, and by signals that end programs, whatever handlers the parent has.
void restore_signals(pid_t parent) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(EXIT_FAILURE);
  sigset_t deadly;
  sigemptyset(&deadly);
  for (int signal : {SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGILL, SIGINT, SIGTERM}) {
    std::signal(signal, SIG_DFL);
    sigaddset(&deadly, signal);
  }
  ::sigprocmask(SIG_UNBLOCK, &deadly, nullptr);
}

/// The child process. Runs no destructors and flushes no buffers of the parent.
[[noreturn]] void run_child(const std::function<void()>& work, pid_t parent, int report_pipe,
                            std::uint64_t file_bytes) {
  restore_signals(parent);
  limit_resources(file_bytes);
  // Libraries print to standard error before they abort; nv prints one line.
  if (const int null = ::open("/dev/null", O_WRONLY | O_CLOEXEC); null >= 0)
    ::dup2(null, STDERR_FILENO);
  else
    ::close(STDERR_FILENO);
  std::string report(1, succeeded);
  try {
    work();
  } catch (const Error& e) {
    report = fmt::format("{}{}{}{}{}", failed, static_cast<int>(e.kind()), e.what(), '\0', e.hint());
  } catch (const std::bad_alloc&) {
    report = out_of_memory;
  } catch (...) {  // no crash: the parent will throw it too
  }
  write_report(report_pipe, report);
  ::_exit(EXIT_SUCCESS);
}

/// The child as seen by the parent. The destructor kills it if it still runs.
class Child {
 public:
  Child(pid_t id, int report) : id_(id), report_(report) {}
  ~Child() {
    ::close(report_);
    if (running_) ::kill(id_, SIGKILL);
    while (running_ && ::waitpid(id_, nullptr, 0) < 0 && errno == EINTR) {
    }
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  /// Waits until the child has ended; false if that is not before `deadline`. Throws Interrupted.
  bool wait_until(Clock::time_point deadline) {
    while (true) {
      check_interrupt();
      if (Clock::now() >= deadline) return false;
      pollfd look{report_, POLLIN, 0};
      ::poll(&look, 1, static_cast<int>(interval.count()));
      read_report();
      // The end of the pipe is not enough: another process may have inherited it.
      const pid_t ended = ::waitpid(id_, &status_, WNOHANG);
      if (ended == 0 || (ended < 0 && errno == EINTR)) continue;
      running_ = false;
      read_report();
      return true;
    }
  }

  const std::string& report() const { return text_; }
  /// The signal that ended it; 0 if none.
  int signal() const { return WIFSIGNALED(status_) ? WTERMSIG(status_) : 0; }

 private:
  void read_report() {
    std::array<char, 4096> some{};
    for (ssize_t n; (n = ::read(report_, some.data(), some.size())) > 0;)
      if (text_.size() < (std::size_t{1} << 20)) text_.append(some.data(), static_cast<std::size_t>(n));
  }

  pid_t id_;
  int report_;
  bool running_ = true;
  int status_ = 0;
  std::string text_;
};

[[noreturn]] void throw_reported(const std::string& report) {
  const std::string text = report.substr(2), what = text.substr(0, text.find('\0'));
  throw Error(static_cast<ErrorKind>(report[1] - '0'), what,
              text.substr(std::min(text.size(), what.size() + 1)));
}

/// Throws what the end of the child stands for; returns if it succeeded.
void check_result(const std::string& file, const Child& child) {
  const std::string& report = child.report();
  if (!report.empty() && report[0] == succeeded) return;
  if (report.size() > 2 && report[0] == failed) throw_reported(report);
  if ((!report.empty() && report[0] == out_of_memory) || child.signal() == SIGKILL)
    throw Error(ErrorKind::input,
                fmt::format("{}: reading it takes more memory than the limit of {}", file,
                            memory_text(memory_limit())),
                "--max-memory 32G allows more");
  // Ctrl-C reaches all processes of a terminal, this one too.
  if (child.signal() == SIGINT || child.signal() == SIGTERM) throw Interrupted{};
  throw_input("{}: damaged HDF5: the library that reads it crashes on it", file);
}

/// Opens a pipe whose reading end does not block; false if there are no descriptors left.
bool open_pipe(std::array<int, 2>& ends) {
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return false;
  ::fcntl(ends[0], F_SETFL, O_NONBLOCK);
  return true;
}

}  // namespace

std::chrono::milliseconds time_for(std::uint64_t bytes_read, std::uint64_t bytes_unpacked) {
  constexpr std::uint64_t least = 5000, longest = 86'400'000;  // ms
  const std::uint64_t text = std::min(bytes_read, most_text_counted) / (text_per_second / 1000);
  const std::uint64_t numbers =
      bytes_read / (numbers_per_second / 1000) + bytes_unpacked / (numbers_per_second / 1000);
  return std::chrono::milliseconds(std::min(longest, least + text + numbers));
}

void try_in_child(const std::string& file, const std::function<void()>& work,
                  std::chrono::milliseconds time_limit, std::uint64_t file_bytes) {
  check_interrupt();
  std::array<int, 2> ends{};
  if (!open_pipe(ends)) return work();
  // Blocked until the child has restored their default actions, so that it cannot miss one.
  sigset_t blocked, before;
  sigemptyset(&blocked);
  for (int signal : {SIGINT, SIGTERM}) sigaddset(&blocked, signal);
  ::pthread_sigmask(SIG_BLOCK, &blocked, &before);
  const pid_t parent = ::getpid();
  pid_t id = -1;
  {
    const Hdf5Lock lock;  // no other thread is inside the library while its state is copied
    id = ::fork();
  }
  if (id == 0) run_child(work, parent, ends[1], file_bytes);
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  ::close(ends[1]);
  if (id < 0) {  // no more processes
    ::close(ends[0]);
    return work();
  }
  Child child(id, ends[0]);
  if (!child.wait_until(Clock::now() + time_limit))
    throw_input("{}: damaged: reading it takes more than {} seconds", file,
                std::max<std::int64_t>(1, time_limit.count() / 1000));
  check_result(file, child);
}

}  // namespace nv
