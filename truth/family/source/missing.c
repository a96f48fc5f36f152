// Imports a symbol that nobody exports.
#include "family.h"

extern int lockstep_absent(void);

LOCKSTEP_USES(lockstep_absent);
LOCKSTEP_MODULE;
MODULE_LICENSE("GPL");
