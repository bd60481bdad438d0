#include "shared/generate.h"

#include <filesystem>
#include <vector>

#include "nv/core/file.h"
#include "nv/core/text.h"
#include "shared/command.h"

namespace nv {

namespace {

struct CommandDoc {
  std::string name, summary, examples;
  std::vector<OptionInfo> options;
  std::vector<OptionInfo> positionals;
};

CommandDoc describe(const CommandEntry& entry) {
  Console console;
  const auto command = entry.make();
  OptionSet options(std::string(entry.name), std::string(entry.summary), std::string(entry.examples));
  declare_options(options, *command, console);
  CommandDoc doc{options.name(), options.summary(), options.examples(), {}, {}};
  for (OptionInfo& info : options.declared())
    (info.is_positional ? doc.positionals : doc.options).push_back(std::move(info));
  return doc;
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

std::string man_page(const CommandDoc& d) {
  std::string page =
      fmt::format(".TH NV\\-{} 1 \"\" \"nv {}\"\n.SH NAME\nnv\\-{} \\- {}\n.SH SYNOPSIS\n.B nv {}\n[OPTIONS]",
                  d.name, NV_VERSION, d.name, roff(d.summary), d.name);
  for (const OptionInfo& p : d.positionals) page += fmt::format(" {}", roff(p.names[0]));
  page += "\n.SH ARGUMENTS\n";
  for (const OptionInfo& p : d.positionals)
    page += fmt::format(".TP\n.I {}\n{}\n", roff(p.names[0]), roff(p.description));
  page += ".SH OPTIONS\n";
  for (const OptionInfo& o : d.options) {
    page += fmt::format(".TP\n.B {}", roff(fmt::format("{}", fmt::join(o.names, ", "))));
    if (!o.value_name.empty()) page += " " + roff(o.value_name);
    page += "\n" + roff(o.description) + "\n";
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
      ".SH ENVIRONMENT\nNV_THREADS, NV_ISA (baseline or v3), NO_COLOR\n";
  return page;
}

std::string bash_completion(const std::vector<CommandDoc>& docs) {
  std::string names, cases;
  for (const CommandDoc& d : docs) {
    names += d.name + " ";
    std::string options;
    for (const OptionInfo& o : d.options)
      for (const std::string& n : o.names) options += n + " ";
    cases += fmt::format("    {}) words=\"{}\" ;;\n", d.name, options);
  }
  return fmt::format(
             "# bash completion for nv; generated\n"
             "_nv() {{\n"
             "  local current=\"${{COMP_WORDS[COMP_CWORD]}}\" command=\"${{COMP_WORDS[0]##*/}}\" words=\"\"\n"
             "  if [[ $command == nv ]]; then\n"
             "    if (( COMP_CWORD == 1 )); then\n"
             "      COMPREPLY=($(compgen -W \"{0}version help\" -- \"$current\")); return\n"
             "    fi\n"
             "    command=\"${{COMP_WORDS[1]}}\"\n"
             "  else\n"
             "    command=\"${{command#nv-}}\"\n"
             "  fi\n"
             "  case $command in\n{1}  esac\n"
             "  if [[ $current == -* ]]; then COMPREPLY=($(compgen -W \"$words\" -- \"$current\")); else "
             "COMPREPLY=($(compgen -f -- \"$current\")); fi\n"
             "}}\n"
             "complete -o filenames -F _nv nv",
             names, cases) +
         [&] {
           std::string links;
           for (const CommandDoc& d : docs) links += " nv-" + d.name;
           return links + "\n";
         }();
}

std::string zsh_quoted(std::string_view text) {
  std::string q;
  for (char c : text) {
    if (c == '\'') {
      q += "'\\''";
      continue;
    }
    if (c == '[' || c == ']' || c == ':') q += '\\';
    q += c;
  }
  return q;
}

std::string zsh_completion(const std::vector<CommandDoc>& docs) {
  std::string text = "#compdef nv";
  for (const CommandDoc& d : docs) text += fmt::format(" nv-{}={}", d.name, "nv-" + d.name);
  text += "\n# generated\n";
  for (const CommandDoc& d : docs) {
    text += fmt::format("_nv_{}() {{\n  _arguments -s -S \\\n", d.name);
    for (const OptionInfo& o : d.options)
      for (const std::string& n : o.names)
        text += fmt::format(
            "    '{}{}[{}]{}' \\\n", n, !o.value_name.empty() && n.starts_with("--") ? "=" : "",
            zsh_quoted(o.description), o.value_name.empty() ? "" : fmt::format(":{}:_files", o.value_name));
    text += "    '*:file:_files'\n}\n";
  }
  text +=
      "_nv() {\n  local command=${service#nv-}\n  if [[ $service == nv ]]; then\n    if (( CURRENT == 2 )); "
      "then\n      local -a names=(";
  for (const CommandDoc& d : docs) text += fmt::format("'{}:{}' ", d.name, zsh_quoted(d.summary));
  text +=
      "'version:versions' 'help:help')\n      _describe command names; return\n    fi\n    "
      "command=$words[2]\n    shift words; (( CURRENT-- ))\n  fi\n"
      "  (( $+functions[_nv_$command] )) && _nv_$command\n}\n_nv \"$@\"\n";
  return text;
}

std::string fish_completion(const std::vector<CommandDoc>& docs) {
  const auto quoted = [](std::string_view text) {
    std::string q = "'";
    for (char c : text) {
      if (c == '\'' || c == '\\') q += '\\';
      q += c;
    }
    return q + "'";
  };
  std::string text = "# fish completion for nv; generated\n";
  for (const CommandDoc& d : docs) {
    text +=
        fmt::format("complete -c nv -n __fish_use_subcommand -f -a {} -d {}\n", d.name, quoted(d.summary));
    for (const OptionInfo& o : d.options) {
      std::string line;
      for (const std::string& n : o.names)
        line += n.starts_with("--") ? fmt::format(" -l {}", n.substr(2)) : fmt::format(" -s {}", n.substr(1));
      if (!o.value_name.empty()) line += " -r";
      text += fmt::format("complete -c nv -n '__fish_seen_subcommand_from {}'{} -d {}\n", d.name, line,
                          quoted(o.description));
      text += fmt::format("complete -c nv-{}{} -d {}\n", d.name, line, quoted(o.description));
    }
  }
  return text;
}

}  // namespace

void generate_docs(const std::string& folder) {
  std::vector<CommandDoc> docs;
  for (const CommandEntry& entry : commands()) docs.push_back(describe(entry));
  const std::filesystem::path to(folder);
  write_file(to / "nv.1", main_page(docs));
  for (const CommandDoc& d : docs) write_file(to / fmt::format("nv-{}.1", d.name), man_page(d));
  write_file(to / "nv.bash", bash_completion(docs));
  write_file(to / "_nv", zsh_completion(docs));
  write_file(to / "nv.fish", fish_completion(docs));
}

}  // namespace nv
