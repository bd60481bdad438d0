// Both names: the precompiled header has read doctest.h before, so that it no longer derives the first from
// the second.
#define DOCTEST_CONFIG_IMPLEMENT
#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include <doctest/doctest.h>
