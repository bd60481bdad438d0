#include "inspect/explorer.h"

#include <nlohmann/json.hpp>

#include "nv/core/error.h"
#include "nv/core/text.h"
#include "nv/report/model_explorer.h"
#include "shared/named_file.h"

namespace nv {

void ExplorerFiles::declare(const OptionGroup& group) {
  group.add("--model-explorer", file_, "FILE.json",
            "Graph for Model Explorer, and parameters and MACs as its node data in files beside it");
}

void ExplorerFiles::check(const std::vector<std::string>& read, std::size_t models, bool force) const {
  if (!wanted()) return;
  if (!file_.ends_with(".json") || file_ == ".json" || file_.ends_with("/.json"))
    throw Error(ErrorKind::usage,
                fmt::format("--model-explorer {}: expected a name that ends in .json", one_line(file_)),
                "--model-explorer model.json");
  if (models > 1) throw_usage("inspect: --model-explorer writes one model, not {}", models);
  for (const std::string& name : names()) {
    for (const std::string& file : read)
      if (same_file(name, file)) throw_usage("{}: is an input of this run", name);
    check_named_file(name, force);
  }
}

std::vector<std::string> ExplorerFiles::names() const {
  if (!wanted()) return {};
  const std::string stem = file_.substr(0, file_.size() - std::string_view(".json").size());
  return {file_, stem + ".parameters.json", stem + ".macs.json"};
}

std::vector<std::string> ExplorerFiles::write(const Inspection& inspection, bool force) const {
  if (!wanted()) return {};
  std::vector<std::string> files = names();
  write_named_file(files[0], document(explorer_graph(inspection)), force);
  write_named_file(files[1], document(explorer_parameters(inspection)), force);
  write_named_file(files[2], document(explorer_macs(inspection)), force);
  return files;
}

}  // namespace nv
