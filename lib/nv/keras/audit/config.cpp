// Configurations: every object at any depth, whatever option it stands in, for Keras makes objects of them
// all.
#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <set>

#include "nv/core/error.h"
#include "nv/core/interrupt.h"
#include "nv/core/text.h"
#include "nv/keras/audit/parts.h"
#include "nv/keras/python_json.h"

namespace nv {

namespace {

using Json = nlohmann::ordered_json;

std::string text_at(const Json& object, const char* key) {
  const auto at = object.find(key);
  return at != object.end() && at->is_string() ? at->get<std::string>() : "";
}

template <std::size_t n>
bool is_one_of(std::string_view word, const std::array<std::string_view, n>& list) {
  return std::ranges::find(list, word) != list.end();
}

/// What follows the package in a module of Keras: "layers" of "keras.src.layers.core", "" of "keras" itself;
/// nullopt for a module of another package.
std::optional<std::string> keras_part(std::string_view module) {
  constexpr auto packages = std::to_array<std::string_view>(
      {"tensorflow.python.keras.api._v2.keras", "tensorflow.python.keras.api._v1.keras",
       "tensorflow.python.keras", "tensorflow.keras", "tensorflow._api.v2.keras", "tf_keras.api._v2.keras",
       "tf_keras.src", "tf_keras.api", "tf_keras", "keras.api._v2.keras", "keras.api._v1.keras",
       "keras._tf_keras.keras", "keras._legacy", "keras.src", "keras.api", "keras"});
  for (const std::string_view package : packages) {
    if (module == package) return "";
    if (module.starts_with(package) && module[package.size()] == '.') {
      const std::string_view rest = module.substr(package.size() + 1);
      return std::string(rest.substr(0, rest.find('.')));
    }
  }
  return std::nullopt;
}

/// The parts of Keras that models are made of. What is in others (utils, saving, config, export, callbacks,
/// backend) acts on the machine or on Keras itself.
constexpr auto modelling = std::to_array<std::string_view>({"",
                                                            "activations",
                                                            "constraints",
                                                            "distillation",
                                                            "dtype_policies",
                                                            "engine",
                                                            "initializers",
                                                            "layers",
                                                            "legacy",
                                                            "legacy_tf_layers",
                                                            "losses",
                                                            "metrics",
                                                            "mixed_precision",
                                                            "models",
                                                            "ops",
                                                            "optimizer_v1",
                                                            "optimizer_v2",
                                                            "optimizers",
                                                            "premade",
                                                            "premade_models",
                                                            "quantizers",
                                                            "random",
                                                            "regularizers",
                                                            "trainers",
                                                            "training",
                                                            "feature_column",
                                                            "applications",
                                                            "dtensor",
                                                            "tree"});

/// Functions that are reached under names of modelling modules too, as keras.models.load_model is.
constexpr auto unsafe_functions = std::to_array<std::string_view>({"load_model",
                                                                   "save_model",
                                                                   "model_from_json",
                                                                   "model_from_config",
                                                                   "model_from_yaml",
                                                                   "load_weights",
                                                                   "save_weights",
                                                                   "get_file",
                                                                   "load_img",
                                                                   "save_img",
                                                                   "clear_session",
                                                                   "func_load",
                                                                   "func_dump",
                                                                   "deserialize_keras_object",
                                                                   "serialize_keras_object",
                                                                   "register_keras_serializable",
                                                                   "set_global_attribute",
                                                                   "enable_unsafe_deserialization",
                                                                   "image_dataset_from_directory",
                                                                   "text_dataset_from_directory",
                                                                   "audio_dataset_from_directory",
                                                                   "extract_archive",
                                                                   "extract_open_archive",
                                                                   "clone_model",
                                                                   "load_data",
                                                                   "deserialize",
                                                                   "File",
                                                                   "run_command"});

/// Operations of TensorFlow, by their names without "tf.", that act on files, run Python or load code.
bool is_system_operation(std::string_view function) {
  constexpr auto beginnings = std::to_array<std::string_view>({"io.read_file",
                                                               "io.write_file",
                                                               "io.matching_files",
                                                               "io.gfile",
                                                               "io.write_graph",
                                                               "io.TFRecord",
                                                               "io.tf_record",
                                                               "raw_ops",
                                                               "numpy_function",
                                                               "py_function",
                                                               "py_func",
                                                               "compat.v1.py_func",
                                                               "load_op_library",
                                                               "load_library",
                                                               "saved_model",
                                                               "train.",
                                                               "data.",
                                                               "summary",
                                                               "debugging.experimental",
                                                               "print",
                                                               "compat.v1.gfile",
                                                               "compat.v1.read_file",
                                                               "compat.v1.train",
                                                               "python.",
                                                               "experimental.dispatch",
                                                               "keras.",
                                                               "distribute",
                                                               "config",
                                                               "io.extract",
                                                               "lookup.",
                                                               "autograph",
                                                               "function"});
  if (function.starts_with("tf.")) function.remove_prefix(3);
  if (function.starts_with("tensorflow.")) function.remove_prefix(11);
  if (function.starts_with("keras.backend") || function.starts_with("keras.activations")) return false;
  return reaches_system(function) && !function.starts_with("io.")
             ? true
             : std::ranges::any_of(beginnings, [&](std::string_view b) { return function.starts_with(b); });
}

/// The same, as kernels are called in a serialized node.
std::string system_kernel(std::string_view node) {
  constexpr auto kernels = std::to_array<std::string_view>(
      {"ReadFile", "WriteFile", "MatchingFiles", "EagerPyFunc", "PyFunc", "PyFuncStateless", "SaveV2",
       "RestoreV2", "MergeV2Checkpoints", "PrintV2", "TextLineDataset"});
  for (const std::string_view kernel : kernels)
    if (node.find(kernel) != std::string_view::npos) return std::string(kernel);
  return {};
}

/// Base64 to bytes, passing over line breaks; nullopt where it is something else. At most `most` bytes.
std::optional<std::string> from_base64(std::string_view text, std::size_t most) {
  std::string bytes;
  unsigned bits = 0;
  int count = 0;
  for (const char c : text) {
    int value = -1;
    if (c >= 'A' && c <= 'Z') value = c - 'A';
    if (c >= 'a' && c <= 'z') value = c - 'a' + 26;
    if (c >= '0' && c <= '9') value = c - '0' + 52;
    if (c == '+' || c == '-') value = 62;
    if (c == '/' || c == '_') value = 63;
    if (c == '\n' || c == '\r') continue;
    if (c == '=') break;
    if (value < 0) return std::nullopt;
    bits = bits << 6 | static_cast<unsigned>(value);
    if (++count % 4 != 1)
      bytes.push_back(static_cast<char>(bits >> (count % 4 == 2 ? 4 : count % 4 == 3 ? 2 : 0)));
    if (bytes.size() >= most) break;
  }
  return bytes;
}

/// Whether bytes begin as Python's marshal writes a code object: its type, then the number of arguments.
bool is_bytecode(std::string_view bytes) {
  if (bytes.size() < 24) return false;
  const auto at = [&](std::size_t i) { return static_cast<unsigned char>(bytes[i]); };
  return (at(0) == 0xe3 || at(0) == 'c') && at(1) < 64 && at(2) == 0 && at(3) == 0 && at(4) == 0;
}

/// What a string holds that is no text: code or pickled data, in base64 or as Python 2 wrote bytes, one
/// character each.
struct HiddenBytes {
  bool code = false, pickle = false;
  std::string bytes;
};

HiddenBytes hidden_bytes(const std::string& text) {
  constexpr std::size_t most = 1 << 20;
  HiddenBytes hidden;
  if (text.size() < 16) return hidden;
  std::string latin;  // characters up to U+00FF as bytes
  for (std::size_t i = 0; i < std::min(text.size(), most); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if ((c == 0xc2 || c == 0xc3) && i + 1 < text.size())
      latin.push_back(static_cast<char>((c & 3U) << 6 | (static_cast<unsigned char>(text[++i]) & 0x3fU)));
    else
      latin.push_back(static_cast<char>(c));
  }
  const auto judge = [&](std::string bytes) {
    hidden.code = is_bytecode(bytes);
    const auto found = suspicious_content(std::as_bytes(std::span(bytes)));
    hidden.pickle = found && found->rule == "pickle";
    if (hidden.code || hidden.pickle) hidden.bytes = std::move(bytes);
    return hidden.code || hidden.pickle;
  };
  if (judge(latin)) return hidden;
  if (auto bytes = from_base64(text, most)) judge(std::move(*bytes));
  return hidden;
}

bool is_file_reference(std::string_view text) {
  if (text.size() < 3 || text.size() > 4096 || text.find('\n') != std::string_view::npos) return false;
  if (text.find("://") != std::string_view::npos) return true;
  if (text.starts_with("file:") || text.starts_with("~/") || text.starts_with("../") ||
      text.starts_with("./") || text.starts_with("\\\\") || text.starts_with("..\\"))
    return true;
  if (std::isalpha(static_cast<unsigned char>(text[0])) != 0 && text[1] == ':' &&
      (text[2] == '\\' || text[2] == '/'))
    return true;
  return text[0] == '/' && text[1] != '/' && text.find(' ') == std::string_view::npos;
}

/// Whether a name, used as a path, leaves the folder that it is relative to.
bool leads_out(std::string_view name) {
  if (name.starts_with('/') || name.starts_with('\\')) return true;
  std::string slashes(name);
  std::ranges::replace(slashes, '\\', '/');
  const std::vector<std::string> parts = split(slashes, '/');
  return std::ranges::find(parts, "..") != parts.end();
}

/// Whether a text under that key stands for a function or class of Keras.
bool names_function(std::string_view key) {
  constexpr auto keys =
      std::to_array<std::string_view>({"activation", "loss", "metrics", "weighted_metrics", "optimizer",
                                       "initializer", "fn", "activity_regularizer"});
  return is_one_of(key, keys) || key.ends_with("_activation") || key.ends_with("_initializer") ||
         key.ends_with("_regularizer") || key.ends_with("_constraint");
}

std::string in_quotes(std::string_view text) {
  return '\'' + shortened(one_line(text), 80) + '\'';
}

class ConfigAudit {
 public:
  ConfigAudit(std::string place, ConfigSource source, AuditReport& report)
      : place_(std::move(place)), source_(source), report_(report) {}

  /// `layer`: names of the objects around, joined by '/'. `key`: under which the value stands.
  void walk(const Json& value, const std::string& layer, const std::string& key) {
    if (report_.full()) return;
    check_interrupt();
    if (value.is_object())
      object(value, layer, key);
    else if (value.is_array())
      for (const Json& item : value) walk_item(item, layer, key);
    else if (value.is_string())
      string(value.get_ref<const std::string&>(), layer, key, false);
  }

 private:
  void add(std::string_view rule, const std::string& layer, const std::string& what) {
    std::string place = place_;
    if (!layer.empty()) place += (place.empty() ? "" : ": ") + layer;
    std::optional<std::string_view> cves;
    if (rule == "lambda-bytecode" && source_ != ConfigSource::hdf5) cves = "CVE-2024-3660";
    report_.add(rule, place, what, cves);
  }

  void walk_item(const Json& item, const std::string& layer, const std::string& key) {
    if (item.is_string())
      string(item.get_ref<const std::string&>(), layer, key, true);
    else
      walk(item, layer, key);
  }

  void object(const Json& json, const std::string& outer, const std::string& key) {
    const std::string class_name = text_at(json, "class_name");
    std::string layer = outer;
    const auto config = json.find("config");
    if (!class_name.empty() && config != json.end() && config->is_object()) {
      const std::string name = text_at(*config, "name");
      if (!name.empty()) layer += (outer.empty() ? "" : "/") + name;
      if (leads_out(name)) add("layer-name", layer, "a layer is called " + in_quotes(name));
    }
    bool code = false;  // told already, so that its text is not told again
    if (!class_name.empty())
      code = keras_object(json, class_name, layer, key);
    else if (const std::string module = text_at(json, "module"); reaches_system(module))
      add("foreign-module", layer, fmt::format("module {}{}", in_quotes(module), under(key)));
    if (const auto safe = json.find("safe_mode");
        safe != json.end() && safe->is_boolean() && !safe->get<bool>())
      add("disables-safe-mode", layer, "safe_mode is false" + under(key));
    for (const auto& [name, value] : json.items()) {
      if (name == "name" || name == "class_name" || name == "registered_name" ||
          (name == "module" && value.is_string()))
        continue;
      // Its text is the function's name, which was looked at with the object.
      if (name == "config" && value.is_string() && class_name == "function") continue;
      if (code && name == "config") continue;
      // Losses and metrics by output.
      walk(value, layer, class_name.empty() && (key == "loss" || key.ends_with("metrics")) ? key : name);
    }
  }

  static std::string under(const std::string& key) {
    return key.empty() || key == "layers" || key == "config" ? "" : " (" + shortened(one_line(key), 40) + ")";
  }

  /// An object that Keras makes; true where its function is code that was reported.
  bool keras_object(const Json& json, const std::string& class_name, const std::string& layer,
                    const std::string& key) {
    if (class_name == "__lambda__") {
      bytecode(json, layer, key);
      return true;
    }
    const std::string module = text_at(json, "module");
    const std::string registered = text_at(json, "registered_name");
    if (class_name == "__typespec__") {
      if (!module.starts_with("tensorflow") && !keras_part(module))
        add("foreign-module", layer, fmt::format("a type of module {}{}", in_quotes(module), under(key)));
      return false;
    }
    if (class_name.starts_with("__") && class_name.ends_with("__")) return false;
    if (class_name == "function")
      function(text_at(json, "config"), module, registered, layer, key);
    else
      kind(class_name, module, registered, layer, key);
    special(json, class_name, layer);
    return false;
  }

  void function(const std::string& name, const std::string& module, const std::string& registered,
                const std::string& layer, const std::string& key) {
    const std::string full = module.empty() ? name : module + '.' + name;
    if (gadget(name, full, layer, key)) return;
    if (module == "builtins" && (is_python_builtin(name) || reaches_system(name)))
      return add("foreign-module", layer, fmt::format("function {}{}", in_quotes(full), under(key)));
    if (module.empty() || module == "builtins" || module == "__main__") {
      if (reaches_system(name) && name.find('.') != std::string::npos)
        return add("foreign-module", layer, fmt::format("function {}{}", in_quotes(name), under(key)));
      if (!is_keras_function(name) || registered.find('>') != std::string::npos)
        add("custom-object", layer, fmt::format("function {}{}", in_quotes(name), under(key)));
      return;
    }
    const auto part = keras_part(module);
    if (!part) return add("foreign-module", layer, fmt::format("function {}{}", in_quotes(full), under(key)));
    const bool plain = is_one_of(*part, modelling) &&
                       (*part != "applications" || name == "preprocess_input") && *part != "tree" &&
                       name.find('.') == std::string::npos && !is_one_of(name, python_modules);
    if (!plain) add("unsafe-function", layer, fmt::format("function {}{}", in_quotes(full), under(key)));
  }

  void kind(const std::string& class_name, const std::string& module, const std::string& registered,
            const std::string& layer, const std::string& key) {
    const std::string full = module.empty() ? class_name : module + '.' + class_name;
    if (class_name == "Custom>CustomScaleLayer") return;  // tf_keras's own, in InceptionResNetV2
    if (gadget(class_name, full, layer, key)) return;
    if (module.empty() || module == "__main__" || (module == "builtins" && !is_python_builtin(class_name))) {
      if (class_name.find('.') != std::string::npos && reaches_system(class_name))
        return add("foreign-module", layer, fmt::format("class {}{}", in_quotes(class_name), under(key)));
      if (registered.find('>') != std::string::npos ||
          (!is_keras_class(class_name) && !is_keras_function(class_name)))
        add("custom-object", layer,
            fmt::format("class {}{}", in_quotes(registered.empty() ? full : registered), under(key)));
      return;
    }
    const auto part = keras_part(module);
    if (!part) return add("foreign-module", layer, fmt::format("class {}{}", in_quotes(full), under(key)));
    // TorchModuleWrapper, JaxLayer and TFSMLayer stand in utils and export.
    const bool plain = is_one_of(*part, modelling) || is_keras_class(class_name);
    if (!plain)
      add("unsafe-function", layer, fmt::format("class {}{}", in_quotes(full), under(key)));
    else if (registered.find('>') != std::string::npos)
      add("custom-object", layer, fmt::format("class {}{}", in_quotes(registered), under(key)));
  }

  /// Names that mean the same in whichever module they are looked up.
  bool gadget(const std::string& name, const std::string& full, const std::string& layer,
              const std::string& key) {
    const std::string last = name.substr(name.rfind('.') + 1);
    if (last == "enable_unsafe_deserialization" || last == "set_global_attribute") {
      add("disables-safe-mode", layer, fmt::format("calls {}{}", in_quotes(full), under(key)));
      return true;
    }
    if (!is_one_of(last, unsafe_functions)) return false;
    add("unsafe-function", layer, fmt::format("names {}{}", in_quotes(full), under(key)));
    return true;
  }

  /// Layers that run what their configuration holds or names.
  void special(const Json& json, const std::string& class_name, const std::string& layer) {
    const std::string bare = class_name.substr(class_name.rfind('>') + 1);
    const auto at = json.find("config");
    const Json none = Json::object();
    const Json& config = at != json.end() && at->is_object() ? *at : none;
    if (bare == "Lambda") return lambda(config, layer);
    if (bare == "TorchModuleWrapper")
      add("torch-module", layer,
          fmt::format("TorchModuleWrapper with {} bytes of module", text_at(config, "module").size()));
    if (bare == "TFSMLayer" || bare == "SavedModelLayer")
      add("saved-model", layer, "runs the SavedModel " + in_quotes(text_at(config, "filepath")));
    if (bare == "TFOpLambda" || bare == "SlicingOpLambda") {
      const std::string function = text_at(config, "function");
      if (is_system_operation(function))
        add("system-operation", layer, "calls " + in_quotes("tf." + function));
    }
    if (bare == "TensorFlowOpLayer") {
      const auto node = config.find("node_def");
      const std::string kernel =
          node == config.end() ? ""
                               : system_kernel(node->dump(-1, ' ', false, Json::error_handler_t::replace));
      if (!kernel.empty()) add("system-operation", layer, "runs the kernel " + in_quotes(kernel));
    }
  }

  /// One finding for each function that a Lambda layer holds: what it computes, the shape and the mask.
  void lambda(const Json& config, const std::string& layer) {
    for (const char* key : {"function", "output_shape", "mask"}) {
      const auto at = config.find(key);
      if (at == config.end() || at->is_null()) continue;
      const bool called = std::string_view(key) == "function";
      const std::string type = text_at(config, (std::string(key) + "_type").c_str());
      if (at->is_object() && text_at(*at, "class_name") == "__lambda__") {
        continue;  // reported where the walk comes to it
      }
      if (at->is_array() && !at->empty() && at->front().is_string() && (called || type == "lambda")) {
        code_text(at->front().get<std::string>(), layer, key);
      } else if (type == "lambda") {
        code_text(at->is_string() ? at->get<std::string>() : "", layer, key);
      } else if (called) {
        std::string function = at->is_object()   ? text_at(*at, "module") + '.' + text_at(*at, "config")
                               : at->is_string() ? at->get<std::string>()
                                                 : "?";
        const std::string module = text_at(config, "module");
        if (at->is_string() && !module.empty()) function = module + '.' + function;
        add("lambda", layer, fmt::format("calls {}", in_quotes(function)) + unheeded());
        if (at->is_string()) named_function(at->get<std::string>(), module, layer);
      }
    }
  }

  void named_function(const std::string& name, const std::string& module, const std::string& layer) {
    if (gadget(name, module.empty() ? name : module + '.' + name, layer, "function")) return;
    if (reaches_system(name) || is_python_builtin(name))
      add("foreign-module", layer, fmt::format("function {}", in_quotes(name)));
  }

  std::string unheeded() const {
    return source_ == ConfigSource::hdf5 ? "; for .h5 files safe_mode was ignored until Keras 3.11.3" : "";
  }

  /// {"class_name": "__lambda__", "config": {"code": ...}}; "value" in a slip of Keras's own.
  void bytecode(const Json& json, const std::string& layer, const std::string& key) {
    const auto at = json.find("config");
    std::string code;
    if (at != json.end() && at->is_object())
      for (const char* name : {"code", "value"})
        if (code.empty()) code = text_at(*at, name);
    if (at != json.end() && at->is_array() && !at->empty() && at->front().is_string()) code = at->front();
    code_text(code, layer, key);
  }

  void code_text(const std::string& text, const std::string& layer, const std::string& key) {
    HiddenBytes hidden = hidden_bytes(text);
    if (hidden.bytes.empty()) hidden.bytes = from_base64(text, 1 << 20).value_or(text);
    const std::string names = dangerous_names(hidden.bytes);
    add("lambda-bytecode", layer,
        fmt::format("{} bytes of Python bytecode{}{}{}", hidden.bytes.size(),
                    under(key == "function" ? "" : key), names.empty() ? "" : " that mention " + names,
                    unheeded()));
    reported_.insert(text);
  }

  void string(const std::string& text, const std::string& layer, const std::string& key, bool in_list) {
    if (text.empty() || reported_.contains(text)) return;
    if (const HiddenBytes hidden = hidden_bytes(text); hidden.code) {
      return code_text(text, layer, key);
    } else if (hidden.pickle) {
      const std::string names = dangerous_names(hidden.bytes);
      return add("pickle", layer,
                 fmt::format("a pickle of {} bytes{}{}", hidden.bytes.size(), under(key),
                             names.empty() ? "" : " that mentions " + names));
    }
    if (text.find("enable_unsafe_deserialization") != std::string::npos)
      return add("disables-safe-mode", layer, "names " + in_quotes(text) + under(key));
    constexpr auto files =
        std::to_array<std::string_view>({"vocabulary", "vocab_file", "vocabulary_file", "merges"});
    if (is_one_of(key, files) && !in_list)
      return add("vocabulary-file", layer, "reads " + in_quotes(text) + under(key));
    if (!in_list && key != "name" && is_file_reference(text))
      return add("file-reference", layer, "names " + in_quotes(text) + under(key));
    if (text.find('.') != std::string::npos && reaches_system(text) && is_dotted(text))
      return add("foreign-module", layer, fmt::format("names {}{}", in_quotes(text), under(key)));
    if (names_function(key)) option(text, layer, key);
  }

  /// An activation, a loss or the like, by name.
  void option(const std::string& text, const std::string& layer, const std::string& key) {
    if (gadget(text, text, layer, key)) return;
    const std::string bare = text.substr(text.rfind('>') + 1);
    if (bare != text || (!is_keras_function(text) && !is_keras_class(text)))
      add("custom-object", layer, fmt::format("function {}{}", in_quotes(text), under(key)));
  }

  static bool is_dotted(std::string_view text) {
    return text.size() < 200 && std::ranges::all_of(text, [](char c) {
             return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '.';
           });
  }

  static bool is_python_builtin(std::string_view name) {
    constexpr auto builtins = std::to_array<std::string_view>(
        {"eval",    "exec",       "compile", "open",   "__import__", "getattr",    "setattr",
         "delattr", "globals",    "locals",  "vars",   "input",      "breakpoint", "exit",
         "quit",    "memoryview", "type",    "object", "print",      "help",       "classmethod"});
    return is_one_of(name, builtins);
  }

  /// Modules that modules of Keras import, and which a lookup by name finds in them.
  static constexpr auto python_modules =
      std::to_array<std::string_view>({"os", "sys", "subprocess", "shutil", "pickle", "marshal", "importlib",
                                       "tempfile", "pathlib", "zipfile"});

  std::string place_;
  ConfigSource source_;
  AuditReport& report_;
  std::set<std::string> reported_;  ///< texts of code
};

}  // namespace

void audit_text(const std::string& text, const std::string& place, AuditReport& report) {
  const HiddenBytes hidden = hidden_bytes(text);
  const std::string names = dangerous_names(hidden.bytes);
  if (hidden.code || hidden.pickle)
    report.add(hidden.code ? "lambda-bytecode" : "pickle", place,
               fmt::format("{} of {} bytes{}{}", hidden.code ? "Python bytecode" : "a pickle",
                           hidden.bytes.size(), names.empty() ? "" : " that mentions ", names));
}

bool is_config(std::string_view text) {
  return parse_python_json(text).has_value();
}

void audit_config(std::string_view text, const std::string& place, ConfigSource source, AuditReport& report) {
  auto json = parse_python_json(text);
  if (json && json->is_string()) json = parse_python_json(json->get<std::string>());
  if (!json) return report.add("damaged", place, "the configuration is not JSON");
  ConfigAudit(place, source, report).walk(*json, "", "");
}

}  // namespace nv
