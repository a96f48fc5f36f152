// Exports a name that the provider exports too.
#include "family.h"

int lockstep_free(int value);
int lockstep_free(int value)
{
	return value - 1;
}
EXPORT_SYMBOL(lockstep_free);

static int __init clash_init(void)
{
	return 0;
}

static void __exit clash_exit(void) { }

module_init(clash_init);
module_exit(clash_exit);
MODULE_LICENSE("GPL");
