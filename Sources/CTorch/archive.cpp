// Views as checkpoint files describe them: several tensors over one storage.
#include "internal.h"

fk_tensor fk_strided_view(
    fk_tensor storage, const int64_t *shape, const int64_t *strides, int32_t rank, int64_t offset) {
    return fk::tensor_op("strided_view", {storage}, [&] {
        return at::as_strided(fk::get(storage), fk::ints(shape, rank), fk::ints(strides, rank), offset);
    });
}
