// Files of `nv attack`.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "nv/analysis/attack.h"
#include "nv/report/json.h"
#include "shared/output_folder.h"
#include "shared/sample_folder.h"
#include "shared/sheet_files.h"

namespace nv {

/// Writes results into DIR: METHOD/ID.npy (exact samples), METHOD/ID.png (the same as 8-bit images),
/// METHOD/sheets/ID.png, and the sample list. Earlier versions wrote DIR/ID.METHOD.npy, .png and .sheet.png:
/// journals and lists with such names are read, and a new run replaces these files.
class AttackWriter {
 public:
  /// Throws Error(output).
  AttackWriter(const std::string& output, const OutputRules& rules, const Console& console);

  /// Chooses the names of an input's files. Call it for all inputs, in order, before any is written.
  void name(const std::string& id, const std::string& method);

  OutputFolder& folder() { return folder_; }

  /// Writes the files of an attacked input and adds them to `result`.
  void write(AttackResult& result, const std::string& method);
  /// Writes its sheet and adds it to `result`.
  void write(AttackResult& result, const std::string& method, const NamedSheet& sheet,
             const std::vector<std::string>& sources, const SheetStyle& style);
  /// Keeps the files of an item that an earlier run wrote.
  void keep(const Json& item);
  /// Writes NAME.npy and, if there is a picture, NAME.png. Returns kind and name of each.
  std::vector<std::pair<std::string, std::string>> write(const Tensor& numbers,
                                                         const std::optional<Picture>& picture,
                                                         const std::string& name);
  /// Writes samples.jsonl, joined with the list of earlier runs.
  void list(const Json& head, std::span<const std::vector<Json>> items);
  /// Writes DIR/attack.json and the manifest.
  void finish(const std::string& document);

 private:
  void mark_replaced(const Json& head, std::span<const std::vector<Json>> items);

  OutputFolder folder_;
  SampleFolder list_;
};

}  // namespace nv
