#include "shared/common_options.h"

#include "nv/core/memory.h"

namespace nv {

void declare_computing(OptionSet& options, EngineOptions& engine) {
  const OptionGroup group = options.group("Computing");
  // Kept for compatibility: has no effect.
  group.add_flag("--exact", "Accepted without effect: kernels are within 1e-5 of Keras");
  group.add("--threads", engine.threads, "N", "Largest number of threads (all cores)").range(1, 1024);
}

void declare_messages(OptionSet& options, Console& console) {
  const OptionGroup group = options.group("Messages");
  group.add_flag("-q,--quiet", console.quiet, "No notes, no progress");
  group.add_flag("-v,--verbose", console.verbose, "Print where time was spent");
  group.add_choice(
      "--color",
      {{"auto", static_cast<int>(ColorMode::automatic)},
       {"always", static_cast<int>(ColorMode::always)},
       {"never", static_cast<int>(ColorMode::never)}},
      [&console](int mode) { console.color = static_cast<ColorMode>(mode); }, "WHEN", "auto, always, never");
  group.add(
      "--max-memory", [](const std::string& text) { set_memory_limit(parse_memory(text)); }, "SIZE",
      "Refuse files that need more (half of the memory)");
}

void declare_weights(const OptionGroup& group, std::string& file) {
  group.add("--weights", file, "FILE.h5", "Weights of MODEL, if it is only an architecture");
}

}  // namespace nv
