#include "shared/generate.h"

#include <filesystem>
#include <vector>

#include "nv/core/file.h"
#include "nv/core/text.h"
#include "shared/command.h"
#include "shared/help.h"
#include "shared/shell_scripts.h"

namespace nv {

namespace {

struct CommandDoc {
  std::string name, summary, usage, examples;
  std::vector<OptionInfo> options;
};

CommandDoc describe(const CommandEntry& entry) {
  Console console;
  const auto command = entry.make();
  OptionSet options(std::string(entry.name), std::string(entry.summary), std::string(entry.examples));
  declare_options(options, *command, console);
  return {options.name(), options.summary(), options.usage(), options.examples(), options.declared()};
}

std::string roff(std::string_view text) {
  std::string escaped;
  for (char c : text) {
    if (c == '-' || c == '\\') escaped += '\\';
    escaped += c;
    if (c == '\n') escaped += "\\&";
  }
  return escaped;
}

std::string man_option(const OptionInfo& o) {
  std::string text = fmt::format(".TP\n.B {}", roff(fmt::format("{}", fmt::join(o.names, ", "))));
  if (!o.value_name.empty()) text += " \\fI" + roff(o.value_name) + "\\fR";
  return text + "\n" + roff(o.text()) + "\n";
}

std::string man_page(const CommandDoc& d) {
  std::string page =
      fmt::format(".TH NV\\-{} 1 \"\" \"nv {}\"\n.SH NAME\nnv\\-{} \\- {}\n.SH SYNOPSIS\n.B {}\n", d.name,
                  NV_VERSION, d.name, roff(d.summary), roff(d.usage));
  page += ".SH ARGUMENTS\n";
  for (const OptionInfo& o : d.options)
    if (o.is_positional) page += fmt::format(".TP\n.I {}\n{}\n", roff(o.names[0]), roff(o.text()));
  page += ".SH OPTIONS\n";
  for (const std::string& group : groups_of(d.options)) {
    page += fmt::format(".SS {}\n", roff(group));
    for (const OptionInfo& o : d.options)
      if (!o.is_positional && o.group == group) page += man_option(o);
  }
  page += fmt::format(".SH EXAMPLES\n.nf\n\\&{}\n.fi\n.SH SEE ALSO\n.BR nv (1)\n", roff(d.examples));
  return page;
}

std::string main_page(const std::vector<CommandDoc>& docs) {
  std::string page = fmt::format(
      ".TH NV 1 \"\" \"nv {}\"\n.SH NAME\nnv \\- see inside trained Keras image models\n.SH SYNOPSIS\n.B "
      "nv\nCOMMAND [OPTIONS] ...\n"
      ".SH COMMANDS\n",
      NV_VERSION);
  for (const CommandDoc& d : docs) page += fmt::format(".TP\n.BR nv\\-{} (1)\n{}\n", d.name, roff(d.summary));
  page +=
      ".SH EXIT STATUS\n0 done; 1 done, but the answer is no; 2 the command line is wrong; 3 an input cannot "
      "be used; 4 the model "
      "uses something not supported; 5 an output cannot be written; 130 interrupted.\n"
      ".SH FILES\n.TP\n.I MODEL.nv.toml\nBeside a model: labels, preprocess, mean, std, invert, channels, "
      "resize, fit.\n"
      ".TP\n.I ~/.config/nv/nv.toml\nOptions of the user for every command: theme, colormap, width, height, "
      "dpi, "
      "font, font\\-size, font\\-scale, no\\-title, threads, max\\-memory, color. $XDG_CONFIG_HOME replaces "
      "~/.config.\n"
      ".SH ENVIRONMENT\nNV_THREADS, NV_ISA (baseline, v2, v3 or v4), NO_COLOR\n";
  return page;
}

}  // namespace

void generate_docs(const std::string& folder) {
  std::vector<CommandDoc> docs;
  for (const CommandEntry& entry : commands()) docs.push_back(describe(entry));
  const std::filesystem::path to(folder);
  write_file(to / "nv.1", main_page(docs));
  std::string names = "nv";
  for (const CommandDoc& d : docs) {
    write_file(to / fmt::format("nv-{}.1", d.name), man_page(d));
    names += " nv-" + d.name;
  }
  write_file(to / "nv.bash", bash_completion(names));
  write_file(to / "_nv", zsh_completion(names));
  write_file(to / "nv.fish", fish_completion(names));
}

}  // namespace nv
