// The files of `nv attack`.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "nv/analysis/attack.h"
#include "nv/data/sample_list.h"
#include "nv/report/json.h"
#include "shared/output_folder.h"
#include "shared/sheet_files.h"

namespace nv {

/// Writes results into DIR: the exact sample, the same as 8 bits, and the sample list.
class AttackWriter {
 public:
  /// Throws Error(output).
  AttackWriter(const std::string& output, const OutputRules& rules, const Console& console);

  /// Settles the names of an input's files, before any is written; for all inputs, in their order.
  void name(const std::string& id, const std::string& method);

  OutputFolder& folder() { return folder_; }

  /// Writes the files of an input that was attacked and tells `result` of them.
  void write(AttackResult& result, const std::string& method);
  /// Its sheet, of which it is told too.
  void write(AttackResult& result, const std::string& method, const NamedSheet& sheet,
             const std::vector<std::string>& sources, const SheetStyle& style);
  /// The files of an item that an earlier run wrote stay.
  void keep(const Json& item);
  /// Writes NAME.npy and, where there is a picture, NAME.png; by kind.
  std::vector<std::pair<std::string, std::string>> write(const Tensor& numbers,
                                                         const std::optional<Picture>& picture,
                                                         const std::string& name);
  /// Writes samples.jsonl with what earlier runs left there.
  void list(const Json& head, std::span<const std::vector<Json>> items);
  /// Writes DIR/attack.json and the manifest.
  void finish(const std::string& document);

 private:
  void replaces_earlier(const Json& head, std::span<const std::vector<Json>> items);

  OutputFolder folder_;
  std::vector<SampleLine> old_;  ///< the list that is there
};

}  // namespace nv
