#include "shared/console.h"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <random>
#include <system_error>

#include "nv/core/error.h"
#include "nv/core/letters.h"
#include "nv/core/text.h"
#include "shared/stage.h"

namespace nv {

namespace {

/// Errors are ignored: if stderr is closed or full, the exit code still reports the result.
void write_stderr(const std::string& text) {
  std::fputs(text.c_str(), stderr);
  std::fflush(stderr);
}

/// Start of nv's own colour codes in text for result(). Random per process, so that no name in a file can
/// hold it.
const std::string& style_mark() {
  static const std::string mark = [] {
    std::random_device random;
    return fmt::format("\x1b{:08x}{:08x}", random(), random());
  }();
  return mark;
}

std::string styled(char style, std::string_view text) {
  return fmt::format("{0}{1}{2}{0}0", style_mark(), style, one_line(text));
}

/// `text` made safe to print, with the codes of styled() as escape sequences.
std::string with_styles(std::string_view text) {
  std::string result;
  for (;;) {
    const std::size_t at = text.find(style_mark());
    result += printable(text.substr(0, at));
    if (at == std::string_view::npos) return result;
    text.remove_prefix(at + style_mark().size());
    if (text.empty()) return result;
    result += fmt::format("\x1b[{}m", text[0]);
    text.remove_prefix(1);
  }
}

}  // namespace

void Console::result(std::string_view text) {
  write(with_styles(text));
}

void Console::terminal_picture(std::string_view sequences) {
  write(sequences);
}

void Console::write(std::string_view text) {
  if (stdout_taken) return;
  const Stage stage("printing");
  while (!text.empty() && !closed_) {
    const ssize_t n = ::write(STDOUT_FILENO, text.data(), text.size());
    if (n >= 0) {
      text.remove_prefix(static_cast<std::size_t>(n));
    } else if (errno == EPIPE) {
      if (!survive_closed_pipe) throw ClosedPipe{};
      closed_ = true;
    } else if (errno != EINTR) {
      throw_output("standard output: cannot be written: {}", std::system_category().message(errno));
    }
  }
}

void Console::note(std::string_view text) const {
  if (!quiet) write_stderr(fmt::format("nv: note: {}\n", one_line(text)));
}

void Console::note_once(const std::string& text) {
  if (printed_notes_.insert(text).second) note(text);
}

void Console::note_written(std::initializer_list<std::string> files) const {
  std::error_code none;
  for (const std::string& file : files)
    if (!file.empty() && std::filesystem::exists(file, none)) note(fmt::format("wrote {}", file));
}

void Console::detail(std::string_view text) const {
  if (verbose) write_stderr(fmt::format("nv: {}\n", one_line(text)));
}

void Console::error(std::string_view what, std::string_view hint) const {
  if (!printed_errors_.emplace(what).second) return;
  write_stderr(fmt::format("nv: error: {}\n", one_line(what)));
  if (!hint.empty()) write_stderr(fmt::format("hint: {}\n", one_line(hint)));
}

void Console::interrupted() const {
  std::string text = "nv: interrupted";
  if (done.of > 0) text += fmt::format(": {} of {} inputs are done", done.inputs, done.of);
  if (!done.continuation.empty()) text += fmt::format("{} {}", done.of > 0 ? ";" : ":", done.continuation);
  write_stderr(one_line(text) + '\n');
}

bool Console::stdout_is_terminal() const {
  return ::isatty(STDOUT_FILENO) == 1;
}

bool Console::colors() const {
  if (color != ColorMode::automatic) return color == ColorMode::always;
  const char* no = std::getenv("NO_COLOR");
  const char* term = std::getenv("TERM");
  if ((no != nullptr && *no != '\0') || (term != nullptr && std::string_view(term) == "dumb")) return false;
  return stdout_is_terminal();
}

std::string Console::bold(std::string_view text) const {
  return colors() ? styled('1', text) : one_line(text);
}

std::string Console::dim(std::string_view text) const {
  return colors() ? styled('2', text) : one_line(text);
}

std::optional<std::size_t> Console::width() const {
  if (!stdout_is_terminal()) return std::nullopt;
  if (const char* columns = std::getenv("COLUMNS")) {
    std::size_t width = 0;
    const std::string_view text = columns;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), width);
    if (error == std::errc() && end == text.data() + text.size() && width > 0) return width;
  }
  winsize size{};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return std::nullopt;
  return size.ws_col;
}

Progress::Progress(const Console& console, std::string_view what, std::int64_t total)
    : what_(one_line(what)),
      total_(total),
      enabled_(!console.quiet && total > 1 && ::isatty(STDERR_FILENO) == 1),
      start_(Clock::now()),
      last_(start_) {}

Progress::~Progress() {
  if (shown_) write_stderr(fmt::format("\r\x1b[K"));
}

void Progress::advance(std::int64_t done) {
  done_ += done;
  if (!enabled_) return;
  const auto now = Clock::now();
  const double elapsed = std::chrono::duration<double>(now - start_).count();
  if (elapsed < 0.5 || now - last_ < std::chrono::milliseconds(100)) return;
  last_ = now;
  shown_ = true;
  const double share = static_cast<double>(done_) / static_cast<double>(total_);
  const double rate = static_cast<double>(done_) / elapsed;
  const int filled = static_cast<int>(share * 24);
  write_stderr(fmt::format("\r\x1b[K{} [{:=<{}}{: <{}}] {}/{}  {:.0f}/s  {:.0f} s left", what_, "", filled,
                           "", 24 - filled, done_, total_, rate,
                           rate > 0 ? static_cast<double>(total_ - done_) / rate : 0.0));
  std::fflush(stderr);
}

void Table::column(std::string_view header, Align align) {
  columns_.emplace_back(one_line(header), align);
}
void Table::column(std::string_view upper, std::string_view lower, Align align) {
  columns_.emplace_back(one_line(upper) + '\n' + one_line(lower), align);
}

namespace {

/// The lines of each header, as many for all: a header of fewer lines begins lower.
std::vector<std::vector<std::string>> header_lines(
    std::span<const std::pair<std::string, Table::Align>> columns) {
  std::vector<std::vector<std::string>> headers;
  std::size_t most = 1;
  for (const auto& column : columns)
    most = std::max(most, headers.emplace_back(split(column.first, '\n')).size());
  for (auto& lines : headers) lines.insert(lines.begin(), most - lines.size(), "");
  return headers;
}

}  // namespace

void Table::layer_columns() {
  column("#", Align::right);
  column("layer", Align::left);
  column("kind", Align::left);
}

void Table::layer_row(std::size_t index, std::string_view path, std::string_view kind,
                      std::vector<std::string> more) {
  std::vector<std::string> cells{fmt::format("{}", index), shortened_middle(one_line(path), longest_cell),
                                 shortened(one_line(kind), longest_cell)};
  cells.insert(cells.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
  row(std::move(cells));
}

void Table::row(std::vector<std::string> cells) {
  for (std::size_t c = 0; c < cells.size(); ++c) {
    cells[c] = one_line(cells[c]);
    const bool number = c < columns_.size() && columns_[c].second == Align::right;
    if (number && (cells[c] == "nan" || cells[c] == "-nan" || cells[c] == "+nan")) cells[c] = "NaN";
  }
  rows_.push_back(std::move(cells));
}

namespace {

constexpr std::size_t column_gap = 2;

/// Width of the `shown` columns on a line.
std::size_t line_width(const std::vector<std::size_t>& widths, const std::vector<bool>& shown) {
  std::size_t total = 0;
  for (std::size_t c = 0; c < widths.size(); ++c)
    if (shown[c]) total += widths[c] + (total > 0 ? column_gap : 0);
  return total;
}

/// `text` without its middle, if it is wider than `width`.
std::string cut(const std::string& text, std::size_t width) {
  std::string result = text;
  for (std::size_t most = width; display_width(result) > width; --most) result = shortened_middle(text, most);
  return result;
}

/// Narrows columns so that a line takes at most `most`, and returns which of them are shown. First the
/// widest texts are cut, but not below `readable`; then columns are left out, `expendable` ones first.
std::vector<bool> fit(std::vector<std::size_t>& widths, const std::vector<bool>& is_text,
                      const std::vector<std::size_t>& expendable, std::size_t most) {
  constexpr std::size_t readable = 16;
  std::vector<bool> shown(widths.size(), true);
  while (line_width(widths, shown) > most) {
    std::size_t* widest = nullptr;
    for (std::size_t c = 0; c < widths.size(); ++c)
      if (is_text[c] && widths[c] > readable && (widest == nullptr || widths[c] > *widest))
        widest = &widths[c];
    if (widest == nullptr) break;
    --*widest;
  }
  std::vector<std::size_t> order = expendable;
  for (std::size_t c = widths.size(); c-- > 1;) order.push_back(c);
  for (std::size_t i = 0; i < order.size() && line_width(widths, shown) > most; ++i) shown[order[i]] = false;
  return shown;
}

/// "not shown in 80 columns: median L2, queries per input"; "" if all columns are shown.
std::string not_shown(std::span<const std::pair<std::string, Table::Align>> columns,
                      const std::vector<bool>& shown, std::size_t width) {
  std::vector<std::string> names;
  for (std::size_t c = 0; c < columns.size(); ++c)
    if (!shown[c]) names.push_back(fmt::format("{}", fmt::join(split(columns[c].first, '\n'), " ")));
  if (names.empty()) return {};
  constexpr std::size_t most_names = 6;
  const std::size_t all = names.size();
  if (all > most_names) {
    names.resize(most_names - 1);
    names.push_back(fmt::format("and {} more", all - names.size()));
  }
  return fmt::format("not shown in {} columns: {}", width, fmt::join(names, ", "));
}

}  // namespace

std::string Table::text(const Console& console) const {
  std::vector<std::size_t> widths;
  const auto headers = header_lines(columns_);
  for (std::size_t c = 0; c < columns_.size(); ++c) {
    widths.push_back(0);
    for (const std::string& header : headers[c]) widths[c] = std::max(widths[c], display_width(header));
    for (const auto& row : rows_) widths[c] = std::max(widths[c], display_width(row[c]));
  }
  const std::size_t most = console.width().value_or(SIZE_MAX);
  std::vector<bool> is_text;
  for (const auto& column : columns_) is_text.push_back(column.second == Align::left);
  const std::vector<bool> shown = fit(widths, is_text, expendable_, most);
  const auto line = [&](const auto& cell_of) {
    std::string text;
    for (std::size_t c = 0; c < columns_.size(); ++c) {
      if (!shown[c]) continue;
      const std::string cell = cut(cell_of(c), widths[c]);
      const std::string space(widths[c] - display_width(cell), ' ');
      text += columns_[c].second == Align::right ? space + cell : cell + space;
      text += std::string(column_gap, ' ');
    }
    text.resize(text.find_last_not_of(' ') + 1);
    return text;
  };
  std::string text;
  for (std::size_t i = 0; !headers.empty() && i < headers[0].size(); ++i)
    text += console.bold(line([&](std::size_t c) -> const std::string& { return headers[c][i]; })) + '\n';
  for (const auto& row : rows_)
    text += line([&](std::size_t c) -> const std::string& { return row[c]; }) + '\n';
  if (const std::string hidden = not_shown(columns_, shown, most); !hidden.empty())
    text += console.dim(shortened(hidden, most)) + '\n';
  return text;
}

namespace {
extern "C" void on_interrupt(int) {
  if (interrupt_requested()) _exit(130);
  request_interrupt();
}
}  // namespace

void hold_standard_streams() {
  for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (::fcntl(stream, F_GETFD) >= 0 || errno != EBADF) continue;
    // Gets the lowest free descriptor, which is this one. Opened for the opposite direction, so that use
    // fails.
    const int fd = ::open("/dev/null", stream == STDIN_FILENO ? O_WRONLY : O_RDONLY);
    if (fd > STDERR_FILENO) ::close(fd);
  }
}

void catch_interrupts() {
  struct sigaction action {};
  action.sa_handler = on_interrupt;  // without SA_RESTART, so that a blocked read returns
  ::sigaction(SIGINT, &action, nullptr);
  ::sigaction(SIGTERM, &action, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);  // exceeding the limit on file sizes is an error like a full disk
}

}  // namespace nv
