// Files for Google's Model Explorer: `nv inspect --model-explorer FILE`.
#pragma once

#include <string>
#include <vector>

#include "nv/analysis/inspect.h"
#include "shared/option_set.h"

namespace nv {

class ExplorerFiles {
 public:
  void declare(const OptionGroup& group);

  bool wanted() const { return !file_.empty(); }
  /// Files of the graph, the parameters and the multiply-adds; none unless wanted.
  std::vector<std::string> names() const;
  /// Checks the option before a model is read. `read`: input files of the run; `models`: number of models.
  /// Throws Error(usage), or Error(output) for files that must not be replaced.
  void check(const std::vector<std::string>& read, std::size_t models, bool force) const;
  /// Writes the graph, and its node data in files beside it. Returns their names; none unless wanted. Throws
  /// Error(output).
  std::vector<std::string> write(const Inspection& inspection, bool force) const;

 private:
  std::string file_;
};

}  // namespace nv
