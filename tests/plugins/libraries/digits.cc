// custom_ops/examples/digits as a library.
#include "custom_ops/examples/digits/register.h"
#include "engine/plugin_descriptor.h"

LOADSTONE_PLUGIN(loadstone::RegisterDigits);
