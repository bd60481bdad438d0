#include "nv/core/xml.h"

#include <doctest/doctest.h>

TEST_CASE("markup characters become entities, and apostrophes if asked for") {
  CHECK(nv::xml_escaped("a < b && \"c\" > 'd'") == "a &lt; b &amp;&amp; &quot;c&quot; &gt; 'd'");
  CHECK(nv::xml_escaped("'d'", true) == "&#39;d&#39;");
}
