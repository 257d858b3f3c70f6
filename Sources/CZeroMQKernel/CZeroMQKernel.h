// Kernel headers that the C library's own module map leaves out. Includes only: nothing is compiled.
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <linux/futex.h>
#include <linux/membarrier.h>
