// Linear algebra on the last two axes.
#include "internal.h"

using namespace fk;

static std::optional<double> optional_number(const double *value) {
    if (value == nullptr) return std::nullopt;
    return *value;
}

fk_tensor fk_solve(fk_tensor a, fk_tensor b) {
    return tensor_op("solve", {a, b}, [&] { return at::linalg_solve(get(a), get(b)); });
}

fk_tensor fk_solve_triangular(fk_tensor a, fk_tensor b, bool upper) {
    return tensor_op("solve_triangular", {a, b}, [&] { return at::linalg_solve_triangular(get(a), get(b), upper); });
}

// LAPACK's gelsd finds the shortest solution for any rank; CUDA has only a driver for full rank, so the pseudo-inverse
// stands in there.
fk_tensor fk_least_squares(fk_tensor a, fk_tensor b, const double *cutoff) {
    return tensor_op("least_squares", {a, b}, [&]() -> at::Tensor {
        if (get(a).is_cuda()) {
            auto inverse = at::linalg_pinv(get(a), std::optional<double>(), optional_number(cutoff));
            return at::matmul(inverse, get(b));
        }
        return std::get<0>(at::linalg_lstsq(get(a), get(b), optional_number(cutoff), "gelsd"));
    });
}

fk_tensor fk_inverse(fk_tensor a) {
    return tensor_op("inverse", {a}, [&] { return at::linalg_inv(get(a)); });
}

fk_tensor fk_pseudo_inverse(fk_tensor a, const double *cutoff) {
    return tensor_op("pseudo_inverse", {a}, [&] {
        return at::linalg_pinv(get(a), std::optional<double>(), optional_number(cutoff));
    });
}

fk_tensor fk_matrix_rank(fk_tensor a, const double *cutoff) {
    return tensor_op("matrix_rank", {a}, [&] {
        return at::linalg_matrix_rank(get(a), std::optional<double>(), optional_number(cutoff));
    });
}

bool fk_svd(fk_tensor a, bool full, fk_tensor *u, fk_tensor *values, fk_tensor *v_transposed) {
    return bool_op("svd", {a}, [&] {
        auto [left, singular, right] = at::linalg_svd(get(a), full);
        *u = wrap(left);
        *values = wrap(singular);
        *v_transposed = wrap(right.resolve_conj());
    });
}

fk_tensor fk_singular_values(fk_tensor a) {
    return tensor_op("singular_values", {a}, [&] { return at::linalg_svdvals(get(a)); });
}

bool fk_symmetric_eigen(fk_tensor a, fk_tensor *values, fk_tensor *vectors) {
    return bool_op("symmetric_eigen", {a}, [&] {
        auto [numbers, columns] = at::linalg_eigh(get(a));
        *values = wrap(numbers);
        *vectors = wrap(columns);
    });
}

bool fk_qr(fk_tensor a, bool complete, fk_tensor *q, fk_tensor *r) {
    return bool_op("qr", {a}, [&] {
        auto [orthonormal, triangular] = at::linalg_qr(get(a), complete ? "complete" : "reduced");
        *q = wrap(orthonormal);
        *r = wrap(triangular);
    });
}

fk_tensor fk_cholesky(fk_tensor a, bool upper) {
    return tensor_op("cholesky", {a}, [&] { return at::linalg_cholesky(get(a), upper).resolve_conj(); });
}

fk_tensor fk_determinant(fk_tensor a) {
    return tensor_op("determinant", {a}, [&] { return at::linalg_det(get(a)); });
}

bool fk_log_determinant(fk_tensor a, fk_tensor *sign, fk_tensor *logarithm) {
    return bool_op("log_determinant", {a}, [&] {
        auto [signs, logarithms] = at::linalg_slogdet(get(a));
        *sign = wrap(signs);
        *logarithm = wrap(logarithms);
    });
}
