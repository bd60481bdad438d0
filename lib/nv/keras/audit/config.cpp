// Audits configurations: objects at any depth and under any option, since Keras deserializes all of them.
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

/// Whether a text under that key is the name of a function or class of Keras.
bool names_function(std::string_view key) {
  constexpr auto keys =
      std::to_array<std::string_view>({"activation", "loss", "metrics", "weighted_metrics", "optimizer",
                                       "initializer", "fn", "activity_regularizer"});
  return is_one_of(key, keys) || key.ends_with("_activation") || key.ends_with("_initializer") ||
         key.ends_with("_regularizer") || key.ends_with("_constraint");
}

class ConfigAudit {
 public:
  ConfigAudit(std::string place, ConfigSource source, AuditReport& report)
      : place_(std::move(place)), source_(source), report_(report) {}

  /// `layer`: names of the enclosing objects, joined by '/'. `key`: key of the value.
  void walk(const Json& value, const std::string& layer, const std::string& key) {
    if (report_.full()) return;
    check_interrupt();
    if (value.is_object())
      check_object(value, layer, key);
    else if (value.is_array())
      for (const Json& item : value) walk_item(item, layer, key);
    else if (value.is_string())
      check_text(value.get_ref<const std::string&>(), layer, key, false);
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
      check_text(item.get_ref<const std::string&>(), layer, key, true);
    else
      walk(item, layer, key);
  }

  void check_object(const Json& json, const std::string& outer, const std::string& key) {
    const std::string class_name = text_at(json, "class_name");
    std::string layer = outer;
    const auto config = json.find("config");
    if (!class_name.empty() && config != json.end() && config->is_object()) {
      const std::string name = text_at(*config, "name");
      if (!name.empty()) layer += (outer.empty() ? "" : "/") + name;
      if (leads_out(name)) add("layer-name", layer, "a layer is called " + in_quotes(name));
    }
    bool code = false;  // already reported: its text is not reported again
    if (!class_name.empty())
      code = check_keras_object(json, class_name, layer, key);
    else if (const std::string module = text_at(json, "module"); reaches_system(module))
      add("foreign-module", layer, fmt::format("module {}{}", in_quotes(module), under(key)));
    if (const auto safe = json.find("safe_mode");
        safe != json.end() && safe->is_boolean() && !safe->get<bool>())
      add("disables-safe-mode", layer, "safe_mode is false" + under(key));
    for (const auto& [name, value] : json.items()) {
      if (name == "name" || name == "class_name" || name == "registered_name" ||
          (name == "module" && value.is_string()))
        continue;
      // The function's name, which was audited with the object.
      if (name == "config" && value.is_string() && class_name == "function") continue;
      if (code && name == "config") continue;
      // In a dictionary of losses or metrics by output, values are what `key` says.
      walk(value, layer, class_name.empty() && (key == "loss" || key.ends_with("metrics")) ? key : name);
    }
  }

  static std::string under(const std::string& key) {
    return key.empty() || key == "layers" || key == "config" ? "" : " (" + shortened(one_line(key), 40) + ")";
  }

  /// An object that Keras deserializes. Returns true if it is bytecode, which was reported.
  bool check_keras_object(const Json& json, const std::string& class_name, const std::string& layer,
                          const std::string& key) {
    if (class_name == "__lambda__") {
      check_bytecode(json, layer, key);
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
      check_function(text_at(json, "config"), module, registered, layer, key);
    else
      check_class(class_name, module, registered, layer, key);
    check_special_layer(json, class_name, layer);
    return false;
  }

  void check_function(const std::string& name, const std::string& module, const std::string& registered,
                      const std::string& layer, const std::string& key) {
    const std::string full = module.empty() ? name : module + '.' + name;
    if (unsafe_name(name, full, layer, key)) return;
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
    const bool plain = is_modelling_part(*part) && (*part != "applications" || name == "preprocess_input") &&
                       *part != "tree" && name.find('.') == std::string::npos &&
                       !is_one_of(name, python_modules);
    if (!plain) add("unsafe-function", layer, fmt::format("function {}{}", in_quotes(full), under(key)));
  }

  void check_class(const std::string& class_name, const std::string& module, const std::string& registered,
                   const std::string& layer, const std::string& key) {
    const std::string full = module.empty() ? class_name : module + '.' + class_name;
    if (class_name == "Custom>CustomScaleLayer") return;  // tf_keras's own, in InceptionResNetV2
    if (unsafe_name(class_name, full, layer, key)) return;
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
    // TorchModuleWrapper, JaxLayer and TFSMLayer are in utils and export.
    const bool plain = is_modelling_part(*part) || is_keras_class(class_name);
    if (!plain)
      add("unsafe-function", layer, fmt::format("class {}{}", in_quotes(full), under(key)));
    else if (registered.find('>') != std::string::npos)
      add("custom-object", layer, fmt::format("class {}{}", in_quotes(registered), under(key)));
  }

  /// Reports functions that are unsafe in any module.
  bool unsafe_name(const std::string& name, const std::string& full, const std::string& layer,
                   const std::string& key) {
    const std::string last = name.substr(name.rfind('.') + 1);
    if (last == "enable_unsafe_deserialization" || last == "set_global_attribute") {
      add("disables-safe-mode", layer, fmt::format("calls {}{}", in_quotes(full), under(key)));
      return true;
    }
    if (!is_unsafe_function(last)) return false;
    add("unsafe-function", layer, fmt::format("names {}{}", in_quotes(full), under(key)));
    return true;
  }

  /// Layers that run code or files from their configuration.
  void check_special_layer(const Json& json, const std::string& class_name, const std::string& layer) {
    const std::string bare = class_name.substr(class_name.rfind('>') + 1);
    const auto at = json.find("config");
    const Json none = Json::object();
    const Json& config = at != json.end() && at->is_object() ? *at : none;
    if (bare == "Lambda") return check_lambda(config, layer);
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

  /// One finding per function of a Lambda layer: the computation, the shape and the mask.
  void check_lambda(const Json& config, const std::string& layer) {
    for (const char* key : {"function", "output_shape", "mask"}) {
      const auto at = config.find(key);
      if (at == config.end() || at->is_null()) continue;
      const bool called = std::string_view(key) == "function";
      const std::string type = text_at(config, (std::string(key) + "_type").c_str());
      if (at->is_object() && text_at(*at, "class_name") == "__lambda__") {
        continue;  // reported when the walk reaches it
      }
      if (at->is_array() && !at->empty() && at->front().is_string() && (called || type == "lambda")) {
        report_code(at->front().get<std::string>(), layer, key);
      } else if (type == "lambda") {
        report_code(at->is_string() ? at->get<std::string>() : "", layer, key);
      } else if (called) {
        std::string function = at->is_object()   ? text_at(*at, "module") + '.' + text_at(*at, "config")
                               : at->is_string() ? at->get<std::string>()
                                                 : "?";
        const std::string module = text_at(config, "module");
        if (at->is_string() && !module.empty()) function = module + '.' + function;
        add("lambda", layer, fmt::format("calls {}", in_quotes(function)) + ignored_note());
        if (at->is_string()) check_named_function(at->get<std::string>(), module, layer);
      }
    }
  }

  void check_named_function(const std::string& name, const std::string& module, const std::string& layer) {
    if (unsafe_name(name, module.empty() ? name : module + '.' + name, layer, "function")) return;
    if (reaches_system(name) || is_python_builtin(name))
      add("foreign-module", layer, fmt::format("function {}", in_quotes(name)));
  }

  std::string ignored_note() const {
    return source_ == ConfigSource::hdf5 ? "; for .h5 files safe_mode was ignored until Keras 3.11.3" : "";
  }

  /// {"class_name": "__lambda__", "config": {"code": ...}}; some versions of Keras wrote "value" for "code".
  void check_bytecode(const Json& json, const std::string& layer, const std::string& key) {
    const auto at = json.find("config");
    std::string code;
    if (at != json.end() && at->is_object())
      for (const char* name : {"code", "value"})
        if (code.empty()) code = text_at(*at, name);
    if (at != json.end() && at->is_array() && !at->empty() && at->front().is_string()) code = at->front();
    report_code(code, layer, key);
  }

  void report_code(const std::string& text, const std::string& layer, const std::string& key) {
    HiddenBytes hidden = hidden_bytes(text);
    if (hidden.bytes.empty()) hidden.bytes = from_base64(text, 1 << 20).value_or(text);
    const std::string names = dangerous_names(hidden.bytes);
    add("lambda-bytecode", layer,
        fmt::format("{} bytes of Python bytecode{}{}{}", hidden.bytes.size(),
                    under(key == "function" ? "" : key), names.empty() ? "" : " that mention " + names,
                    ignored_note()));
    reported_.insert(text);
  }

  void check_text(const std::string& text, const std::string& layer, const std::string& key, bool in_list) {
    if (text.empty() || reported_.contains(text)) return;
    if (const HiddenBytes hidden = hidden_bytes(text); hidden.code) {
      return report_code(text, layer, key);
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
    if (names_function(key)) check_option(text, layer, key);
  }

  /// An activation, a loss or the like, by name.
  void check_option(const std::string& text, const std::string& layer, const std::string& key) {
    if (unsafe_name(text, text, layer, key)) return;
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

  /// Modules that Keras's modules import, so that a lookup by name finds them there.
  static constexpr auto python_modules =
      std::to_array<std::string_view>({"os", "sys", "subprocess", "shutil", "pickle", "marshal", "importlib",
                                       "tempfile", "pathlib", "zipfile"});

  std::string place_;
  ConfigSource source_;
  AuditReport& report_;
  std::set<std::string> reported_;  ///< texts of bytecode
};

}  // namespace

bool audit_config(std::string_view text, const std::string& place, ConfigSource source, AuditReport& report) {
  auto json = parse_python_json(text);
  if (json && json->is_string()) json = parse_python_json(json->get<std::string>());
  if (!json) return false;
  ConfigAudit(place, source, report).walk(*json, "", "");
  return true;
}

void audit_required_config(std::string_view text, const std::string& place, ConfigSource source,
                           AuditReport& report) {
  if (!audit_config(text, place, source, report))
    report.add("damaged", place, "the configuration is not JSON");
}

}  // namespace nv
