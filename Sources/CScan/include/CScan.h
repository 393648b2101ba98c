#ifndef FUSIONKIT_CSCAN_H
#define FUSIONKIT_CSCAN_H
#ifdef __cplusplus
extern "C" {
#endif

/// Name of the instruction set that the scan kernels use on this machine.
const char *fk_scan_instruction_set(void);

#ifdef __cplusplus
}
#endif
#endif
