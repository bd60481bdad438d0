#include "defaults.h"

#include <algorithm>
#include <filesystem>
#include <sstream>
#include <string_view>

#include "nv/core/error.h"
#include "nv/core/regular_file.h"
#include "nv/core/text.h"
#include "nv/data/labels.h"

namespace nv {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view model_keys[] = {"labels", "preprocess", "mean",   "std",
                                           "invert", "channels",   "resize", "fit"};

std::string text_of(const Bytes& bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::vector<CLI::ConfigItem> parse_items(const std::string& toml, const std::string& file) {
  std::istringstream text(toml);
  try {
    return CLI::ConfigTOML().from_config(text);
  } catch (const CLI::Error& e) {
    throw_input("{}: {}", file, e.what());
  }
}

/// The file beside a model comes from whoever the model is from: what it names is read in its own folder
/// alone.
std::vector<std::string> stranger_labels(const std::string& name, const std::string& file) {
  const fs::path folder = fs::path(file).parent_path();
  std::error_code none;
  if (!fs::exists(fs::symlink_status(folder / name, none)))
    if (auto labels = preset_labels(name)) return *labels;
  try {
    if (!stays_inside(name))
      throw_input("{}: labels '{}' are not in the model's folder", file, one_line(name));
    const FileName labels = inside(folder.string(), name);
    return parse_labels(text_of(read_regular(labels, std::size_t{1} << 26)), labels.path);
  } catch (const Error& e) {
    if (e.kind() != ErrorKind::input) throw;
    throw Error(e.kind(), e.what(), "--labels FILE reads any file, --no-defaults leaves this one out");
  }
}

/// Gives the option of the item its value, where the command line has not. `beside_model`: the file was found
/// beside the model, not named by the user.
void apply(CLI::App& app, const CLI::ConfigItem& item, const std::string& file, bool beside_model,
           Defaults& result) {
  CLI::Option* option = app.get_option_no_throw("--" + item.name);
  if (option == nullptr) {
    std::vector<std::string> names;
    for (const CLI::Option* o : app.get_options())
      for (const std::string& name : o->get_lnames()) names.push_back(name);
    throw Error(ErrorKind::usage, fmt::format("{}: unknown key '{}'", file, one_line(item.name)),
                did_you_mean(item.name, names));
  }
  if (option->count() > 0) return;
  std::vector<std::string> values = item.inputs;
  if (values.empty()) throw_usage("{}: {} has no value", file, item.name);
  if (item.name == "labels") {
    if (!result.labels.empty()) return;
    if (values.size() > 1) {
      result.labels = values;
      return;
    }
    if (beside_model) {
      result.labels = stranger_labels(values[0], file);
      return;
    }
    // A file of labels is meant to be beside the file that names it.
    if (const fs::path beside = fs::path(file).parent_path() / values.at(0); fs::exists(beside))
      values[0] = beside.string();
  } else if (item.name == "mean" || item.name == "std") {
    values = {fmt::format("{}", fmt::join(values, ","))};
  }
  try {
    if (option->get_expected_max() == 0) {  // a flag
      if (values.size() != 1 || (values[0] != "true" && values[0] != "false"))
        throw_usage("{}: {} is true or false", file, item.name);
      if (values[0] == "false") return;
    }
    for (const std::string& value : values) option->add_result(value);
    option->run_callback();
  } catch (const CLI::Error& e) {
    throw_usage("{}: {}: {}", file, item.name, e.what());
  }
}

std::string read_beside(const fs::path& file) {
  try {
    return text_of(
        read_regular(inside(file.parent_path().string(), file.filename().string()), std::size_t{1} << 20));
  } catch (const Error& e) {
    throw Error(e.kind(), e.what(), "--no-defaults leaves it out, --defaults FILE reads any file");
  }
}

}  // namespace

Defaults apply_defaults(CLI::App& app, const std::string& defaults, const std::string& model,
                        bool use_model_file) {
  Defaults result;
  if (!defaults.empty())
    for (const CLI::ConfigItem& item : parse_items(read_text(defaults), defaults)) {
      // A section is for one command: [run].
      if (!item.parents.empty() && item.parents != std::vector<std::string>{app.get_name()}) continue;
      if (item.name == "++" || item.name == "--")
        continue;  // CLI11's marks of where a section begins and ends
      apply(app, item, defaults, false, result);
    }
  fs::path beside(model);
  beside.replace_extension(".nv.toml");
  std::error_code ec;
  if (!use_model_file || model.empty() || !fs::is_regular_file(beside, ec)) return result;
  for (const CLI::ConfigItem& item : parse_items(read_beside(beside), beside.string())) {
    if (!item.parents.empty() || std::ranges::find(model_keys, item.name) == std::end(model_keys))
      throw Error(ErrorKind::usage,
                  fmt::format("{}: key '{}' is not for a file beside a model", beside.string(),
                              one_line(item.fullname())),
                  fmt::format("it may set {}; --no-defaults leaves it out", fmt::join(model_keys, ", ")));
    apply(app, item, beside.string(), true, result);
  }
  result.file = beside.string();
  return result;
}

}  // namespace nv
