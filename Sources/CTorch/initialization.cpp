// What starting values of parameters need beyond random numbers.
#include "internal.h"

using namespace fk;

fk_tensor fk_erfinv(fk_tensor x) {
    return tensor_op("erfinv", {x}, [&] { return at::erfinv(get(x)); });
}
