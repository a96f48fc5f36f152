// Imports a symbol that nobody exports, weakly: the kernel leaves it at zero.
#include "family.h"

extern int lockstep_absent(void) __attribute__((weak));

static const void *volatile lockstep_weak __used = lockstep_absent;

static int __init weak_init(void)
{
	pr_info("weak import is %s\n", lockstep_weak ? "there" : "absent");
	return 0;
}

static void __exit weak_exit(void) { }

module_init(weak_init);
module_exit(weak_exit);
MODULE_LICENSE("GPL");
