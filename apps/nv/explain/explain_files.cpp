#include "explain/explain_files.h"

#include <algorithm>

#include "nv/core/error.h"
#include "nv/data/npy.h"
#include "nv/data/npz.h"
#include "nv/figures/explanation/explanation_figure.h"
#include "nv/render/backends/png.h"

namespace nv {

namespace {

/// Whether the answers are for different classes.
bool of_several_classes(const Explained& e) {
  return std::ranges::any_of(e.answers,
                             [&](const explain::Answer& a) { return a.label != e.answers[0].label; });
}

std::string what(const ExplainFigures& figures, const explain::Answer& a) {
  if (a.label) return fmt::format("{} of {}", figures.of, class_label(*a.label, figures.labels));
  return figures.of;
}

std::string_view method_of(const ExplainFigures& figures, const explain::Answer& a) {
  return figures.request.runs[a.run].method->name;
}

std::string title_of(const ExplainFigures& figures, const Explained& e) {
  if (e.answers.size() == 1)
    return fmt::format("{} of {}", method_of(figures, e.answers[0]), what(figures, e.answers[0]));
  if (of_several_classes(e)) return fmt::format("explanations of {}", figures.of);
  return fmt::format("explanations of {}", what(figures, e.answers[0]));
}

/// "grad-cam", with several classes "grad-cam: dog".
std::string panel_name(const ExplainFigures& figures, const Explained& e, const explain::Answer& a) {
  std::string name(method_of(figures, a));
  if (a.label && of_several_classes(e)) {
    if (figures.request.runs.size() == 1) return class_label(*a.label, figures.labels);
    name += ": " + class_label(*a.label, figures.labels);
  }
  return name;
}

/// With several classes, the number of maps of each; 0 otherwise.
int maps_of_a_class(const ExplainFigures& figures, const Explained& e) {
  if (!of_several_classes(e)) return 0;
  return static_cast<int>(std::ranges::count_if(
      figures.request.runs, [](const explain::Run& run) { return run.method->name != "filters"; }));
}

bool has_map(const Explained& e) {
  return std::ranges::any_of(e.answers, [](const explain::Answer& a) { return !a.explanation.maps.empty(); });
}

/// The study of an input that has nothing else to show.
const explain::FilterStudy* study_of(const Explained& e) {
  return !has_map(e) && e.answers[0].study ? &*e.answers[0].study : nullptr;
}

/// The number of an earlier answer of the same method and class (the second class may also be asked for by
/// name); that of this one if there is none.
std::size_t first_alike(const Explained& e, std::size_t answer) {
  for (std::size_t k = 0; k < answer; ++k)
    if (e.answers[k].run == e.answers[answer].run && e.answers[k].label == e.answers[answer].label) return k;
  return answer;
}

/// "deletion 0.1", "insertion 0.97": the two best known measures; none if it was not judged.
std::vector<std::string> score_words(const Explained& e, std::size_t answer) {
  std::vector<std::string> lines;
  if (answer >= e.scores.size()) return lines;
  for (std::size_t m = 0; m < e.scores[answer].size(); ++m) {
    const std::string_view name = explain::judge::measures()[m].name;
    if ((name == "deletion" || name == "insertion") && e.scores[answer][m])
      lines.push_back(fmt::format("{} {:.3g}", name, *e.scores[answer][m]));
  }
  return lines;
}

render::Scene compose(const ExplainFigures& figures, const SheetSource& source, const Explained& e,
                      const figures::Style& style, const render::Page& page) {
  if (const explain::FilterStudy* const study = study_of(e)) {
    const std::string of = what(figures, e.answers[0]);
    const std::string& layer = source.engine.model().nodes[study->node].path;
    return filter_figure(
        source, *study,
        {fmt::format("filters of {} for {}", layer, of), of.starts_with("the ") ? of.substr(4) : of}, style,
        page);
  }
  figures::ExplanationFigure figure{title_of(figures, e), {}, maps_of_a_class(figures, e), e.judged.get()};
  for (std::size_t k = 0; k < e.answers.size(); ++k)
    if (const explain::Answer& a = e.answers[k]; first_alike(e, k) == k)
      figure.shown.push_back({panel_name(figures, e, a), a.words, &a.explanation, score_words(e, k)});
  return explanation_figure(source, figure, style, page);
}

/// Names of the arrays of an answer without extension: "grad-cam", with several classes "grad-cam-3".
std::string array_name(const ExplainFigures& figures, const Explained& e, const explain::Answer& a) {
  std::string name(method_of(figures, a));
  if (a.label && of_several_classes(e)) name += fmt::format("-{}", *a.label);
  return name;
}

/// The map of an answer over each input of the model: "overlay" is the first, `maps` have all.
void write_overlays(OutputFolder& folder, const std::string& stem, const SheetSource& source,
                    const explain::Answer& a, const SheetStyle& style, FileNames& files,
                    std::vector<InputMap>& maps) {
  std::string first;
  for (std::size_t p = 0; p < source.engine.model().inputs.size(); ++p) {
    const render::PixelGrid picture = overlay_picture(source, a.explanation, p);
    if (!picture.whole()) continue;
    render::Image image{picture.width, picture.height, {}};
    for (const render::Rgb c : picture.pixels) image.rgb.insert(image.rgb.end(), {c.r, c.g, c.b});
    const std::string file =
        first.empty() ? stem + "-overlay.png" : fmt::format("{}-overlay-{}.png", stem, p);
    folder.write(
        file, render::encode_png(image, {0, {{"Software", "nv " NV_VERSION}, {"Comment", style.command}}}));
    if (first.empty()) files.emplace_back("overlay", first = file);
    for (InputMap& map : maps)
      if (map.port == p) map.overlay = file;
  }
}

void write_arrays(OutputFolder& folder, const std::string& stem, const std::vector<Tensor>& maps,
                  const std::vector<std::string>& wanted, FileNames& files) {
  const auto wants = [&](const char* format) { return std::ranges::find(wanted, format) != wanted.end(); };
  if (maps.empty()) return;  // filters
  if (wants("npy")) {
    if (maps.size() > 1)
      throw Error(ErrorKind::usage, "explain: --format npy cannot hold the maps of several inputs",
                  "--format npz");
    folder.write(stem + ".npy", encode_npy(maps[0]));
    files.emplace_back("npy", stem + ".npy");
  }
  if (wants("npz")) {
    std::vector<std::pair<std::string, Tensor>> arrays;
    for (std::size_t i = 0; i < maps.size(); ++i) arrays.emplace_back(fmt::format("{}", i), maps[i]);
    folder.write(stem + ".npz", encode_npz(arrays));
    files.emplace_back("npz", stem + ".npz");
  }
}

}  // namespace

bool is_drawn(const Explained& e) {
  return has_map(e) || study_of(e) != nullptr;
}

NamedSheet explain_sheet(const ExplainFigures& figures, const SheetSource& source, const Explained& e) {
  const std::string name =
      e.answers.size() == 1 ? std::string(method_of(figures, e.answers[0])) : "explanations";
  return {name, picture_title(source.engine.model(), title_of(figures, e)),
          [&figures, &source, &e](const figures::Style& style, const render::Page& page) {
            return compose(figures, source, e, style, page);
          }};
}

void write_explained(const ExplainFigures& figures, const SheetSource& source, Explained& e,
                     ResultOutput& out, const std::vector<std::string>& wanted, const SheetStyle& style,
                     ThreadPool& pool) {
  const NamedSheet sheet = explain_sheet(figures, source, e);
  if (out.folder() == nullptr) {
    if (out.is_sheet()) write_sheet(out.path, sheet, source.sources, style, out.rules.force);
    return;
  }
  OutputFolder& folder = *out.folder();
  const std::string place = folder.name_of(e.id);
  folder.replaces(place);
  e.files.resize(e.answers.size());
  for (std::size_t k = 0; k < e.answers.size(); ++k) {
    if (const std::size_t alike = first_alike(e, k); alike != k) {
      e.files[k] = e.files[alike];
      e.maps[k] = e.maps[alike];
      continue;
    }
    const std::string stem = place + "/" + array_name(figures, e, e.answers[k]);
    write_arrays(folder, stem, e.answers[k].explanation.maps, wanted, e.files[k]);
    if (std::ranges::find(wanted, "png") != wanted.end())
      write_overlays(folder, stem, source, e.answers[k], style, e.files[k], e.maps[k]);
  }
  for (const std::string& name : wanted) {
    const auto format = render::picture_format("." + name);
    if (!format || !is_drawn(e)) continue;
    const std::string file =
        write_sheets(folder, place, {&sheet, 1}, {&*format, 1}, source.sources, style, pool)[0];
    for (FileNames& files : e.files) files.emplace_back(name, file);
  }
}

}  // namespace nv
