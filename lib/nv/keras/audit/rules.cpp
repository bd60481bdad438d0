#include <algorithm>
#include <array>

#include "nv/core/error.h"
#include "nv/keras/audit.h"

namespace nv {

namespace {

using enum AuditSeverity;

constexpr std::array rules{
    // Code
    AuditRule{
        "lambda-bytecode", high, "A Python function is stored as bytecode", "CVE-2024-3660 CVE-2025-9905",
        "Keras runs it when the layer is made or called. safe_mode refuses it in .keras files since Keras "
        "2.13; "
        "for .h5 files it was ignored until Keras 3.11.3. Do not load the file unless you trust its author."},
    AuditRule{"lambda", medium, "A Lambda layer calls a function that it names", "",
              "The function is looked up by name when the model is loaded and called with arguments from the "
              "file. See "
              "which function it is."},
    AuditRule{"foreign-module", high, "An object comes from a Python module that is not Keras",
              "CVE-2025-1550",
              "Keras before 3.9 imports the module and calls what is named, also with safe_mode=True. Use "
              "Keras 3.9 or "
              "later, and load it only where you know the module."},
    AuditRule{
        "unsafe-function", high, "A function of Keras is named that is not for models", "CVE-2025-8747",
        "Functions such as keras.utils.get_file or keras.models.load_model fetch and run other files. Keras "
        "before 3.11 calls them while it loads the model, also with safe_mode=True."},
    AuditRule{"disables-safe-mode", high, "The configuration turns safe_mode off", "CVE-2025-9906",
              "Names enable_unsafe_deserialization, or passes safe_mode: false: a Lambda further on is then "
              "run by Keras "
              "before 3.11, although the caller asked for safe_mode=True."},
    AuditRule{"custom-object", medium, "A class or function is needed that Keras does not have", "",
              "Whoever loads the model must pass it in custom_objects or have it registered: code that does "
              "not come "
              "with Keras. Keras before 3.9 also imports it by its module (CVE-2025-1550)."},
    AuditRule{"torch-module", high, "A PyTorch module is stored pickled", "CVE-2025-49655",
              "TorchModuleWrapper hands the bytes to torch.load, which runs code. Keras 3.11.0 to 3.11.2 did "
              "so also "
              "with safe_mode=True."},
    AuditRule{"saved-model", high, "A layer runs a SavedModel from outside the file", "CVE-2026-1462",
              "TFSMLayer loads the folder it names, whose graph can read and write files. Keras before "
              "3.13.2 did so "
              "also with safe_mode=True."},
    AuditRule{"system-operation", high, "An operation reaches files, Python or native code", "",
              "TensorFlow operations such as tf.io.write_file or tf.py_function act on the machine when the "
              "model is "
              "built or run."},
    AuditRule{"pickle", high, "Pickled Python objects", "",
              "Unpickling runs code that the file chooses. Keras needs none of it; do not open it with "
              "pickle, joblib, "
              "torch or np.load(allow_pickle=True)."},
    AuditRule{"executable", high, "A program or script", "",
              "No model needs one. Do not run it, and ask where the file comes from."},
    // Other files
    AuditRule{
        "external-link", high, "An HDF5 link into another file", "CVE-2026-1669",
        "HDF5 follows it when the weights are read: other files of the machine become weights. Keras refuses "
        "it since 3.13.2; h5py and older versions follow it."},
    AuditRule{"external-storage", high, "A dataset whose bytes are in another file", "CVE-2026-1669",
              "Reading the weights reads that file, whatever it holds. Keras refuses it since 3.13.2."},
    AuditRule{"virtual-dataset", high, "A dataset mapped from other files", "CVE-2026-1669",
              "Reading the weights opens the files that it names. Keras refuses it since 3.13.2."},
    AuditRule{"user-link", high, "A link of a kind that HDF5 does not know", "CVE-2026-1669",
              "Programs can register code for such links. No model has one."},
    AuditRule{"soft-link", low, "A symbolic link inside the HDF5 file", "CVE-2026-1669",
              "It stays within the file, but Keras writes none and refuses them: see where it leads."},
    AuditRule{"vocabulary-file", high, "A vocabulary is read from a file or address", "CVE-2025-12058",
              "StringLookup and its like open the path while the model is loaded, local or remote, and keep "
              "its lines "
              "in the model. Keras before 3.12 did so also with safe_mode=True."},
    AuditRule{"file-reference", medium, "The configuration names a file or an address", "",
              "What the layer does with it depends on its class; a model needs no other files."},
    AuditRule{"plugin-filter", medium, "Data packed with a filter that HDF5 loads as a plug-in", "",
              "Reading it makes HDF5 search HDF5_PLUGIN_PATH for a library and load it. Keras's files are "
              "not packed."},
    // Names
    AuditRule{
        "layer-name", high, "A layer's name leads out of a folder", "CVE-2026-12479",
        "Keras makes folders of layers' names when it saves or loads what belongs to them; \"..\" writes "
        "elsewhere. Rename the layer."},
    AuditRule{"entry-path", high, "An archive entry leads out of its folder", "",
              "Names that are absolute or hold \"..\", and symbolic links, write outside the folder that the "
              "archive "
              "is unpacked in."},
    // Archives
    AuditRule{
        "unexpected-entry", low, "The archive holds what Keras does not write", "",
        "A .keras file holds config.json, metadata.json, weights and text files in assets/. Keras unpacks "
        "everything where there are more than three entries."},
    AuditRule{"duplicate-entry", high, "Two entries of one name", "",
              "Programs differ in which one they read, so what was checked need not be what is loaded."},
    AuditRule{"header-mismatch", high, "An entry's two headers contradict each other", "",
              "The local header and the central directory differ in name, method or size, so programs differ "
              "in what "
              "they read."},
    AuditRule{"encrypted-entry", medium, "An encrypted entry", "",
              "Nothing can be said of what it holds, and Keras cannot read it."},
    AuditRule{"hidden-data", low, "Bytes that belong to no part of the file", "",
              "Before, between or after what the format describes. The file may be of two kinds at once."},
    // Sizes
    AuditRule{"archive-bomb", medium, "An entry unpacks to far more than it takes", "",
              "More than 100 times its size, or entries that share bytes: unpacking fills the memory or the "
              "disk. Keras "
              "stores entries unpacked."},
    AuditRule{"size-claim", medium, "A dataset claims more than is stored", "CVE-2026-0897",
              "Reading it asks for memory by the claim. Keras refuses it since 3.12.1 and 3.13.1 where it is "
              "above 4 GiB."},
    AuditRule{
        "damaged", medium, "A part cannot be read", "",
        "Its checksum, size or form is wrong: the file is damaged, or made so that programs read different "
        "things."},
    AuditRule{"reference-type", low, "Data of a type that weights do not have", "",
              "Opaque data, references to objects and the like: no version of Keras writes them."},
};

}  // namespace

std::string_view name(AuditSeverity severity) {
  constexpr std::array<std::string_view, 3> names{"low", "medium", "high"};
  return names.at(static_cast<std::size_t>(severity));
}

std::span<const AuditRule> audit_rules() {
  return rules;
}

const AuditRule& audit_rule(std::string_view id) {
  const auto* at = std::ranges::find(rules, id, &AuditRule::id);
  if (at == rules.end()) throw std::logic_error("no audit rule " + std::string(id));
  return *at;
}

}  // namespace nv
