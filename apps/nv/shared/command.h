// A command of nv: its options and its work. A new one: see "A command" in ARCHITECTURE.md.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "shared/console.h"
#include "shared/option_set.h"

namespace nv {

class Command {
 public:
  virtual ~Command() = default;
  /// Declares the options. `options` outlives the command.
  virtual void declare(OptionSet& options) = 0;
  /// Does the work. Returns the exit code: 0, 1 if the answer is no, 3 if some inputs were unusable. Throws
  /// Error.
  virtual int run(Console& console) = 0;
};

struct CommandEntry {
  std::string_view name;
  std::string_view summary;   ///< one line for `nv --help`
  std::string_view examples;  ///< ends `nv COMMAND --help`
  std::unique_ptr<Command> (*make)();
};

std::unique_ptr<Command> make_inspect();
std::unique_ptr<Command> make_run();
std::unique_ptr<Command> make_attack();
std::unique_ptr<Command> make_mutate();
std::unique_ptr<Command> make_compare();
std::unique_ptr<Command> make_explain();
std::unique_ptr<Command> make_doctor();
std::unique_ptr<Command> make_rank();
std::unique_ptr<Command> make_convert();
std::unique_ptr<Command> make_verify();
std::unique_ptr<Command> make_samples();
std::unique_ptr<Command> make_sketch();
std::unique_ptr<Command> make_view();
std::unique_ptr<Command> make_bench();

/// In the order of `nv --help`.
std::span<const CommandEntry> commands();

/// Whether the name ends as those of models do: .h5, .hdf5, .keras.
bool is_model_file(std::string_view name);

/// Declares the options of the command and those that all commands have.
void declare_options(OptionSet& options, Command& command, Console& console);

}  // namespace nv
