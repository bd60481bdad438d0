// MODEL.nv.toml and --defaults: the reader of TOML and the options that it sets.
#include "shared/defaults.h"

#include "support.h"

NV_FUZZ_TARGET(bytes) {
  using namespace nv;
  static const std::string folder = [] {
    std::string pattern = "/dev/shm/nv-fuzz-XXXXXX";
    return std::string(::mkdtemp(pattern.data()));
  }();
  write_file(folder + "/m.nv.toml", fuzz::text_of(bytes));
  const auto apply = [&](const std::string& defaults, const std::string& model) {
    OptionSet options("run", "", "");
    const OptionGroup group = options.group("Options");
    std::string labels, preprocess, resize, mean;
    double dpi = 0;
    bool invert = false;
    int top = 0;
    group.add("--labels", labels, "FILE", "");
    group.add("--preprocess", preprocess, "HOW", "").one_of({"unit", "raw"});
    group.add("--resize", resize, "HOW", "");
    group.add("--mean", mean, "M", "");
    group.add("--dpi", dpi, "N", "").range(24.0, 1200.0);
    group.add("--top", top, "K", "");
    group.add_flag("--invert", invert, "");
    fuzz::attempt([&] { (void)apply_defaults(options, defaults, model, true); });
  };
  apply("", folder + "/m.h5");
  apply(folder + "/m.nv.toml", "");
}
