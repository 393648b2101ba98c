// Random scans by the CUDA kernels in emulation, forward and backward, against the references in double precision. Every
// array ends where its memory ends, so that a sanitizer sees the first access outside it.

#include <ScanEmulation.h>

#include <cstdio>
#include <cstdlib>

int main(int count, char **arguments) {
    const int cases = count > 1 ? std::atoi(arguments[1]) : 60;
    for (int seed = 1; seed <= cases; ++seed) {
        char message[1000];
        if (!(fk_emulate_random_scan(uint64_t(seed), message, sizeof message) <= 1)) {
            std::printf("seed %d: %s\n", seed, message);
            return 1;
        }
    }
    std::printf("%d random scans by the CUDA kernels agree with the reference\n", cases);
}
