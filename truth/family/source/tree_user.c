// Imports from a module of the kernel's own tree, which must be loaded before.
#include <linux/configfs.h>
#include "family.h"

LOCKSTEP_USES(config_group_init, config_item_put);
LOCKSTEP_MODULE;
MODULE_LICENSE("GPL");
