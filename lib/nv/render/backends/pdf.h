// A Scene as a PDF file.
#pragma once

#include "nv/core/file.h"
#include "nv/render/backends/provenance.h"
#include "nv/render/scene/scene.h"

namespace nv::render {

/// One page of `width` px (1/96 inch), with the height in proportion. Text stays text, in an embedded subset
/// of Liberation Sans. Lines with letters of other fonts are outlines, with invisible text for searching. The
/// bytes depend on the arguments only: there is no date and no id. Throws Error(output) for a page larger
/// than PDF allows (200 inches).
Bytes encode_pdf(const Scene& scene, double width, const Provenance& provenance = {});

}  // namespace nv::render
