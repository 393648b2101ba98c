#ifndef FUSIONKIT_CMATIO_SHIM_H
#define FUSIONKIT_CMATIO_SHIM_H
#include <matio.h>
#endif
