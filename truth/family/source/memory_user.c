// Allocates and frees, as every real module does.
#include <linux/slab.h>
#include "family.h"

static void *memory;

static int __init memory_user_init(void)
{
	memory = kmalloc(128, GFP_KERNEL);
	return memory ? 0 : -ENOMEM;
}

static void __exit memory_user_exit(void)
{
	kfree(memory);
}

module_init(memory_user_init);
module_exit(memory_user_exit);
MODULE_LICENSE("GPL");
