// Options of commands that freeze filters.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "nv/analysis/mutation/mutate.h"
#include "shared/option_set.h"

namespace nv {

class MutationFlags {
 public:
  void declare(const OptionGroup& group);

  /// Throws Error(usage), beginning with `command`, for --freeze-as without filters to freeze.
  void check(std::string_view command) const;
  bool given() const { return !freeze_.empty() || !config_.empty(); }
  /// The model with the mutations of --freeze, in order, then those of --config. Throws Error(usage, input).
  Mutant mutant(const Model& model) const;
  /// File of --config, which no output may replace; "" for none.
  const std::string& file() const { return config_; }

 private:
  std::vector<Mutation> mutations() const;

  OptionRef as_option_;
  std::vector<std::string> freeze_;
  std::string config_, as_ = "output";
};

}  // namespace nv
