// The help of commands, and of what many commands have in common.
#pragma once

#include <CLI/CLI.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace nv {

/// CLI11's help, with the whole command in the usage line, value names without their checks and no doubled
/// blank lines; options that many commands share are only named, so that a command's own fit a screen.
class HelpFormatter final : public CLI::Formatter {
 public:
  std::string make_usage(const CLI::App* app, std::string name) const override;
  std::string make_option_opts(const CLI::Option* option) const override;
  std::string make_group(std::string group, bool is_positional,
                         std::vector<const CLI::Option*> options) const override;
  std::string make_help(const CLI::App* app, std::string name, CLI::AppFormatMode mode) const override;
};

/// `nv help inputs`, `nv help pictures`: the options that commands share; nullopt for no such topic.
std::optional<std::string> help_topic(std::string_view name);

}  // namespace nv
