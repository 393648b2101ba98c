#include "CMPI.h"

#include <dlfcn.h>
#include <stdio.h>

// Open MPI's handles are addresses of objects in the library, and its constants are these (mpi.h of Open MPI 4.1 and 5.0).
typedef void *handle;
static void *const in_place = (void *)1;
static void *const no_status = NULL;
enum { one_thread_at_a_time = 2, longest_text = 256 };

static struct {
    int (*initialize)(int *, char ***, int, int *);
    int (*finalize)(void);
    int (*abort)(handle, int);
    int (*rank)(handle, int *);
    int (*size)(handle, int *);
    int (*return_errors)(handle, handle);
    int (*allreduce)(const void *, void *, int, handle, handle, handle);
    int (*begin_allreduce)(const void *, void *, int, handle, handle, handle, handle *);
    int (*test)(handle *, int *, void *);
    int (*wait)(handle *, void *);
    int (*error_text)(int, char *, int *);
    handle world, doubles, floats, sum, maximum, errors_return;
} mpi;

static char text[512];

static const char *load(const char *library) {
    // The library's own plug-ins look for its symbols among all that are loaded.
    void *loaded = dlopen(library, RTLD_NOW | RTLD_GLOBAL);
    if (loaded == NULL) {
        snprintf(text, sizeof text, "%s", dlerror());
        return text;
    }
    struct {
        const char *name;
        void *place;
    } symbols[] = {
        {"MPI_Init_thread", &mpi.initialize},
        {"MPI_Finalize", &mpi.finalize},
        {"MPI_Abort", &mpi.abort},
        {"MPI_Comm_rank", &mpi.rank},
        {"MPI_Comm_size", &mpi.size},
        {"MPI_Comm_set_errhandler", &mpi.return_errors},
        {"MPI_Allreduce", &mpi.allreduce},
        {"MPI_Iallreduce", &mpi.begin_allreduce},
        {"MPI_Test", &mpi.test},
        {"MPI_Wait", &mpi.wait},
        {"MPI_Error_string", &mpi.error_text},
        {"ompi_mpi_comm_world", &mpi.world},
        {"ompi_mpi_double", &mpi.doubles},
        {"ompi_mpi_float", &mpi.floats},
        {"ompi_mpi_op_sum", &mpi.sum},
        {"ompi_mpi_op_max", &mpi.maximum},
        {"ompi_mpi_errors_return", &mpi.errors_return},
    };
    for (size_t i = 0; i < sizeof symbols / sizeof symbols[0]; i++) {
        void *address = dlsym(loaded, symbols[i].name);
        if (address == NULL) {
            snprintf(text, sizeof text, "%s has no %s: it is not Open MPI's", library, symbols[i].name);
            return text;
        }
        *(void **)symbols[i].place = address;
    }
    return NULL;
}

const char *fk_mpi_begin(const char *library, int32_t *rank, int32_t *size) {
    const char *problem = load(library);
    if (problem != NULL) return problem;
    int provided = 0;
    int code = mpi.initialize(NULL, NULL, one_thread_at_a_time, &provided);
    if (code == FK_MPI_SUCCESS) code = mpi.return_errors(mpi.world, mpi.errors_return);
    if (code == FK_MPI_SUCCESS) code = mpi.rank(mpi.world, rank);
    if (code == FK_MPI_SUCCESS) code = mpi.size(mpi.world, size);
    if (code != FK_MPI_SUCCESS) return fk_mpi_problem(code);
    return provided < one_thread_at_a_time ? "this Open MPI takes calls from the first thread only" : NULL;
}

void fk_mpi_end(void) { mpi.finalize(); }

void fk_mpi_abort(int32_t status) { mpi.abort(mpi.world, status); }

int32_t fk_mpi_maximum(double *values, int32_t count) {
    return mpi.allreduce(in_place, values, count, mpi.doubles, mpi.maximum, mpi.world);
}

int32_t fk_mpi_sum(double *values, int32_t count) {
    return mpi.allreduce(in_place, values, count, mpi.doubles, mpi.sum, mpi.world);
}

int32_t fk_mpi_begin_sum(float *values, int32_t count, void **request) {
    return mpi.begin_allreduce(in_place, values, count, mpi.floats, mpi.sum, mpi.world, request);
}

int32_t fk_mpi_advance(void **request) {
    int done = 0;
    return mpi.test(request, &done, no_status);
}

int32_t fk_mpi_wait(void **request) { return mpi.wait(request, no_status); }

const char *fk_mpi_problem(int32_t code) {
    int length = 0;
    char words[longest_text] = "";
    mpi.error_text(code, words, &length);
    snprintf(text, sizeof text, "%s", words);
    return text;
}
