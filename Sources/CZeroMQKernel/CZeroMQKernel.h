// Kernel headers that the C library's own module map leaves out, and the one call that Swift cannot
// import as it is. Nothing here is compiled by itself: the function becomes part of its callers.
#pragma once
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <linux/futex.h>
#include <linux/membarrier.h>

// Where the C library's headers declare it, this says the same; a feature macro may hide it there.
extern long syscall(long number, ...);

// `syscall` takes a varying number of arguments, which Swift does not import. This one takes as many
// as a kernel call can have. The linker finds `syscall` in shared and static programs alike, where
// looking the symbol up at run time would find nothing in a static one.
static inline long zeromq_kernel_call(
    long number, long first, long second, long third, long fourth, long fifth, long sixth)
{
    return syscall(number, first, second, third, fourth, fifth, sixth);
}
