// Pictures of all commands as PNG, SVG and PDF, at the requested size; drawings of structures, kernels, maps
// in the terminal.
#include "apps/support.h"

#include "nv/core/file.h"
#include "nv/core/sha256.h"

namespace nv::test {

namespace {

bool has(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

std::uint32_t png_width(const std::string& file) {
  std::uint32_t n = 0;
  for (std::size_t i = 16; i < 20; ++i) n = n << 8 | static_cast<unsigned char>(file.at(i));
  return n;
}

/// The file `name` that `nv ARGUMENTS` writes, in a separate folder.
std::string written(Arguments arguments, const std::string& option, const std::string& name) {
  Folder folder;
  arguments.push_back(option);
  arguments.push_back(folder / name);
  const Outcome outcome = run_nv(arguments);
  INFO(typed(arguments), "\n", outcome.err);
  REQUIRE(outcome.code == 0);
  std::string file = read(folder / name);
  CHECK_MESSAGE(!has(file, folder.path()), "the file names a path");
  return file;
}

}  // namespace

TEST_CASE("a sheet is PNG, SVG or PDF by its name, with exactly the requested width") {
  const Arguments one{"run", small, small_input, "--layers", "1", "--width", "84mm"};
  CHECK(png_width(written(one, "-o", "a.png")) == 992);  // 300 dots per inch
  const std::string svg = written(one, "-o", "a.svg");
  CHECK(has(svg, "width=\"84mm\""));
  CHECK(has(svg, "</text>"));
  const std::string pdf = written(one, "-o", "a.pdf");
  CHECK(pdf.starts_with("%PDF"));
  CHECK(has(pdf, "/MediaBox [ 0 0 238.11"));
}

TEST_CASE("overviews are of every format too, and the same command gives the same bytes") {
  for (const std::string name : {"o.png", "o.svg", "o.pdf"}) {
    const Arguments all{"run", lenet, seven, "--width", "7in", "--theme", "dark", "--caption", "A caption."};
    CHECK_MESSAGE(written(all, "-o", name) == written(all, "-o", name), name);
  }
}

TEST_CASE("pictures contain their command and the hashes of inputs, without paths") {
  const std::string svg = written({"run", lenet, seven, "--layers", "conv1"}, "-o", "a.svg");
  CHECK(has(svg, "nv run lenet5-mnist.h5 7_0293.png --layers conv1"));
  CHECK(has(svg, "<dc:creator>nv "));
  CHECK(has(svg, "7_0293.png sha256:" + sha256(read_file(seven))));
  CHECK(has(svg, "lenet5-mnist.h5 sha256:" + sha256(read_file(lenet))));
}

TEST_CASE("folders contain the requested formats") {
  Folder folder;
  REQUIRE(run_nv({"run", small, small_input, "--layers", "0-1", "-o", folder / "out", "--format", "svg,pdf"})
              .code == 0);
  std::size_t svg = 0, pdf = 0;
  for (const std::string& name : names(folder / "out")) {
    svg += name.ends_with(".svg") ? 1 : 0;
    pdf += name.ends_with(".pdf") ? 1 : 0;
    CHECK(!name.ends_with(".png"));
  }
  CHECK(svg == 3);  // two layers and the overview
  CHECK(pdf == 3);
}

TEST_CASE("only chosen channels are drawn") {
  const Arguments all{"run", lenet, seven, "--layers", "conv2"};
  Arguments two = all;
  two.insert(two.end(), {"--channel", "3,5"});
  CHECK(count_of(written(all, "-o", "a.svg"), "<image") == 17);  // and the colour bar
  CHECK(count_of(written(two, "-o", "a.svg"), "<image") == 3);
  Folder folder;
  CHECK(not_one_error(
            run_nv({"run", lenet, seven, "--layers", "conv2", "--channel", "16", "-o", folder / "a.svg"}),
            "--channel: expected channels of conv2, 0 to 15, got 16")
            .empty());
}

TEST_CASE("a sheet of exact width is no taller than paper: of many channels it shows the most active") {
  const Arguments all{"run", vgg, NV_EXAMPLES "/photos/chelsea-32.png", "--layers", "block4_relu3"};
  CHECK(!has(written(all, "-o", "a.svg"), "most active of"));
  Arguments narrow = all;
  narrow.insert(narrow.end(), {"--width", "42mm", "--font-size", "8pt"});
  CHECK(has(written(narrow, "-o", "a.svg"), "most active of 128 channels"));
}

TEST_CASE("impossible sizes are usage errors") {
  Folder folder;
  const auto fails = [&](const std::string& option, const std::string& value, const std::string& message) {
    const Outcome o =
        run_nv({"run", small, small_input, "--layers", "1", "-o", folder / "a.png", option, value});
    CHECK(o.code == 2);
    CHECK_MESSAGE(not_one_error(o, message).empty(), not_one_error(o, message));
  };
  fails("--width", "84", "--width: expected a length with its unit, got '84'");
  fails("--font-size", "8", "--font-size: expected a length with its unit, got '8'");
  fails("--theme", "blue", "--theme: expected light or dark, got 'blue'");
  const Outcome o = run_nv({"run", small, small_input, "--layers", "1", "-o", folder / "a.jpg"});
  CHECK(o.code == 2);
  CHECK(names(folder.path()).empty());
}

TEST_CASE("the structure of a chain is drawn as volumes, with every layer's name") {
  const std::string svg = written({"inspect", lenet}, "--svg", "a.svg");
  for (const char* words : {"conv1", "Conv2D 5 × 5", "28 × 28 × 6", "fc1", "+ softmax", "log scale"})
    CHECK_MESSAGE(has(svg, words), words);
  CHECK(png_width(written({"inspect", lenet, "--width", "600px"}, "--png", "a.png")) == 600);
  CHECK(written({"inspect", lenet}, "--pdf", "a.pdf").starts_with("%PDF"));
}

TEST_CASE("branches and nested models are drawn as a graph, with frames") {
  const std::string branches =
      written({"inspect", fixture("functional_branches/model.keras")}, "--svg", "a.svg");
  CHECK(has(branches, "<polyline"));
  const std::string nested = written({"inspect", fixture("nested_shared/model.keras")}, "--svg", "a.svg");
  CHECK(has(nested, "stroke-dasharray"));  // a frame
  CHECK(nested == written({"inspect", fixture("nested_shared/model.keras")}, "--svg", "a.svg"));
}

TEST_CASE("activation, normalisation and dropout are separate layers with --all") {
  const std::string folded = written({"inspect", vgg}, "--svg", "a.svg"),
                    whole = written({"inspect", vgg, "--all"}, "--svg", "a.svg");
  CHECK(!has(folded, ">block1_bn1<"));
  CHECK(has(folded, "+ bn, relu"));
  CHECK(has(whole, ">block1_bn1<"));
}

TEST_CASE("a structure is compact, on a linear scale, in columns or as a graph if asked to") {
  const std::string compact = written({"inspect", vgg, "--compact"}, "--svg", "a.svg");
  CHECK(has(compact, "3 × conv3-64"));
  CHECK(!has(compact, ">block1_conv1<"));
  CHECK(has(written({"inspect", lenet, "--scale", "linear"}, "--svg", "a.svg"), "linear scale"));
  const std::string graph = written({"inspect", lenet, "--layout", "graph"}, "--svg", "a.svg");
  CHECK(graph != written({"inspect", lenet}, "--svg", "a.svg"));
  CHECK(graph != written({"inspect", lenet, "--layout", "graph", "--columns", "3"}, "--svg", "a.svg"));
}

TEST_CASE("options of the structure's drawing need a drawing that can have them") {
  const auto refused = [](std::vector<std::string> options, const char* words) {
    Folder folder;
    options.insert(options.begin(), {"inspect", lenet});
    const Outcome o = run_nv(options);
    CHECK(o.code == 2);
    CHECK_MESSAGE(has(o.err, words), o.err);
  };
  Folder folder;
  const std::string svg = folder / "a.svg";
  refused({"--compact"}, "--compact needs a drawing");
  refused({"--scale", "linear"}, "--scale needs a drawing");
  refused({"--columns", "2"}, "--columns needs a drawing");
  refused({"--svg", svg, "--all", "--compact"}, "exclude each other");
  refused({"--svg", svg, "--layout", "u"}, "not shaped like a U");
  refused({"--svg", svg, "--layout", "round"}, "--layout");
  refused({"--svg", svg, "--columns", "9", "--width", "84mm", "--font-size", "9pt"}, "9 columns are wider");
  refused({"--svg", svg, "--width", "84mm", "--height", "9mm"}, "--height");
  CHECK(names(folder.path()).empty());
}

TEST_CASE("a drawing for a column of a paper fits it: it becomes compact, unless the height is given") {
  const auto height = [](const std::string& svg) {
    const std::size_t at = svg.find("height=\"") + 8;
    return std::stod(svg.substr(at));
  };
  const std::string column = written({"inspect", vgg, "--width", "84mm"}, "--svg", "a.svg");
  CHECK(has(column, "width=\"84mm\""));
  CHECK(height(column) <= 1.5 * 84);
  CHECK(has(column, "3 × conv3-64"));
  const std::string whole =
      written({"inspect", vgg, "--width", "84mm", "--height", "240mm"}, "--svg", "a.svg");
  CHECK(has(whole, ">block1_conv1<"));
  CHECK(height(written({"inspect", vgg, "--height", "60mm"}, "--svg", "a.svg")) <= 60 / 25.4 * 96);
}

TEST_CASE("a structure is drawn beside JSON, which stays the only thing on stdout") {
  Folder folder;
  const Json json = nv_json("inspect", {"inspect", lenet, "--json", "--svg", folder / "a.svg"});
  CHECK(json.contains("model"));
  CHECK(read(folder / "a.svg").starts_with("<?xml"));
}

TEST_CASE("kernels are drawn for layers that have kernels") {
  CHECK(count_of(written({"inspect", lenet, "--filters", "conv1"}, "-o", "a.svg"), "<image") == 7);
  CHECK(written({"inspect", lenet, "--filters", "conv2"}, "-o", "a.pdf").starts_with("%PDF"));
  Folder folder;
  const Outcome flat = run_nv({"inspect", lenet, "--filters", "flatten", "-o", folder / "a.png"});
  CHECK(flat.code == 2);
  CHECK(has(flat.err, "has no kernels"));
  CHECK(has(flat.err, "conv1"));
  CHECK(run_nv({"inspect", lenet, "--filters", "conv1"}).code == 2);
  CHECK(run_nv({"inspect", lenet, "-o", folder / "a.png"}).code == 2);
  CHECK(names(folder.path()).empty());
}

TEST_CASE("a model is never overwritten by its own picture") {
  Folder folder;
  const std::string model = folder / "m.svg";
  write(model, read(lenet));
  CHECK(run_nv({"inspect", model, "--svg", model}).code == 2);
  CHECK(read(model) == read(lenet));
}

TEST_CASE("maps are drawn in the terminal: letters in a pipe, colours on request") {
  const Arguments arguments{"run", lenet, seven, "--terminal"};
  const Outcome plain = run_nv(arguments);
  REQUIRE(plain.code == 0);
  CHECK(!has(plain.out, "\x1b"));
  CHECK(has(plain.out, "█"));
  CHECK(has(plain.out, "input  28 x 28 x 1\n"));
  CHECK(has(plain.out, "conv2  Conv2D"));
  CHECK(has(plain.out, "5 of 6 channels, most active first: "));
  Setting colour;
  colour.extra["COLORTERM"] = "truecolor";
  colour.extra["TERM"] = "xterm-kitty";
  Arguments always = arguments;
  always.insert(always.end(), {"--color", "always"});
  const Outcome blocks = run_nv(always, colour);
  CHECK(has(blocks.out, "\x1b[38;2;"));
  CHECK(!has(blocks.out, "\x1b_G"));  // a pipe is not a terminal
  CHECK(run_nv({"run", lenet, seven, "--terminal", "--json"}).code == 2);
}

TEST_CASE("the overview of a model with two inputs shows both, and what feeds a merge") {
  const std::string model = fixture("two_in_two_out/model.keras");
  const std::string svg =
      written({"run", model, fixture("two_in_two_out/input.npz"), "--items", "0"}, "-o", "a.svg");
  CHECK(count_of(svg, ">input<") == 2);
  CHECK(has(svg, "  ·  from "));
}

}  // namespace nv::test
