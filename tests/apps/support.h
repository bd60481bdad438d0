// Runs the program and checks its output and files.
#pragma once

#include <doctest/doctest.h>

#include <csignal>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "nv/core/tensor.h"

/// Shows names in failed checks.
template <>
struct doctest::StringMaker<std::vector<std::string>> {
  static String convert(const std::vector<std::string>& list) {
    std::string text = "{";
    for (const std::string& item : list) text += (text.size() > 1 ? ", " : "") + item;
    return (text + "}").c_str();
  }
};

namespace nv::test {

using Json = nlohmann::ordered_json;
using Arguments = std::vector<std::string>;

/// Result of a program.
struct Outcome {
  int code = -1;     ///< exit code
  int signal = 0;    ///< that ended it; 0 if it exited
  std::string out;   ///< standard output
  std::string err;   ///< standard error
  long peak_kb = 0;  ///< peak memory
};

/// How to run a program.
struct Setting {
  std::string program = NV_PROGRAM;
  std::string input;                         ///< standard input
  std::string folder;                        ///< working directory; "" for that of the test
  std::map<std::string, std::string> extra;  ///< additional environment
  std::string stdout_file;                   ///< file for standard output; `out` is empty then
  std::string stderr_file;                   ///< likewise
  int terminal_columns = 0;                  ///< if set, standard output is a terminal of this width
  bool close_stdout_early = false;           ///< close the reading end of the pipe before the program starts
  std::string interrupt_when;                ///< SIGINT as soon as this file exists (checked every 10 ms)
  int interrupt_after_ms = 0;                ///< but not earlier after the start
};

/// Runs `nv ARGUMENTS...`. The test fails after two minutes.
Outcome run_nv(const Arguments& arguments, const Setting& setting = {});

/// Document on standard output of a run with exit code 0, validated by docs/schema/NAME.json.
Json nv_json(const std::string& schema, const Arguments& arguments, const Setting& setting = {});

/// Violations of docs/schema/NAME.json; "" for none.
std::string violations(const std::string& schema, const Json& json);
/// Parses JSON; the test fails if it is invalid.
Json parse(std::string_view text);
Json parse_file(const std::filesystem::path& file);

/// "nv run m.h5 7.png": for messages on failed checks.
std::string typed(const Arguments& arguments);

std::string read(const std::filesystem::path& file);
void write(const std::filesystem::path& file, std::string_view text);
std::vector<std::string> lines(std::string_view text);
std::size_t count_of(std::string_view text, std::string_view part);

/// Files below `folder`: relative name -> bytes.
std::map<std::string, std::string> tree(const std::filesystem::path& folder);
/// Only the names, sorted.
std::vector<std::string> names(const std::filesystem::path& folder);

/// Checks the form of an error: one line "nv: error: BEGINNING...", at most one line "hint: ", nothing on
/// standard output. Returns the violation; "" for none.
std::string not_one_error(const Outcome& outcome, const std::string& beginning);

/// Empty directory for the duration of a test.
class Folder {
 public:
  Folder();
  ~Folder();
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  const std::string& path() const { return path_; }
  std::string operator/(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

/// A model of these layers (Keras 3's JSON, a Sequential called `name`) with weights by their keys
/// ("layers/dense/vars/0"), as files in the folder. Returns the arguments that name it.
Arguments json_model(const Folder& folder, const Json& layers,
                     const std::vector<std::pair<std::string, nv::Tensor>>& weights,
                     const std::string& name = "m");
/// A chain of Dense layers of 3 units with these names: kernels full of `weight`, biases of 1/8.
Arguments dense_model(const Folder& folder, const std::vector<std::string>& names, float weight = 0.5F,
                      const std::string& model_name = "m");
/// An input for it: 1 2 3, or others.
std::string vector_input(const Folder& folder, const std::vector<float>& numbers = {1, 2, 3},
                         const std::string& name = "v.npy");
/// COMMAND, `words`, and `more`.
Arguments with(const std::string& command, Arguments words, const Arguments& more);
/// `words`, then `more`.
Arguments with(Arguments words, const Arguments& more);

std::string fixture(const std::string& name);  ///< tests/fixtures/NAME
std::string example(const std::string& name);  ///< examples/NAME

inline const std::string lenet = NV_EXAMPLES "/models/lenet5-mnist.h5";
inline const std::string vgg = NV_EXAMPLES "/models/vgg12-cifar10.h5";
inline const std::string digits = NV_EXAMPLES "/digits";
inline const std::string seven = NV_EXAMPLES "/digits/7_0293.png";
inline const std::string digit_one = NV_EXAMPLES "/digits/1_0054.png";
inline const std::string kept_images = NV_EXAMPLES "/idx/kept-images-idx3-ubyte.gz";
inline const std::string kept_labels = NV_EXAMPLES "/idx/kept-labels-idx1-ubyte.gz";
/// A small model of 4 layers, and an input for it.
inline const std::string small = NV_FIXTURES "/odd/intact.h5";
inline const std::string small_input = NV_FIXTURES "/odd/digit.npy";

}  // namespace nv::test
