// Runs the real program as users do, and looks at what it says and leaves.
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

/// So that a failed check shows names.
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

/// What a program did.
struct Outcome {
  int code = -1;     ///< exit code
  int signal = 0;    ///< that ended it, 0 where it ended by itself
  std::string out;   ///< standard output
  std::string err;   ///< standard error
  long peak_kb = 0;  ///< the most memory that it held
};

/// How to run it.
struct Setting {
  std::string program = NV_PROGRAM;
  std::string input;                         ///< standard input
  std::string folder;                        ///< working directory; "" for ours
  std::map<std::string, std::string> extra;  ///< environment, beside what is always set
  std::string stdout_file;                   ///< opened for standard output; `out` stays empty then
  std::string stderr_file;                   ///< likewise
  bool close_stdout_early = false;           ///< our end of the pipe is closed before the program begins
  std::string interrupt_when;  ///< SIGINT as soon as this file is there (looked for every 10 ms)
  int interrupt_after_ms = 0;  ///< but not before so long after the start
};

/// `nv ARGUMENTS...`. Ends within two minutes, or the test fails.
Outcome run_nv(const Arguments& arguments, const Setting& setting = {});

/// The document on standard output of a run that must be done (exit 0), held against docs/schema/NAME.json.
Json nv_json(const std::string& schema, const Arguments& arguments, const Setting& setting = {});

/// What is wrong with `json` by docs/schema/NAME.json; "" for nothing.
std::string violations(const std::string& schema, const Json& json);
/// Parses; the test fails where it is no JSON.
Json parse(std::string_view text);
Json parse_file(const std::filesystem::path& file);

/// "nv run m.h5 7.png": to say which command failed.
std::string typed(const Arguments& arguments);

std::string read(const std::filesystem::path& file);
void write(const std::filesystem::path& file, std::string_view text);
std::vector<std::string> lines(std::string_view text);
std::size_t count_of(std::string_view text, std::string_view part);

/// Every file below `folder`: name relative to it -> bytes.
std::map<std::string, std::string> tree(const std::filesystem::path& folder);
/// The names alone, sorted.
std::vector<std::string> names(const std::filesystem::path& folder);

/// The contract's form of an error: one line "nv: error: BEGINNING...", at most one line "hint: ", and
/// nothing on standard output. The reason it is not so; "" where it is.
std::string not_one_error(const Outcome& outcome, const std::string& beginning);

/// An empty directory for the time of a test.
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
/// ("layers/dense/vars/0"), as files in the folder: the words by which a command takes it.
Arguments json_model(const Folder& folder, const Json& layers,
                     const std::vector<std::pair<std::string, nv::Tensor>>& weights,
                     const std::string& name = "m");
/// A chain of Dense layers of 3 units with these names: kernels full of `weight`, biases of 1/8.
Arguments dense_model(const Folder& folder, const std::vector<std::string>& names, float weight = 0.5F,
                      const std::string& model_name = "m");
/// An input for it: 1 2 3, or others.
std::string vector_input(const Folder& folder, const std::vector<float>& numbers = {1, 2, 3},
                         const std::string& name = "v.npy");
/// COMMAND, these words, and more.
Arguments with(const std::string& command, Arguments words, const Arguments& more);

std::string fixture(const std::string& name);  ///< tests/fixtures/NAME
std::string example(const std::string& name);  ///< examples/NAME

inline const std::string lenet = NV_EXAMPLES "/models/lenet5-mnist.h5";
inline const std::string vgg = NV_EXAMPLES "/models/vgg12-cifar10.h5";
inline const std::string digits = NV_EXAMPLES "/digits";
inline const std::string seven = NV_EXAMPLES "/digits/7_0293.png";
inline const std::string kept_images = NV_EXAMPLES "/idx/kept-images-idx3-ubyte.gz";
inline const std::string kept_labels = NV_EXAMPLES "/idx/kept-labels-idx1-ubyte.gz";
/// A model of 4 layers that runs in no time, and an input for it.
inline const std::string small = NV_FIXTURES "/odd/intact.h5";
inline const std::string small_input = NV_FIXTURES "/odd/digit.npy";

}  // namespace nv::test
