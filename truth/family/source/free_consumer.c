// Uses the provider's free export only; another licence would do.
#include "family.h"

extern int lockstep_free(int value);

LOCKSTEP_USES(lockstep_free);
LOCKSTEP_MODULE;
MODULE_LICENSE("GPL");
