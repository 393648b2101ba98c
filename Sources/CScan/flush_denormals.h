#pragma once

#if defined(__x86_64__)
#include <xmmintrin.h>
#endif

namespace fusionkit {

/// Makes denormal numbers zero while it lives, on this thread: a state that fades out would otherwise end in denormals,
/// each of which costs some x86 processors over a hundred cycles. Below 1.2e-38 nothing of it can be seen in y.
class FlushDenormals {
public:
#if defined(__x86_64__)
    FlushDenormals() : before_(_mm_getcsr()) { _mm_setcsr(before_ | 0x8040); }
    ~FlushDenormals() { _mm_setcsr(before_); }

private:
    unsigned before_;
#else
    FlushDenormals() {}
#endif
public:
    FlushDenormals(const FlushDenormals &) = delete;
};

}  // namespace fusionkit
