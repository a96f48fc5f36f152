// Exports one symbol of each kind for the others of the family.
#include "family.h"

int lockstep_free(int value);
int lockstep_free(int value)
{
	return value + 1;
}
EXPORT_SYMBOL(lockstep_free);

int lockstep_gpl(int value);
int lockstep_gpl(int value)
{
	return value + 2;
}
EXPORT_SYMBOL_GPL(lockstep_gpl);

int lockstep_spaced(int value);
int lockstep_spaced(int value)
{
	return value + 3;
}
LOCKSTEP_EXPORT_NS(lockstep_spaced, LOCKSTEP);

static int __init provider_init(void)
{
	return 0;
}

static void __exit provider_exit(void) { }

module_init(provider_init);
module_exit(provider_exit);
MODULE_LICENSE("GPL");
