// Needs nothing of the kernel but printk and what every module has.
#include <linux/module.h>
#include "family.h"

static int __init plain_init(void)
{
	pr_info("plain is here\n");
	return 0;
}

static void __exit plain_exit(void)
{
	pr_info("plain leaves\n");
}

module_init(plain_init);
module_exit(plain_exit);
MODULE_LICENSE("GPL");
MODULE_ALIAS("lockstep:plain");
