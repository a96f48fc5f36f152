// Uses the consumer, which uses the provider.
#include "family.h"

extern int lockstep_chained(int value);

LOCKSTEP_USES(lockstep_chained);
LOCKSTEP_MODULE;
MODULE_LICENSE("GPL");
