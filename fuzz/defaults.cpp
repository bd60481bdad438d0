// MODEL.nv.toml and --defaults: CLI11's parser of TOML and how nv applies the values.
#include "defaults.h"

#include "support.h"

NV_FUZZ_TARGET(bytes) {
  using namespace nv;
  static const std::string folder = [] {
    std::string pattern = "/dev/shm/nv-fuzz-XXXXXX";
    return std::string(::mkdtemp(pattern.data()));
  }();
  write_file(folder + "/m.nv.toml", fuzz::text_of(bytes));
  const auto apply = [&](const std::string& defaults, const std::string& model) {
    CLI::App app("fuzz", "run");
    std::string labels, preprocess, resize;
    std::vector<float> mean, deviation;
    bool invert = false;
    int top = 0;
    app.add_option("--labels", labels);
    app.add_option("--preprocess", preprocess)->check(CLI::IsMember({"unit", "raw"}));
    app.add_option("--resize", resize);
    app.add_option("--mean", mean)->delimiter(',');
    app.add_option("--std", deviation)->delimiter(',');
    app.add_option("--top", top);
    app.add_flag("--invert", invert);
    fuzz::attempt([&] { (void)apply_defaults(app, defaults, model, true); });
  };
  apply("", folder + "/m.h5");
  apply(folder + "/m.nv.toml", "");
}
