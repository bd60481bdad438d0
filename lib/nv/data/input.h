// The INPUT arguments of every command: which inputs they mean, in which order, under which id, and the
// reading of one.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "nv/core/tensor.h"
#include "nv/data/image.h"
#include "nv/data/preprocess.h"

namespace nv {

/// One input, read.
struct Input {
  std::string id;
  std::string file;             ///< as it was typed, with "#N" for item N of a file that holds many
  std::vector<Tensor> tensors;  ///< one for each input of the model, no batch axis, the model's own layout
  /// What was done to it; "none" for an array taken as it is, and for a sample what was done when it was
  /// made.
  std::string preprocess;
  std::optional<Picture> picture;         ///< at its own size, where it was one
  std::optional<std::int64_t> item;       ///< its number in its file, from 0
  std::optional<std::int64_t> own_label;  ///< that a CIFAR record carries
  std::string error, hint;                ///< why it could not be read; tensors are empty then
};

struct InputOptions {
  std::string items;       ///< --items: "0-99" or "3,5,8"; "" for all
  bool recursive = false;  ///< directories with those below them
  Preprocess preprocess;
  /// --preprocess, --mean or --std is on the command line itself: arrays of floats are scaled too.
  bool preprocess_given = false;
  std::size_t file_limit = std::size_t{1} << 34;  ///< bytes
  /// The arguments are those of a sample list ("origin"): only regular files are read.
  bool from_list = false;
};

/// All inputs of a command, settled but not read.
class InputList {
 public:
  struct Entry {
    std::string id;
    std::string file;  ///< as Input::file
    std::string path;  ///< the file alone (the first of several); "-" is standard input
    std::optional<std::int64_t> item;
    std::int64_t file_items = 1;  ///< how many the whole file holds
    bool usable = true;           ///< false where `load` is known to throw
    std::string origin = {};      ///< of an item of a sample list: the input that it was made of, as typed
  };

  std::size_t size() const;
  bool empty() const { return size() == 0; }
  const Entry& operator[](std::size_t i) const;

  /// Those at `first`, `first` + `step`, ...; they stay as they are.
  InputList every(std::size_t step, std::size_t first) const;

  /// Every file that the inputs come from, once, in the order of the inputs.
  std::vector<std::string> paths() const;

  /// What was seen in the inputs read so far that a user may want to know, each kind once with how many: what
  /// was composed on white, reduced to less than half, is mostly light, or has other numbers than pictures
  /// get.
  std::vector<std::string> notes() const;
  /// "unit, bilinear 451x300->32x32 stretch": what was done to the pictures read so far, the most frequent
  /// first;
  /// "" where none was more than scaled to 0..1.
  std::string done_to_pictures() const;
  /// Whether a picture was among the inputs read so far.
  bool read_pictures() const;

  /// Reads input `i`. Any thread may call it at any time: files that hold many stay open between calls.
  /// Throws Error(input), beginning with the file.
  Input load(std::size_t i) const;
  /// The same, with `error` and `hint` set where `load` would throw Error(input).
  Input try_load(std::size_t i) const;

 private:
  struct State;
  std::shared_ptr<State> state_;
  friend InputList expand_inputs(std::span<const std::string> arguments, const InputOptions& options,
                                 std::span<const InputSpec> specs);
};

/// Settles order, ids and number of the inputs that `arguments` mean for a model with inputs `specs`, reading
/// no more than it must. An argument that cannot be used stays in the list, as one entry whose `load` throws.
/// Throws Error(usage) for items that cannot be understood and for names of inputs that the model does not
/// have.
InputList expand_inputs(std::span<const std::string> arguments, const InputOptions& options,
                        std::span<const InputSpec> specs);

}  // namespace nv
