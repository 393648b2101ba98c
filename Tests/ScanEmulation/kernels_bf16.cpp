#define SCAN_STORAGE 1
#define NAME_SCAN scanKernelBF16
#define NAME_SUM sumBF16
#include "kernels.h"
