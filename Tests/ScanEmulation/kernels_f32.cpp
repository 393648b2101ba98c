#define SCAN_STORAGE 0
#define NAME_SCAN scanKernelF32
#define NAME_SUM sumF32
#include "kernels.h"
