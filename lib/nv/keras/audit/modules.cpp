// Names of modules, functions and operations by what they do: parts of models, or act on the machine.
#include "nv/keras/audit/parts.h"

namespace nv {

namespace {

constexpr auto modelling_parts = std::to_array<std::string_view>({"",
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

/// Beginnings of names of TensorFlow operations without "tf.".
constexpr auto system_operations = std::to_array<std::string_view>({"io.read_file",
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

}  // namespace

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

bool is_modelling_part(std::string_view part) {
  return is_one_of(part, modelling_parts);
}

bool is_unsafe_function(std::string_view name) {
  return is_one_of(name, unsafe_functions);
}

bool is_system_operation(std::string_view function) {
  if (function.starts_with("tf.")) function.remove_prefix(3);
  if (function.starts_with("tensorflow.")) function.remove_prefix(11);
  if (function.starts_with("keras.backend") || function.starts_with("keras.activations")) return false;
  if (reaches_system(function) && !function.starts_with("io.")) return true;
  return std::ranges::any_of(system_operations, [&](std::string_view b) { return function.starts_with(b); });
}

std::string system_kernel(std::string_view node) {
  constexpr auto kernels = std::to_array<std::string_view>(
      {"ReadFile", "WriteFile", "MatchingFiles", "EagerPyFunc", "PyFunc", "PyFuncStateless", "SaveV2",
       "RestoreV2", "MergeV2Checkpoints", "PrintV2", "TextLineDataset"});
  for (const std::string_view kernel : kernels)
    if (node.find(kernel) != std::string_view::npos) return std::string(kernel);
  return {};
}

}  // namespace nv
