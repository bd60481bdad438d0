#include "shared/common_options.h"

#include "nv/core/memory.h"

namespace nv {

void declare_computing(OptionSet& options, EngineOptions& engine) {
  const OptionGroup group = options.group("Computing");
  group.add_flag("--exact", engine.exact,
                 engine.exact
                     ? "Within 1e-5 of Keras, relative to a layer's largest value; always so here"
                     : "Within 1e-5 of Keras, relative to a layer's largest value, instead of 1e-4; slower");
  group.add("--threads", engine.threads, "N", "Largest number of threads")
      .range(1, 1024)
      .default_value("all cores or NV_THREADS");
}

void declare_messages(OptionSet& options, Console& console) {
  const OptionGroup group = options.group("Messages");
  group.add_flag("-q,--quiet", console.quiet, "No notes, no progress");
  group.add_flag("-v,--verbose", console.verbose, "Print where time was spent");
  group
      .add(
          "--color",
          [&console](const std::string& when) {
            console.color = when == "always"  ? ColorMode::always
                            : when == "never" ? ColorMode::never
                                              : ColorMode::automatic;
          },
          "WHEN", "Coloured text")
      .one_of({"auto", "always", "never"})
      .default_value("auto, on a terminal without NO_COLOR");
  group
      .add(
          "--max-memory", [](const std::string& text) { set_memory_limit(parse_memory(text)); }, "SIZE",
          "Refuse files that need more memory: 8G, 500M")
      .check([](const std::string& text) { (void)parse_memory(text); })
      .default_value("half of the memory");
}

void declare_weights(const OptionGroup& group, std::string& file) {
  group.add("--weights", file, "FILE.h5", "Weights of MODEL, if it is an architecture only (model.json)");
}

}  // namespace nv
