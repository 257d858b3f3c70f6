// What glibc says about its heap; its own module map leaves it out.
#include <malloc.h>
