#include "nv/keras/guard.h"

#include <doctest/doctest.h>

#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <new>
#include <stdexcept>

#include "keras/support.h"
#include "nv/core/interrupt.h"
#include "nv/core/memory.h"

namespace nv::test {

TEST_CASE("work that crashes ends the child process, and is an input error that names the file") {
  const auto outcome = [](int signal) {
    return error_of([&] { try_in_child("a.h5", [&] { std::raise(signal); }); });
  };
  CHECK(outcome(SIGSEGV) == "a.h5: damaged HDF5: the library that reads it crashes on it");
  CHECK(outcome(SIGABRT) == "a.h5: damaged HDF5: the library that reads it crashes on it");
  CHECK(outcome(SIGKILL).find("a.h5: reading it takes more memory than the limit of") == 0);
}

TEST_CASE("work that does not end is killed, and is an input error") {
  const auto for_ever = [] {
    for (;;) ::pause();
  };
  CHECK(error_of([&] { try_in_child("a.h5", for_ever, std::chrono::milliseconds(300)); }) ==
        "a.h5: damaged: reading it takes more than 1 seconds");
}

TEST_CASE("the time limit is 5 s plus a time in proportion to the size") {
  CHECK(time_for(0) == std::chrono::seconds(5));
  CHECK(time_for(100) == std::chrono::seconds(5));
  CHECK(time_for(10'000'000) > time_for(0));
  CHECK(time_for(0, 10'000'000) > time_for(0));
  CHECK(time_for(~std::uint64_t{0}, ~std::uint64_t{0}) <= std::chrono::hours(24));
}

TEST_CASE("an Error of the work is thrown in the parent, with its kind and hint") {
  const Error sent(ErrorKind::unsupported, "a.h5: a layer", "do without");
  try {
    try_in_child("a.h5", [&] { throw sent; });
    FAIL("nothing was thrown");
  } catch (const Error& e) {
    CHECK(std::string(e.what()) == sent.what());
    CHECK(e.kind() == sent.kind());
    CHECK(e.hint() == sent.hint());
  }
}

TEST_CASE("signals end the child, whatever handlers the parent has") {
  const auto before = std::signal(SIGTERM, SIG_IGN);
  CHECK_THROWS_AS(try_in_child("a.h5", [] { std::raise(SIGTERM); }), Interrupted);
  std::signal(SIGTERM, before);
}

TEST_CASE("other exceptions of the work are dropped, except for lack of memory") {
  CHECK_NOTHROW(try_in_child("a.h5", [] {}));
  CHECK_NOTHROW(try_in_child("a.h5", [] { throw std::runtime_error("met again by the caller"); }));
  CHECK(error_of([] { try_in_child("a.h5", [] { throw std::bad_alloc(); }); }) ==
        fmt::format("a.h5: reading it takes more memory than the limit of {}", memory_text(memory_limit())));
}

TEST_CASE("changes of the work do not reach the parent") {
  int n = 1;
  try_in_child("a.h5", [&] { n = 2; });
  CHECK(n == 1);
}

}  // namespace nv::test
