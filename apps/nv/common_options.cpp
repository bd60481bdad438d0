#include "common_options.h"

#include "nv/core/memory.h"

namespace nv {

void declare_computing(CLI::App& app, EngineOptions& options) {
  const char* group = "Computing";
  // The contract has it; nothing is left for it to change.
  app.add_flag_callback(
         "--exact", [] {}, "Accepted: the kernels are within 1e-5 of Keras already")
      ->group(group);
  app.add_option("--threads", options.threads, "At most so many (all cores)")
      ->type_name("N")
      ->check(CLI::Range(1, 1024))
      ->group(group);
}

CLI::Option* add_repeated(CLI::App& app, const std::string& name, std::vector<std::string>& values,
                          const std::string& description) {
  return app.add_option(name, values, description)->expected(1)->take_all()->allow_extra_args(false);
}

void declare_talk(CLI::App& app, Talk& talk) {
  app.add_flag("-q,--quiet", talk.quiet, "No notes, no progress")->group("Talk");
  app.add_flag("-v,--verbose", talk.verbose, "Say where time went")->group("Talk");
  app.add_option("--color", talk.color, "auto, always, never")
      ->transform(CLI::CheckedTransformer(std::map<std::string, ColorMode>{
          {"auto", ColorMode::automatic}, {"always", ColorMode::always}, {"never", ColorMode::never}}))
      ->type_name("WHEN")
      ->option_text("WHEN")
      ->group("Talk");
  app.add_option_function<std::string>(
         "--max-memory", [](const std::string& text) { set_memory_limit(parse_memory(text)); },
         "Refuse files that need more (half of the memory)")
      ->type_name("SIZE")
      ->group("Talk");
}

}  // namespace nv
