// Model files that are pipes or devices.
#include <sys/stat.h>

#include "apps/support.h"

namespace nv::test {

namespace {

/// Runs nv with standard input from a pipe.
Setting through_pipe(const std::string& input) {
  Setting setting;
  setting.input = input;
  return setting;
}

}  // namespace

TEST_CASE("a named pipe without a writer is an input error, at once") {
  const Folder folder;
  const std::string pipe = folder / "pipe";
  REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
  for (const Arguments& arguments : {Arguments{"inspect", pipe}, Arguments{"run", pipe, small_input},
                                     Arguments{"inspect", small, "--weights", pipe},
                                     Arguments{"convert", pipe, "-o", folder / "out.h5"}}) {
    const Outcome o = run_nv(arguments);
    CAPTURE(typed(arguments));
    CHECK(o.code == 3);
    CHECK(not_one_error(o, pipe + ": a pipe that gives nothing") == "");
  }
}

TEST_CASE("a model is read from a pipe as from a file") {
  for (const char* name : {"odd/intact.h5", "odd/intact.keras", "odd/lzf.h5"}) {
    const std::string file = fixture(name);
    CAPTURE(file);
    const Json from_file = nv_json("inspect", {"inspect", file, "--json", "--stats"});
    Json from_pipe =
        nv_json("inspect", {"inspect", "/dev/stdin", "--json", "--stats"}, through_pipe(read(file)));
    CHECK(from_pipe["model"]["file"] == "/dev/stdin");
    from_pipe["model"]["file"] = from_file["model"]["file"];
    CHECK(from_pipe == from_file);
  }
}

TEST_CASE("a pipe with more bytes than the memory limit is refused") {
  const Outcome o =
      run_nv({"inspect", "/dev/stdin", "--max-memory", "1K"}, through_pipe(std::string(4000, ' ')));
  CHECK(o.code == 3);
  CHECK(not_one_error(o, "/dev/stdin: needs ") == "");
}

TEST_CASE("devices are refused as models") {
  for (const char* device : {"/dev/zero", "/dev/null"}) {
    const Outcome o = run_nv({"inspect", device});
    CHECK(o.code == 3);
    CHECK(not_one_error(o, std::string(device) + ": is no regular file") == "");
  }
}

}  // namespace nv::test
