// Findings of an audit in a file of each kind, and none in files as Keras writes them.
#include "nv/keras/audit.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "keras/archive/zip_support.h"
#include "keras/support.h"

namespace nv::test {

namespace {

namespace fs = std::filesystem;

/// Base64 of a code object as Python 3 marshals it, which mentions os and system.
const std::string bytecode =
    "4wEAAAAAAAAAAAAAAAEAAAADAAAAQwAAAHMOAAAAdABqAWQBgwEBAHwAUwApAk5aAmlk"
    "KQJaAm9zWgZzeXN0ZW0pAdoBeKkAcgQAAAA=";

/// {"class_name": "Sequential", ...} with one layer after the input.
std::string model_of(const std::string& layer) {
  return R"({"class_name": "Sequential", "config": {"name": "s", "layers": [{"class_name": "InputLayer", "module": )"
         R"("keras.layers", "registered_name": null, "config": {"name": "x", "batch_shape": [null, 4]}}, )" +
         layer + "]}}";
}

std::string layer_of(const std::string& class_name, const std::string& options,
                     const std::string& more = "") {
  return R"({"class_name": ")" + class_name + R"(", "config": {"name": "l")" + (options.empty() ? "" : ", ") +
         options + "}" + (more.empty() ? "" : ", ") + more + "}";
}

/// "rule at place", sorted.
std::string found(const std::string& file) {
  std::vector<std::string> list;
  for (const AuditFinding& f : audit_model(file, Isolation::child_process))
    list.push_back(std::string(f.rule->id) + " at " + f.place);
  std::ranges::sort(list);
  return fmt::format("{}", fmt::join(list, ", "));
}

std::string found_in_config(const std::string& json) {
  const Folder folder;
  return found(folder.write("m.json", bytes_of(json)));
}

std::string found_in_layer(const std::string& layer) {
  return found_in_config(model_of(layer));
}

/// Text of the only finding.
std::string what_of(const std::string& file) {
  const std::vector<AuditFinding> findings = audit_model(file, Isolation::child_process);
  REQUIRE(findings.size() == 1);
  return findings[0].what;
}

const std::string plain_config = model_of(layer_of("Dense", R"("units": 2, "activation": "relu")"));

Bytes weights_image(const Folder& folder) {
  {
    const Hdf5Maker h5(folder.path("w.h5"));
    h5.dataset("layers/dense/vars/0", {4, 2}, std::vector<double>(8, 1));
  }
  return read_file(folder.path("w.h5"));
}

std::vector<ZipEntry> plain_entries(const Folder& folder) {
  return {{"metadata.json", bytes_of(R"({"keras_version": "3.15.1"})")},
          {"config.json", bytes_of(plain_config)},
          {"model.weights.h5", weights_image(folder)}};
}

std::string found_with(const ZipEntry& entry) {
  const Folder folder;
  std::vector<ZipEntry> entries = plain_entries(folder);
  entries.push_back(entry);
  return found(folder.write("m.keras", zip_of(entries)));
}

/// An .h5 of a plain model, with what `change` adds to it by its identifier.
template <typename Change>
std::string found_in_hdf5(const Change& change) {
  const Folder folder;
  const std::string file = folder.path("m.h5");
  {
    const Hdf5Maker h5(file);
    h5.text("/", "model_config", plain_config);
    h5.dataset("model_weights/l/l/kernel:0", {4, 2}, std::vector<double>(8, 1));
  }
  const hid_t id = H5Fopen(file.c_str(), H5F_ACC_RDWR, H5P_DEFAULT);
  change(id);
  H5Fclose(id);
  return found(file);
}

hid_t space_of(std::vector<hsize_t> shape) {
  return H5Screate_simple(static_cast<int>(shape.size()), shape.data(), nullptr);
}

}  // namespace

TEST_CASE("audit: nothing is found in files as Keras writes them") {
  const std::set<std::string> unusual{"bad_json.h5", "custom_layer.h5", "lambda.h5"};
  int count = 0;
  for (const char* root : {NV_FIXTURES, NV_EXAMPLES})
    for (const auto& entry : fs::recursive_directory_iterator(root)) {
      const std::string file = entry.path().string(), kind = entry.path().extension().string();
      if ((kind != ".h5" && kind != ".keras") || unusual.contains(entry.path().filename().string())) continue;
      CAPTURE(file);
      std::string findings;
      // Some are truncated, empty or pictures.
      if (!error_of([&] { findings = found(file); }).empty()) continue;
      CHECK(findings == "");
      ++count;
    }
  CHECK(count > 30);
}

TEST_CASE("audit: rules have ids, help and a place in the table") {
  std::set<std::string_view> ids;
  for (const AuditRule& rule : audit_rules()) {
    CHECK(ids.insert(rule.id).second);
    CHECK(rule.title.size() > 10);
    CHECK(rule.help.size() > 40);
    CHECK(&audit_rule(rule.id) == &rule);
  }
  for (const char* cve :
       {"CVE-2024-3660", "CVE-2025-1550", "CVE-2025-8747", "CVE-2025-9905", "CVE-2025-9906", "CVE-2025-12058",
        "CVE-2026-1669", "CVE-2026-0897", "CVE-2026-1462", "CVE-2025-49655"})
    CHECK(std::ranges::any_of(audit_rules(),
                              [&](const AuditRule& r) { return r.cves.find(cve) != r.cves.npos; }));
}

TEST_CASE("audit: Lambda in the format of each version of Keras") {
  const std::string keras2 =
      R"("function": [")" + bytecode + R"(\n", null, null], "function_type": "lambda", "module": "__main__")";
  CHECK(found_in_layer(layer_of("Lambda", keras2)) == "lambda-bytecode at s/l");
  const std::string keras3 = R"("function": {"class_name": "__lambda__", "config": {"code": "4wEAAAAA", )"
                             R"("defaults": null, "closure": null}})";
  CHECK(found_in_layer(layer_of("Lambda", keras3, R"("module": "keras.layers")")) ==
        "lambda-bytecode at s/l");
  CHECK(found_in_layer(layer_of("Lambda", R"("function": "my_function", "function_type": "function")")) ==
        "lambda at s/l");
  CHECK(found_in_layer(layer_of("Lambda",
                                R"("function": {"class_name": "function", "config": "relu", "module": )"
                                R"("keras.activations", "registered_name": "relu"})")) == "lambda at s/l");
  CHECK(found_in_layer(layer_of("Lambda", R"("function": "system", "module": "os")")) ==
        "foreign-module at s/l, lambda at s/l");
  // Bytecode in an option that is not for it.
  CHECK(found_in_layer(layer_of("Dense", R"("call_fn": ")" + bytecode + R"(")")) == "lambda-bytecode at s/l");
}

TEST_CASE("audit: the message lists names in bytecode, and that safe_mode is ignored for .h5") {
  const Folder folder;
  {
    const Hdf5Maker h5(folder.path("m.h5"));
    h5.text("/", "model_config",
            model_of(layer_of("Lambda", R"("function": [")" + bytecode + R"(", null, null])")));
  }
  const std::string what = what_of(folder.path("m.h5"));
  CHECK(what.find("mention os, system;") != std::string::npos);
  CHECK(what.find("safe_mode was ignored") != std::string::npos);
}

TEST_CASE("audit: objects of other modules, at any depth") {
  const auto dense = [](const std::string& options) { return found_in_layer(layer_of("Dense", options)); };
  CHECK(found_in_layer(layer_of("system", "", R"("module": "os", "registered_name": null)")) ==
        "foreign-module at s/l");
  CHECK(dense(R"("activation": {"class_name": "function", "config": "Popen", "module": "subprocess"})") ==
        "foreign-module at s/l");
  CHECK(dense(R"("kernel_initializer": {"class_name": "Evil", "module": "evil.pkg", "config": {}})") ==
        "foreign-module at s/l");
  CHECK(dense(R"("a": [{"b": {"c": {"class_name": "X", "module": "posix", "config": {}}}}])") ==
        "foreign-module at s/l");
  CHECK(dense(R"("activation": {"class_name": "function", "config": "eval", "module": "builtins"})") ==
        "foreign-module at s/l");
  CHECK(dense(R"("activation": "os.system")") == "foreign-module at s/l");
  CHECK(found_in_layer(layer_of("X", "", R"("module": "kerasx.layers")")) == "foreign-module at s/l");
}

TEST_CASE("audit: functions of Keras that are not for models") {
  const auto calls = [](const std::string& module, const std::string& name) {
    return found_in_layer(layer_of("Dense", R"("activation": {"class_name": "function", "config": ")" + name +
                                                R"(", "module": ")" + module + R"("})"));
  };
  CHECK(calls("keras.utils", "get_file") == "unsafe-function at s/l");
  CHECK(calls("keras.models", "load_model") == "unsafe-function at s/l");
  CHECK(calls("keras.src.saving.saving_lib", "anything") == "unsafe-function at s/l");
  CHECK(calls("keras.layers", "os") == "unsafe-function at s/l");
  CHECK(calls("keras.config", "enable_unsafe_deserialization") == "disables-safe-mode at s/l");
  CHECK(calls("keras.activations", "relu") == "");
  CHECK(calls("builtins", "relu") == "");
  CHECK(found_in_layer(layer_of("Dense", R"("arguments": {"safe_mode": false})")) ==
        "disables-safe-mode at s/l");
}

TEST_CASE("audit: custom objects") {
  CHECK(found_in_layer(layer_of("MyLayer", "")) == "custom-object at s/l");
  CHECK(found_in_layer(layer_of("Mine", "", R"("module": null, "registered_name": "pkg>Mine")")) ==
        "custom-object at s/l");
  CHECK(found_in_layer(layer_of("Dense", R"("activation": "my_activation")")) == "custom-object at s/l");
  CHECK(found_in_config(
            R"({"loss": "my_loss", "metrics": ["accuracy"], "optimizer_config": {"class_name": "SGD"}})") ==
        "custom-object at ");
  CHECK(found_in_config(R"({"loss": {"out": "my_loss"}, "metrics": ["acc", "mae"]})") == "custom-object at ");
  CHECK(found_in_config(R"({"loss": {"out": "mse"}, "metrics": ["acc", "mae"]})") == "");
}

TEST_CASE("audit: layers that run or read other files") {
  CHECK(found_in_layer(layer_of("TorchModuleWrapper", R"("module": "UEsDBAAA")")) == "torch-module at s/l");
  CHECK(found_in_layer(layer_of("TFSMLayer", R"("filepath": "x")")) == "saved-model at s/l");
  CHECK(found_in_layer(layer_of("TFOpLambda", R"("function": "io.write_file")")) ==
        "system-operation at s/l");
  CHECK(found_in_layer(layer_of("TFOpLambda", R"("function": "math.add")")) == "");
  CHECK(found_in_layer(layer_of("TensorFlowOpLayer", R"("node_def": "op: \"ReadFile\"")")) ==
        "system-operation at s/l");
  for (const char* kind : {"StringLookup", "IntegerLookup", "TextVectorization"})
    CHECK(found_in_layer(layer_of(kind, R"("vocabulary": "/etc/passwd")")) == "vocabulary-file at s/l");
  CHECK(found_in_layer(layer_of("StringLookup", R"("vocabulary": ["/a", "http://b"])")) == "");
  CHECK(found_in_layer(layer_of("Dense", R"("path": "https://example.org/x")")) == "file-reference at s/l");
  CHECK(found_in_layer(layer_of("Dense", R"("note": "gASVIgAAAAAAAACMBXBvc2l4lIwGc3lzdGVtlJOU")")) ==
        "pickle at s/l");
}

TEST_CASE("audit: names of layers that are paths") {
  CHECK(found_in_layer(R"({"class_name": "Dense", "config": {"name": "../../x"}})") ==
        "layer-name at s/../../x");
  CHECK(found_in_layer(R"({"class_name": "Dense", "config": {"name": "a/b..c"}})") == "");
}

TEST_CASE("audit: HDF5 links") {
  CHECK(found_in_hdf5([](hid_t) {}) == "");
  CHECK(found_in_hdf5([](hid_t f) {
          H5Lcreate_external("/etc/x.h5", "/k", f, "model_weights/l/e", H5P_DEFAULT, H5P_DEFAULT);
        }) == "external-link at model_weights/l/e");
  CHECK(found_in_hdf5([](hid_t f) {
          H5Lcreate_soft("/nowhere", f, "model_weights/s", H5P_DEFAULT, H5P_DEFAULT);
        }) == "soft-link at model_weights/s");
  CHECK(found_in_hdf5([](hid_t f) {
          constexpr H5L_type_t own = static_cast<H5L_type_t>(100);
          const H5L_traverse_func_t nowhere = [](const char*, hid_t, const void*, std::size_t, hid_t,
                                                 hid_t) -> hid_t { return -1; };
          const H5L_class_t kind{
              H5L_LINK_CLASS_T_VERS, own, "own", nullptr, nullptr, nullptr, nowhere, nullptr, nullptr};
          H5Lregister(&kind);
          H5Lcreate_ud(f, "u", own, "x", 1, H5P_DEFAULT, H5P_DEFAULT);
          H5Lunregister(own);
        }).find("user-link at u") != std::string::npos);
  // A group that is its own member is audited once.
  CHECK(found_in_hdf5(
            [](hid_t f) { H5Lcreate_hard(f, "/", f, "model_weights/up", H5P_DEFAULT, H5P_DEFAULT); }) == "");
}

TEST_CASE("audit: HDF5 data in other files") {
  CHECK(found_in_hdf5([](hid_t f) {
          const hid_t plan = H5Pcreate(H5P_DATASET_CREATE), space = space_of({4});
          H5Pset_external(plan, "/etc/hostname", 0, 16);
          H5Dclose(H5Dcreate2(f, "e", H5T_IEEE_F32LE, space, H5P_DEFAULT, plan, H5P_DEFAULT));
          H5Sclose(space);
          H5Pclose(plan);
        }) == "external-storage at e");
  CHECK(found_in_hdf5([](hid_t f) {
          const hid_t plan = H5Pcreate(H5P_DATASET_CREATE), space = space_of({4});
          H5Pset_virtual(plan, space, "other.h5", "/d", space);
          H5Dclose(H5Dcreate2(f, "v", H5T_IEEE_F32LE, space, H5P_DEFAULT, plan, H5P_DEFAULT));
          H5Sclose(space);
          H5Pclose(plan);
        }) == "virtual-dataset at v");
}

TEST_CASE("audit: HDF5 filters, sizes and types") {
  const auto chunked = [](hid_t f, std::vector<hsize_t> shape, std::vector<hsize_t> chunk, int filter) {
    const hid_t plan = H5Pcreate(H5P_DATASET_CREATE), space = space_of(std::move(shape));
    H5Pset_chunk(plan, static_cast<int>(chunk.size()), chunk.data());
    if (filter > 0) H5Pset_filter(plan, filter, H5Z_FLAG_OPTIONAL, 0, nullptr);
    H5Dclose(H5Dcreate2(f, "d", H5T_IEEE_F32LE, space, H5P_DEFAULT, plan, H5P_DEFAULT));
    H5Sclose(space);
    H5Pclose(plan);
  };
  CHECK(found_in_hdf5([&](hid_t f) { chunked(f, {4}, {4}, 32015); }) == "plugin-filter at d");
  CHECK(found_in_hdf5([&](hid_t f) { chunked(f, {1 << 20, 1 << 20}, {64, 64}, 0); }) == "size-claim at d");
  CHECK(found_in_hdf5([&](hid_t f) { chunked(f, {4}, {4}, 0); }) == "");
  CHECK(found_in_hdf5([](hid_t f) {
          const hid_t space = space_of({1 << 30});
          H5Dclose(H5Dcreate2(f, "d", H5T_IEEE_F32LE, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT));
          H5Sclose(space);
        }) == "size-claim at d");
  const auto bytes = [](hid_t f, hid_t type, const Bytes& values) {
    const hid_t space = space_of({values.size() / H5Tget_size(type)});
    const hid_t d = H5Dcreate2(f, "d", type, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    H5Dwrite(d, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data());
    H5Dclose(d);
    H5Sclose(space);
  };
  const Bytes pickle = from_hex("80049522000000000000008c05706f736978948c0673797374656d9493942e");
  CHECK(found_in_hdf5([&](hid_t f) { bytes(f, H5T_NATIVE_UINT8, pickle); }) == "pickle at d");
  CHECK(found_in_hdf5([&](hid_t f) {
          const hid_t type = H5Tcreate(H5T_OPAQUE, pickle.size());
          bytes(f, type, pickle);
          H5Tclose(type);
        }) == "pickle at d, reference-type at d");
}

TEST_CASE("audit: bytes before and after HDF5") {
  const Folder folder;
  const Bytes image = weights_image(folder);
  CHECK(found(folder.write("a.h5", image)) == "");
  CHECK(found(folder.write("a.h5", joined(image, bytes_of("PK and more")))) == "hidden-data at ");
  { const Hdf5Maker h5(folder.path("b.h5"), H5F_LIBVER_EARLIEST, 512); }
  Bytes block = read_file(folder.path("b.h5"));
  CHECK(found(folder.path("b.h5")) == "");
  std::ranges::copy(bytes_of("#!/bin/sh\n"), block.begin());
  CHECK(found(folder.write("b.h5", block)) == "executable at ");
}

TEST_CASE("audit: entries of archives") {
  CHECK(found_with({"assets/layers/lookup/vocabulary.txt", bytes_of("a\nb\n")}) == "");
  CHECK(found_with({"readme.md", bytes_of("x")}) == "unexpected-entry at readme.md");
  CHECK(found_with({"assets/run.py", bytes_of("x")}) ==
        "executable at assets/run.py, unexpected-entry at assets/run.py");
  CHECK(found_with({"../../.bashrc", bytes_of("x")}) ==
        "entry-path at ../../.bashrc, unexpected-entry at ../../.bashrc");
  CHECK(found_with({"assets/../../x.txt", bytes_of("x")}) == "entry-path at assets/../../x.txt");
  CHECK(found_with({"/etc/cron.d/x", bytes_of("x")}) ==
        "entry-path at /etc/cron.d/x, unexpected-entry at /etc/cron.d/x");
  CHECK(found_with({"config.json", bytes_of(plain_config)}) == "duplicate-entry at config.json");
  CHECK(found_with({"./Config.json", bytes_of("{}")}).find("duplicate-entry at ./Config.json") == 0);
  CHECK(found_with(
            {"assets/a.txt", from_hex("80049522000000000000008c05706f736978948c0673797374656d9493942e")}) ==
        "pickle at assets/a.txt");
  const std::string objects = std::string("\x93NUMPY\x01\x00", 8) + std::string("\x46\x00", 2) +
                              "{'descr': '|O', 'fortran_order': False, 'shape': (1,), }              \n";
  CHECK(found_with({"assets/a.npy", bytes_of(objects)}) == "pickle at assets/a.npy");
  CHECK(found_with({"assets/a.npz", zip_of({{"0.npy", bytes_of(objects)}})}) ==
        "pickle at assets/a.npz:0.npy");
}

TEST_CASE("audit: archives, compressed or not, in a folder, with sizes after the data") {
  const Folder folder;
  const std::vector<ZipEntry> entries = plain_entries(folder);
  for (const ZipForm& form : {ZipForm{}, ZipForm{true, false}, ZipForm{false, true}, ZipForm{true, true}})
    CHECK(found(folder.write("m.keras", zip_of(entries, form))) == "");
  std::vector<ZipEntry> within = entries;
  for (ZipEntry& e : within) e.name = "model/" + e.name;
  CHECK(found(folder.write("m.keras", zip_of(within))) == "");
}

TEST_CASE("audit: archives that contradict themselves") {
  const Folder folder;
  const Bytes whole = zip_of(plain_entries(folder));
  const auto changed = [&](std::string_view what, std::size_t offset, std::byte with, bool last = false) {
    Bytes bytes = whole;
    const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    bytes.at((last ? text.rfind(what) : text.find(what)) + offset) = with;
    return found(folder.write("m.keras", bytes));
  };
  CHECK(changed("config.json", 0, std::byte{'k'}) == "header-mismatch at config.json");         // local name
  CHECK(changed("PK\x03\x04", 22, std::byte{1}) == "header-mismatch at metadata.json");         // local size
  CHECK(changed("PK\x01\x02", 8, std::byte{1}).find("encrypted-entry at metadata.json") == 0);  // flags
  CHECK(changed("\"relu\"", 1, std::byte{'x'}) == "damaged at config.json");                    // checksum
  CHECK(changed("PK\x01\x02", 41, std::byte{0xa1}).find("entry-path at metadata.json") ==
        0);  // a symbolic link
  CHECK(found(folder.write("m.keras", joined(bytes_of("#!/bin/sh\n"), whole))) == "hidden-data at ");
  const Bytes both = joined(weights_image(folder), whole);  // HDF5 and an archive at once
  CHECK(found(folder.write("m.keras", both)) == "hidden-data at , hidden-data at ");
  CHECK(found(folder.write("m.keras", joined(whole, bytes_of("more")))) == "hidden-data at ");
  Bytes shifted = whole;  // the same data under two entries
  const std::string_view text(reinterpret_cast<const char*>(shifted.data()), shifted.size());
  const std::size_t second = text.find("PK\x01\x02", text.find("PK\x01\x02") + 1);
  std::fill_n(shifted.begin() + static_cast<std::ptrdiff_t>(second) + 42, 4, std::byte{0});
  CHECK(found(folder.write("m.keras", shifted)).find("archive-bomb at") != std::string::npos);
}

TEST_CASE("audit: weights and configuration in an archive") {
  const Folder folder;
  std::vector<ZipEntry> entries = plain_entries(folder);
  {
    const Hdf5Maker h5(folder.path("w.h5"));
    h5.group("layers");
  }
  const hid_t f = H5Fopen(folder.path("w.h5").c_str(), H5F_ACC_RDWR, H5P_DEFAULT);
  H5Lcreate_external("/etc/x.h5", "/k", f, "layers/e", H5P_DEFAULT, H5P_DEFAULT);
  H5Fclose(f);
  entries[2].content = read_file(folder.path("w.h5"));
  entries[1].content = bytes_of(model_of(layer_of("Evil", "", R"("module": "os")")));
  for (const bool deflated : {false, true})
    CHECK(found(folder.write("m.keras", zip_of(entries, {deflated, false}))) ==
          "external-link at model.weights.h5:layers/e, foreign-module at s/l");
}

TEST_CASE("audit: a file that is not a model is an input error") {
  const Folder folder;
  CHECK(error_of([&] { audit_model(folder.path("none")); }) != "");
  CHECK(error_of([&] { audit_model(folder.write("a", bytes_of("text"))); }).find("not a Keras model") !=
        std::string::npos);
  CHECK(error_of([&] {
          audit_model(folder.write("a", bytes_of("PK\x03\x04...")));
        }).find("damaged zip archive") != std::string::npos);
  CHECK(error_of([&] { audit_model(NV_FIXTURES "/odd/truncated.h5"); }).find("damaged HDF5") !=
        std::string::npos);
}

}  // namespace nv::test
