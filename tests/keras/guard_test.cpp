#include "nv/keras/guard.h"

#include <doctest/doctest.h>

#include <csignal>
#include <cstdlib>
#include <new>
#include <stdexcept>

#include "keras/support.h"

namespace nv::test {

TEST_CASE("work that crashes ends a child, and is an input error that names the file") {
  const auto outcome = [](int signal) {
    return error_of([&] { try_in_child("a.h5", [&] { std::raise(signal); }); });
  };
  CHECK(outcome(SIGSEGV) == "a.h5: damaged HDF5: the library that reads it crashes on it");
  CHECK(outcome(SIGABRT) == "a.h5: damaged HDF5: the library that reads it crashes on it");
  CHECK(outcome(SIGXCPU).find("a.h5: damaged: reading it takes more than") == 0);
}

TEST_CASE("work that comes to an end lets the caller go on, whatever it throws") {
  CHECK_NOTHROW(try_in_child("a.h5", [] {}));
  CHECK_NOTHROW(try_in_child("a.h5", [] { throw std::runtime_error("met again by the caller"); }));
  CHECK(error_of([] { try_in_child("a.h5", [] { throw std::bad_alloc(); }); }) ==
        "a.h5: asks for more memory than there is");
}

TEST_CASE("nothing that the work changes reaches the caller") {
  int n = 1;
  try_in_child("a.h5", [&] { n = 2; });
  CHECK(n == 1);
}

}  // namespace nv::test
