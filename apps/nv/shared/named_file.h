// Writes single files named by the user: -o FIG.png, --save, --svg, --html, --export.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "nv/core/file.h"
#include "nv/render/backends/encode.h"
#include "shared/option_set.h"

namespace nv {

/// --force, for commands that write files.
void declare_force(const OptionGroup& group, bool& force);
/// --clean, for commands that write into a folder.
void declare_clean(const OptionGroup& group, bool& clean);

/// Whether nv wrote a file, by the mark inside: pictures, pages, JSON, .npz, models.
bool is_made_by_nv(const std::string& file);

/// Throws Error(output) if a file exists that nv did not write, unless `force`: for a check before long work.
/// Pipes and devices pass.
void check_named_file(const std::string& file, bool force);

/// Writes the file, after the same check.
void write_named_file(const std::string& file, std::span<const std::byte> bytes, bool force);
void write_named_file(const std::string& file, std::string_view text, bool force);

/// Throws Error(usage) if -o names a picture but `command` writes a folder.
void check_is_folder(std::string_view command, const std::string& output, const std::string& hint);
/// Throws Error(usage) if -o has the extension of a picture format that nv does not write (NAME.jpg).
void check_picture_extension(const std::string& output);
/// Throws Error(usage) if the name has the extension of another picture format.
void check_extension(const std::string& name, render::PictureFormat format);

}  // namespace nv
