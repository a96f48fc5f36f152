// Uses all that the provider exports, and exports one more.
#include "family.h"

extern int lockstep_free(int value);
extern int lockstep_gpl(int value);
extern int lockstep_spaced(int value);

LOCKSTEP_USES(lockstep_free, lockstep_gpl, lockstep_spaced);
LOCKSTEP_MODULE;

int lockstep_chained(int value);
int lockstep_chained(int value)
{
	return lockstep_free(value);
}
EXPORT_SYMBOL(lockstep_chained);

MODULE_LICENSE("GPL");
LOCKSTEP_IMPORT_NS(LOCKSTEP);
