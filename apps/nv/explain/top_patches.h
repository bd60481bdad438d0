// nv explain --method top-patches: the patches of the inputs that excite a channel of a layer most.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "nv/analysis/receptive_field.h"
#include "nv/analysis/top_patches.h"
#include "nv/data/preprocess.h"
#include "nv/engine/engine.h"
#include "shared/console.h"
#include "shared/input_loop.h"
#include "shared/result_form.h"
#include "shared/result_output.h"

namespace nv {

class TopPatches {
 public:
  static constexpr const char* method = "top-patches";

  /// --channel and --unit.
  void declare(const OptionGroup& group);
  /// Throws Error(usage) if these are given with another method, or missing with this one. `chosen`: whether
  /// --method is this one; `layer`: --layer.
  void check(bool chosen, const std::string& layer) const;

  /// What the command has opened.
  struct Run {
    Console& console;
    Engine& engine;
    const InputSet& set;
    const Preprocess& preprocess;
    const SheetStyle& style;
    ResultOutput& out;
    ResultForm& form;
    std::vector<render::PictureFormat> formats;
    std::vector<std::string> sources;  ///< names and hashes of files, for the metadata of pictures
    std::size_t node;                  ///< of --layer
    std::size_t take;                  ///< how many
    bool strict;
  };
  /// Passes all inputs, writes the sheet and prints the result. `out` must be open. Returns the exit code.
  int run(Run r);

 private:
  /// One of the largest units with its patch.
  struct Patch {
    TopUnit unit;
    Input input;
    std::size_t picture = 0;  ///< model input that is drawn
    SeenPositions::Box box;
  };

  std::string title(const Run& r) const;
  TopUnits largest(Run& r, InputLoop& loop);
  std::vector<Patch> patches(const Run& r, const TopUnits& top) const;
  NamedSheet sheet(const Run& r, const std::vector<Patch>& patches) const;
  void write(Run& r, const std::vector<Patch>& patches,
             std::vector<std::pair<std::string, std::string>>& files);
  void print(Run& r, const std::vector<Patch>& patches, const InputLoop& loop,
             const std::vector<std::pair<std::string, std::string>>& files);

  OptionRef channel_option_, unit_option_;
  std::int64_t channel_ = 0;
  std::string unit_;
  std::vector<std::pair<std::string, std::string>> failed_;  ///< id and error
};

}  // namespace nv
