#include "CScan.h"
extern "C" const char *fk_scan_instruction_set(void) { return "plain"; }
