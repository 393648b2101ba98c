// Sums over processes by Open MPI, whose library is loaded when it is needed: neither building nor a process that works alone
// needs it.
//
// Only Open MPI (4 and 5, libmpi.so.40) has the binary interface that this is written for; that of MPICH and its relatives
// has numbers where this one has pointers.
#ifndef FUSIONKIT_CMPI_H
#define FUSIONKIT_CMPI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// What a function returns when nothing went wrong; else a code for `fk_mpi_problem`.
#define FK_MPI_SUCCESS 0

/// Loads a library and begins to be one of the processes that a launcher has started. Once in a process.
///
/// @param library a file name, which the loader searches for.
/// @param rank gets the number of this process, from 0.
/// @param size gets the number of processes.
/// @return NULL, or what is wrong: a text that stays.
const char *fk_mpi_begin(const char *library, int32_t *rank, int32_t *size);

/// Ends being one of the processes; waits for all others to end too.
void fk_mpi_end(void);

/// Ends all processes with an exit status.
void fk_mpi_abort(int32_t status);

/// Replaces numbers by their largest over all processes.
int32_t fk_mpi_maximum(double *values, int32_t count);

/// Replaces numbers by their sums over all processes.
int32_t fk_mpi_sum(double *values, int32_t count);

/// Begins to replace numbers by their sums over all processes. They must stay where they are until `fk_mpi_wait`.
///
/// @param request gets what to wait for.
int32_t fk_mpi_begin_sum(float *values, int32_t count, void **request);

/// Gives the library time to work on a request.
int32_t fk_mpi_advance(void **request);

/// Waits for the end of a request.
int32_t fk_mpi_wait(void **request);

/// What a code means. The text stays until the next call.
const char *fk_mpi_problem(int32_t code);

#endif
