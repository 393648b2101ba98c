#define SCAN_STORAGE 2
#define NAME_SCAN scanKernelF16
#define NAME_SUM sumF16
#include "kernels.h"
