#include "shared/defaults.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <string_view>

#include "nv/core/error.h"
#include "nv/core/regular_file.h"
#include "nv/core/text.h"
#include "nv/data/input.h"
#include "nv/data/labels.h"
#include "shared/toml.h"

namespace nv {

namespace fs = std::filesystem;

namespace {

/// Keys of the file beside a model, which is untrusted.
constexpr std::string_view model_keys[] = {"labels", "preprocess", "mean",   "std",
                                           "invert", "channels",   "resize", "fit"};
/// Keys of the user's file: how pictures and messages look, and what the computer may be used for. Nothing
/// that changes a number or writes a file, since it applies to scripts of others, too.
constexpr std::string_view preference_keys[] = {"theme",    "colormap", "width",      "height",
                                                "dpi",      "font",     "font-size",  "font-scale",
                                                "no-title", "threads",  "max-memory", "color"};
/// Keys that make no sense in a file of defaults.
constexpr std::string_view command_line_keys[] = {"defaults", "no-defaults", "help"};

std::string text_of(const Bytes& bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// Labels named by the file beside a model, which is untrusted: read only inside its folder.
std::vector<std::string> untrusted_labels(const std::string& name, const std::string& file) {
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
    throw Error(e.kind(), e.what(), "--labels FILE reads any file, --no-defaults ignores this one");
  }
}

std::vector<std::string> long_names(const OptionSet& options) {
  std::vector<std::string> names;
  for (const OptionInfo& info : options.declared())
    for (const std::string& name : info.names)
      if (name.starts_with("--")) names.push_back(name.substr(2));
  return names;
}

/// Values for an option, checked if it is a flag; none for a flag that is false.
std::vector<std::string> values_of(const OptionRef& option, const TomlItem& item, const std::string& file) {
  if (item.values.empty()) throw_usage("{}: {} has no value", file, item.key);
  if (!option.is_flag()) return item.values;
  if (item.values.size() != 1 || (item.values[0] != "true" && item.values[0] != "false"))
    throw_usage("{}: {}: expected true or false, got '{}'", file, item.key, one_line(item.values[0]));
  return item.values[0] == "true" ? item.values : std::vector<std::string>{};
}

/// Errors of the option begin with the file instead of dashes: "nv.toml: top: expected ...".
void assign(const OptionRef& option, const std::vector<std::string>& values, const std::string& file,
            bool preference) {
  if (values.empty()) return;
  try {
    option.assign(values, preference);
  } catch (const Error& e) {
    if (e.kind() != ErrorKind::usage) throw;
    throw as_key_of(file, e);
  }
}

/// Options that say the same thing in different ways: one of them replaces those of files that give way.
constexpr std::string_view scale_keys[] = {"preprocess", "mean", "std"};

bool sets_scale(std::string_view key) {
  return std::ranges::find(scale_keys, key) != std::end(scale_keys);
}

bool scale_is_given(const OptionSet& options) {
  return std::ranges::any_of(scale_keys, [&](std::string_view key) {
    const auto option = options.find(std::string(key));
    return option && option->is_given();
  });
}

/// Sets the item's option unless it is on the command line. `beside_model`: the file was found beside the
/// model, not named by the user.
void apply(const OptionSet& options, const TomlItem& item, const std::string& file, bool beside_model,
           Defaults& result) {
  const std::optional<OptionRef> option = options.find(item.key);
  if (std::ranges::find(command_line_keys, item.key) != std::end(command_line_keys))
    throw_usage("{}: {} is an option of the command line only", file, item.key);
  if (!option)
    throw Error(ErrorKind::usage, fmt::format("{}: unknown key '{}'", file, one_line(item.key)),
                did_you_mean(item.key, long_names(options)));
  if (option->is_given()) return;
  std::vector<std::string> values = values_of(*option, item, file);
  if (item.key == "labels") {
    if (!result.labels.empty()) return;
    if (values.size() > 1) {
      result.labels = values;
      return;
    }
    if (beside_model) {
      result.labels = untrusted_labels(values[0], file);
      return;
    }
    // A relative path of labels is relative to the file that names it.
    if (const fs::path beside = fs::path(file).parent_path() / values.at(0); fs::exists(beside))
      values[0] = beside.string();
  } else if (item.key == "mean" || item.key == "std") {
    values = {fmt::format("{}", fmt::join(values, ","))};
  }
  assign(*option, values, file, false);
  result.sources.emplace(item.key, file);
}

std::string read_beside(const fs::path& file) {
  try {
    return text_of(
        read_regular(inside(file.parent_path().string(), file.filename().string()), std::size_t{1} << 20));
  } catch (const Error& e) {
    throw Error(e.kind(), e.what(), "--no-defaults ignores it, --defaults FILE reads any file");
  }
}

}  // namespace

std::string preferences_file() {
  const auto folder = [](const char* variable) -> fs::path {
    const char* const value = std::getenv(variable);
    const fs::path path = value == nullptr ? "" : value;
    return path.is_absolute() ? path : fs::path();  // the XDG base directory specification ignores others
  };
  if (const fs::path config = folder("XDG_CONFIG_HOME"); !config.empty())
    return (config / "nv" / "nv.toml").string();
  const fs::path home = folder("HOME");
  return home.empty() ? "" : (home / ".config" / "nv" / "nv.toml").string();
}

void apply_preferences(const OptionSet& options) {
  const std::string file = preferences_file();
  std::error_code ec;
  if (file.empty() || !fs::exists(file, ec)) return;
  if (const auto ignored = options.find("no-defaults"); ignored && ignored->is_given()) return;
  for (const TomlItem& item : read_toml(read_text(file), file)) {
    if (!item.section.empty() || std::ranges::find(preference_keys, item.key) == std::end(preference_keys))
      throw Error(
          ErrorKind::usage,
          fmt::format("{}: key '{}' is not allowed in the user's file", file, one_line(item.full_key())),
          fmt::format("allowed: {}", fmt::join(preference_keys, ", ")));
    const std::optional<OptionRef> option = options.find(item.key);
    if (!option || option->is_given()) continue;  // commands have different options
    assign(*option, values_of(*option, item, file), file, true);
  }
}

Defaults apply_defaults(const OptionSet& options, const std::string& defaults, const std::string& model,
                        bool use_model_file) {
  Defaults result;
  if (!defaults.empty()) {
    const bool scaled = scale_is_given(options);
    for (const TomlItem& item : read_toml(read_text(defaults), defaults)) {
      // A section applies to one command: [run].
      if (!item.section.empty() && item.section != std::vector<std::string>{options.name()}) continue;
      if (!scaled || !sets_scale(item.key)) apply(options, item, defaults, false, result);
    }
  }
  fs::path beside(model);
  beside.replace_extension(".nv.toml");
  std::error_code ec;
  if (!use_model_file || model.empty() || !fs::is_regular_file(beside, ec)) return result;
  const bool scaled = scale_is_given(options);
  for (const TomlItem& item : read_toml(read_beside(beside), beside.string())) {
    if (!item.section.empty() || std::ranges::find(model_keys, item.key) == std::end(model_keys))
      throw Error(ErrorKind::usage,
                  fmt::format("{}: key '{}' is not allowed in a file beside a model", beside.string(),
                              one_line(item.full_key())),
                  fmt::format("allowed: {}; --no-defaults ignores the file", fmt::join(model_keys, ", ")));
    if (!scaled || !sets_scale(item.key)) apply(options, item, beside.string(), true, result);
  }
  result.file = beside.string();
  return result;
}

}  // namespace nv
