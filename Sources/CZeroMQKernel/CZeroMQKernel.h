// Kernel headers that the C library's own module map leaves out, and what Swift cannot import as it
// is, or imports as another type from each C library. Nothing here is compiled by itself: functions
// and constants become part of those who use them.
#pragma once
#include <pthread.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
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

// Members of an enumeration in one C library, macros in another.
static const uint32_t zeromq_epoll_in = EPOLLIN;
static const uint32_t zeromq_epoll_out = EPOLLOUT;
static const uint32_t zeromq_epoll_rdhup = EPOLLRDHUP;
static const uint32_t zeromq_epoll_hup = EPOLLHUP;
static const uint32_t zeromq_epoll_err = EPOLLERR;
static const uint32_t zeromq_epoll_et = EPOLLET;
static const int32_t zeromq_sock_stream = SOCK_STREAM;
static const int32_t zeromq_sock_nonblock = SOCK_NONBLOCK;
static const int32_t zeromq_sock_cloexec = SOCK_CLOEXEC;

// What names a thread is a number in one C library and a pointer in another. Here it is a number, and
// nobody needs the name of a new thread.
static inline uintptr_t zeromq_thread_identity(void) { return (uintptr_t)pthread_self(); }

static inline int32_t zeromq_create_thread(
    const pthread_attr_t *attributes, void *(*entry)(void *), void *context)
{
    pthread_t thread;
    return pthread_create(&thread, attributes, entry, context);
}

// Tells the processor that this thread looks again and again at a word that another one will write: it
// then leaves more of a shared core to the other, and ends the loop without a mispredicted load.
static inline void zeromq_spin_hint(void)
{
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#elif defined(__aarch64__) || defined(__arm__)
    __asm__ volatile("yield");
#endif
}

// How many descriptors this process may have; 0 if that cannot be found out.
static inline uint64_t zeromq_most_descriptors(void)
{
    struct rlimit limit;
    return getrlimit(RLIMIT_NOFILE, &limit) == 0 ? (uint64_t)limit.rlim_cur : 0;
}
