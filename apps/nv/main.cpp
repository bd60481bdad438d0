// nv COMMAND ..., or nv-COMMAND ...: finds the command, parses its options, maps errors to exit codes.
#if __has_include(<malloc.h>)
#include <malloc.h>
#endif

#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <new>

#include "nv/core/error.h"
#include "nv/core/text.h"
#include "nv/kernels/kernel_set.h"
#include "shared/command.h"
#include "shared/common_options.h"
#include "shared/complete.h"
#include "shared/defaults.h"
#include "shared/exit_code.h"
#include "shared/generate.h"
#include "shared/help.h"
#include "shared/origin.h"
#include "shared/stage.h"
#include "shared/version.h"

namespace nv {
namespace {

constexpr CommandEntry table[] = {
    {"inspect", "the structure of a model: layers, shapes, parameters, cost",
     "Examples:\n"
     "  nv inspect examples/models/lenet5-mnist.h5\n"
     "  nv inspect model.keras --layer conv1\n"
     "  nv inspect *.h5 --summary\n"
     "  nv inspect model.h5 --json | jq '.layers[] | {path, output_shape}'\n"
     "  nv inspect downloaded.keras --audit",
     make_inspect},
    {"run", "activations of every layer and predictions for images",
     "Examples:\n"
     "  nv run lenet5.h5 digit.png -o out          a picture of every layer in out/digit\n"
     "  nv run vgg.h5 photos/ --predict --top 3    predictions only, one line per input\n"
     "  nv run m.h5 images.idx3.gz --truth labels.idx1.gz --layers none --json",
     make_run},
    {"attack", "adversarial samples: small changes that make the model wrong",
     "Examples:\n"
     "  nv attack lenet5.h5 digit.png --method pgd --eps 0.2 -o out    an adversarial digit in out/\n"
     "  nv attack m.h5 test.npz --truth y.npy --method pgd --curve 4/255,8/255,16/255,32/255 -o out\n"
     "  nv attack m.h5 digits/ --method pgd --shard 1/4 -o s1    then: --merge s1 s2 s3 s4 -o all",
     make_attack},
    {"mutate", "freeze filters or change weights, and compare the outputs",
     "Examples:\n"
     "  nv mutate lenet5.h5 digit.png --freeze conv1:0,3 -o out\n"
     "  nv mutate vgg.h5 photos/ --rank-filters --layers '@Conv2D' --json\n"
     "  nv mutate m.h5 --freeze fc1:0-9 --save pruned.h5\n"
     "  nv mutate m.h5 digits/ --generate 50 --truth from-name",
     make_mutate},
    {"compare", "compare two inputs, or two models, layer by layer",
     "Examples:\n"
     "  nv compare lenet5.h5 7.png 1.png -o out\n"
     "  nv compare old.h5 digits/ --model-b new.keras --fail-above relative_l2=1e-3\n"
     "  nv compare lenet5.h5 out/ --layers conv2    each sample of nv attack against its original\n"
     "  nv compare lenet5.h5 7.png --freeze conv1:0 --layers conv2 -o change.pdf --width 3.3in",
     make_compare},
    {"explain", "which parts of an input decide: gradients, class activation maps, relevance, occlusion",
     "Examples:\n"
     "  nv explain vgg.h5 cat.png --method grad-cam -o cat-cam.png\n"
     "  nv explain vgg.h5 cat.png --method all --class predicted,second -o all.pdf\n"
     "  nv explain vgg.h5 cat.png --method filters --take 5 --freeze -o freezing.png\n"
     "  nv explain vgg.h5 cats/ --method lrp,grad-cam --judge -o out    which of them to trust\n"
     "  nv explain lenet5.h5 digits/ --method top-patches --layer conv2 --channel 3 -o top.png",
     make_explain},
    {"doctor", "what is wrong between a model and its inputs",
     "Examples:\n"
     "  nv doctor m.h5 photos/                               preprocessing, dead channels, NaN, sizes, ...\n"
     "  nv doctor m.h5 test.npz --truth y.npy --write        also accuracy; the better one into m.nv.toml\n"
     "  nv doctor m.h5 digits.idx3.gz --truth labels.idx1.gz --json",
     make_doctor},
    {"rank", "which inputs to look at, or to label, first",
     "Examples:\n"
     "  nv rank lenet5.h5 unlabelled/ --take 100 -o first    the 100 least certain, as a sample list\n"
     "  nv rank m.h5 train.npz --make-profile p.npz    then: --profile p.npz --by dsa,lsa\n"
     "  nv rank m.h5 test.npz --truth y.npy --by gini,margin -o curve.pdf --fail-below apfd=0.7",
     make_rank},
    {"convert", "convert models of any Keras version for current Keras",
     "Examples:\n"
     "  nv convert keras1.h5 -o new.keras\n"
     "  nv convert model.keras -o model.h5    for tf_keras\n"
     "  nv convert model.json --weights weights.h5 -o whole.keras",
     make_convert},
    {"verify", "compare the outputs of layers with expected ones",
     "Examples:\n"
     "  nv verify model.h5 expected.npz input.npz\n"
     "  nv verify model.h5 expected.npz --tolerance 1e-5 --json",
     make_verify},
    {"samples", "list, select, export and remove samples of nv attack",
     "Examples:\n"
     "  nv samples out/ --where method=pgd --where 'linf<0.1' --sort l2 --head 20\n"
     "  nv samples out/ --where survives_png=true --export pgd.npz    x, label, id... for NumPy\n"
     "  nv samples shard*/ --sheet found.pdf --width 6in              the pictures, 7 → 3 below each\n"
     "  nv samples out/ --where prediction=3 --remove",
     make_samples},
    {"sketch", "draw a digit by strokes, and predict it",
     "Examples:\n"
     "  nv sketch -o 7.png --mnist \"0.25,0.25 0.75,0.25 0.4,0.9\"\n"
     "  nv sketch --mnist --model lenet5.h5 \"0.5,0.1 0.5,0.9\"\n"
     "  nv sketch -o sevens --mnist --jitter 100 --label 7 \"0.25,0.25 0.75,0.25 0.4,0.9\"",
     make_sketch},
    {"view", "an interactive page with the model and the engine inside",
     "Examples:\n"
     "  nv view lenet5.h5 -o lenet.html                   draw digits, look into layers, freeze, attack\n"
     "  nv view vgg.h5 photos/ --labels cifar10 -o vgg.html\n"
     "  nv view lenet5.h5 attacked/ -o attacked.html      a sample list: originals and adversarial samples\n"
     "  nv view large.keras --half --max-mb 120 -o large.html",
     make_view},
    {"bench", "how long a model takes, as a whole and by layer",
     "Examples:\n"
     "  nv bench vgg.h5\n"
     "  nv bench vgg.h5 --batch 32 --threads 1 --seconds 5\n"
     "  nv bench vgg.h5 --gradient --json",
     make_bench},
};

constexpr std::string_view version_help =
    "versions of nv and its libraries\nUsage: nv version [--json], nv --version, nv -V\n\nExamples:\n  nv "
    "version\n  nv version --json | jq -r .hdf5\n";

constexpr std::string_view help_help =
    "help of a command, or of options that commands share\nUsage: nv help [COMMAND | inputs | pictures | "
    "computing | messages]\n\nExamples:\n  nv help run        the same as nv run --help\n  nv help pictures  "
    " sizes, "
    "colours "
    "and fonts of pictures\n";

std::string overview(const Console& console) {
  std::string text = fmt::format(
      "{} - see inside trained Keras image models\n"
      "{}: nv COMMAND [OPTIONS] ...     (or nv-COMMAND ...; nv MODEL is nv inspect MODEL)\n\n{}\n",
      console.bold("nv"), console.bold("Usage"), console.bold("Commands"));
  for (const CommandEntry& c : table) text += fmt::format("  {:<12}{}\n", c.name, c.summary);
  text += fmt::format("  {:<12}{}\n", "version", "versions of nv and its libraries");
  text += fmt::format("  {:<12}{}\n", "help", "COMMAND, or a topic: inputs, pictures, computing, messages");
  text += fmt::format("{}\n", console.bold("Examples"));
  text +=
      "  nv inspect model.h5                  a table of its layers\n"
      "  nv run model.h5 digit.png -o out     a picture of every layer's maps in out/\n"
      "Exit codes: 0 done, 1 the answer is no, 2 usage, 3 bad input, 4 not supported, 5 cannot write\n";
  return text;
}

const CommandEntry& find_command(const std::string& name) {
  for (const CommandEntry& c : table)
    if (c.name == name) return c;
  std::vector<std::string> names{"version", "help"};
  for (const std::string& topic : help_topics()) names.push_back(topic);
  for (const CommandEntry& c : table) names.emplace_back(c.name);
  std::string hint = did_you_mean(name, names);
  throw Error(ErrorKind::usage, fmt::format("no command '{}'", one_line(name)),
              hint.empty() ? "nv --help lists the commands" : hint);
}

int run_command(const CommandEntry& entry, std::vector<std::string> arguments, Console& console) {
  (void)kernel_set();  // reports an invalid NV_ISA for every command
  const auto command = entry.make();
  OptionSet options(std::string(entry.name), std::string(entry.summary), std::string(entry.examples));
  declare_options(options, *command, console);
  if (!options.parse(std::move(arguments))) {
    console.result(command_help(options));
    return 0;
  }
  apply_preferences(options);
  console.command_line = [&options] { return command_of(options); };
  const Stage stage("other");
  const int code = command->run(console);
  for (const auto& remark : options.remarks())
    if (const std::string text = remark(); !text.empty()) console.note(text);
  if (console.verbose)
    for (const std::string& line : stage_lines()) console.detail(line);
  return code;
}

bool is_help_flag(const std::string& word) {
  return word == "--help" || word == "-h";
}

int show_version(const std::vector<std::string>& arguments, Console& console) {
  if (std::ranges::any_of(arguments, is_help_flag)) {
    console.result(version_help);
    return 0;
  }
  const bool json = !arguments.empty() && arguments[0] == "--json";
  if (arguments.size() > (json ? 1U : 0U)) {
    const std::string& word = arguments[json ? 1 : 0];
    throw Error(ErrorKind::usage,
                word.starts_with("-") ? fmt::format("version: no option {}", one_line(word))
                                      : fmt::format("version: unexpected argument '{}'", one_line(word)),
                "usage: nv version [--json]");
  }
  console.result(json ? version_json() : version_text());
  return 0;
}

int show_help(const std::vector<std::string>& arguments, Console& console) {
  if (arguments.empty()) {
    console.result(overview(console));
    return 0;
  }
  const std::string& about = arguments[0];
  if (std::ranges::any_of(arguments, is_help_flag) || about == "help") {
    console.result(help_help);
    return 0;
  }
  if (arguments.size() > 1)
    throw Error(ErrorKind::usage,
                fmt::format("help: expected one command or topic, got {}: '{}'", arguments.size(),
                            one_line(fmt::format("{}", fmt::join(arguments, " ")))),
                fmt::format("nv help {}", one_line(about)));
  if (about == "version") return show_version({"--help"}, console);
  if (const auto topic = help_topic(about)) {
    console.result(*topic);
    return 0;
  }
  return run_command(find_command(about), {"--help"}, console);
}

int dispatch(std::vector<std::string> arguments, const std::string& program, Console& console) {
  // nv-run is `nv run`.
  if (program.starts_with("nv-")) arguments.insert(arguments.begin(), program.substr(3));
  if (arguments.empty()) {
    console.result(overview(console));
    return exit_code(ErrorKind::usage);
  }
  const std::string name = arguments[0];
  const std::vector<std::string> rest(arguments.begin() + 1, arguments.end());
  if (is_help_flag(name)) return show_help({}, console);
  if (name == "help") return show_help(rest, console);
  if (name == "version" || name == "--version" || name == "-V") return show_version(rest, console);
  if (name == "generate" && rest.size() == 1) {  // man pages and completions, for the build
    generate_docs(rest[0]);
    return 0;
  }
  if (name == "complete") {  // for the completion functions of shells
    console.result(complete(rest));
    return 0;
  }
  const bool is_command = std::ranges::find(table, name, &CommandEntry::name) != std::end(table);
  std::error_code none;
  if (!is_command && (is_model_file(name) || std::filesystem::is_regular_file(name, none)))  // nv MODEL
    return run_command(find_command("inspect"), arguments, console);
  return run_command(find_command(name), rest, console);
}

/// Keeps freed memory in the process: each pass allocates the same large blocks, and pages returned to the
/// system would have to be cleared again.
void keep_memory() {
#ifdef M_MMAP_THRESHOLD  // glibc
  constexpr int block = 32 << 20, top = 256 << 20;
  mallopt(M_MMAP_THRESHOLD, block);
  mallopt(M_TRIM_THRESHOLD, top);
#endif
}

}  // namespace

std::span<const CommandEntry> commands() {
  return table;
}

bool is_model_file(std::string_view name) {
  return std::ranges::any_of(std::array{".h5", ".hdf5", ".keras"},
                             [name](const char* extension) { return name.ends_with(extension); });
}

void declare_options(OptionSet& options, Command& command, Console& console) {
  command.declare(options);
  declare_messages(options, console);
  options.group("Messages").add_help("-h,--help", "This help");
}

}  // namespace nv

int main(int argc, char** argv) {
  nv::hold_standard_streams();
  nv::keep_memory();
  nv::catch_interrupts();
  nv::Console console;
  try {
    const std::string program = std::filesystem::path(argc > 0 ? argv[0] : "nv").filename().string();
    return nv::dispatch(std::vector<std::string>(argv + std::min(argc, 1), argv + argc), program, console);
  } catch (const nv::Error& e) {
    console.error(e.what(), e.hint());
    return nv::exit_code(e.kind());
  } catch (const nv::ClosedPipe&) {
    return 0;
  } catch (const nv::Interrupted&) {
    console.interrupted();
    return 130;
  } catch (const std::bad_alloc&) {
    console.error("not enough memory", "run fewer layers (--layers) or smaller inputs");
    return nv::exit_code(nv::ErrorKind::input);
  } catch (const std::exception& e) {
    console.error(e.what(), "this is a bug in nv: please report it");
    return nv::exit_code(nv::ErrorKind::input);
  }
}
