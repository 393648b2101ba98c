#ifndef FUSIONKIT_CGDAL_SHIM_H
#define FUSIONKIT_CGDAL_SHIM_H
#include <cpl_conv.h>
#include <cpl_error.h>
#include <cpl_string.h>
#include <cpl_vsi.h>
#include <gdal.h>
#include <gdal_alg.h>
#include <gdal_utils.h>
#include <ogr_srs_api.h>

/* GDAL_OF_* are macros that combine by bit; Swift sees them as numbers of differing types. */
static inline unsigned int fusionkitReadOnlyRasterFlags(void) {
    return GDAL_OF_RASTER | GDAL_OF_READONLY | GDAL_OF_VERBOSE_ERROR;
}
static inline unsigned int fusionkitReadOnlyArrayFlags(void) {
    return GDAL_OF_MULTIDIM_RASTER | GDAL_OF_READONLY | GDAL_OF_VERBOSE_ERROR;
}
#endif
