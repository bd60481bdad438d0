// Inputs of a model from files: the list of inputs that INPUT arguments stand for, and reading one of them.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "nv/core/error.h"
#include "nv/core/tensor.h"
#include "nv/data/image.h"
#include "nv/data/preprocess.h"

namespace nv {

/// One input, read.
struct Input {
  std::string id;
  std::string file;             ///< as typed, with "#N" for item N of a file with several
  std::vector<Tensor> tensors;  ///< one per input of the model, no batch axis, in the model's layout
  /// Description of the preprocessing; "none" for an array taken unchanged. For a sample, how it was made.
  std::string preprocess;
  std::optional<Picture> picture;         ///< at its original size, if it is one
  std::optional<std::int64_t> item;       ///< number in its file, from 0
  std::optional<std::int64_t> own_label;  ///< label of a CIFAR record
  std::string error, hint;                ///< why it could not be read; tensors are empty then
};

struct InputOptions {
  std::string items;       ///< "0-99" or "3,5,8"; "" for all (--items)
  bool recursive = false;  ///< search directories recursively
  Preprocess preprocess;
  /// Scale arrays of floats too, not only pictures (--preprocess, --mean or --std was given).
  bool preprocess_given = false;
  std::string preprocess_file = {};  ///< names it in messages if a file of defaults sets the scale
  std::size_t file_limit = std::size_t{1} << 34;  ///< bytes
  /// The arguments come from a sample list: only regular files are read.
  bool from_list = false;
};

/// An error that names options ("--std: expected ..."), as one of the file that sets them ("FILE: std:
/// expected
/// ...").
Error as_key_of(const std::string& file, const Error& e);

/// The inputs that arguments stand for, which are read one by one. Copies share open files and notes.
class InputList {
 public:
  struct Entry {
    std::string id;
    std::string file;  ///< as Input::file
    std::string path;  ///< the file (the first of several); "-" is standard input
    std::optional<std::int64_t> item;
    std::int64_t file_items = 1;               ///< number of items in the file
    bool usable = true;                        ///< false if load() is known to throw
    std::string origin = {};                   ///< for a sample: the input that it was made of, as typed
    std::string sample_list = {};              ///< for a sample: the file that lists it
    std::string method = {};                   ///< for a sample: the attack that made it, if the list says so
    std::optional<double> l2 = {}, linf = {};  ///< for a sample: its distances from the original, likewise
  };

  std::size_t size() const;
  bool empty() const { return size() == 0; }
  const Entry& operator[](std::size_t i) const;

  /// The inputs `first`, `first` + `step`, ...
  InputList every(std::size_t step, std::size_t first) const;

  /// All files that the inputs come from, without repetitions, in the order of the inputs.
  std::vector<std::string> paths() const;

  /// Notes for the user on the inputs read so far, each with a count: composed on white, reduced to less than
  /// half the size, mostly light, or numbers in another range than pictures get.
  std::vector<std::string> notes() const;
  /// Preprocessing of the pictures read so far, most frequent first: "unit, bilinear 451x300->32x32 stretch";
  /// "" if all were only scaled to 0..1.
  std::string done_to_pictures() const;
  /// Whether any input read so far was a picture.
  bool read_pictures() const;

  /// Reads input `i`; may be called from several threads at once. Files with several items stay open between
  /// calls. Throws Error(input), beginning with the file.
  Input load(std::size_t i) const;
  /// The same, but sets `error` and `hint` instead of throwing Error(input).
  Input try_load(std::size_t i) const;

 private:
  struct State;
  Input load_as_it_is(std::size_t i) const;

  std::shared_ptr<State> state_;
  friend InputList expand_inputs(std::span<const std::string> arguments, const InputOptions& options,
                                 std::span<const InputSpec> specs);
};

/// Expands `arguments` to a list of inputs for a model with inputs `specs`: files, FILE#ITEMS, FILE.npz:KEY,
/// directories, sample lists, NAME=FILE,NAME=FILE (`nv help inputs`). Reads no more than needed for order,
/// ids and number. An argument that cannot be used becomes one entry whose load() throws. Throws Error(usage)
/// for items that cannot be parsed and for names of inputs that the model does not have.
InputList expand_inputs(std::span<const std::string> arguments, const InputOptions& options,
                        std::span<const InputSpec> specs);

}  // namespace nv
