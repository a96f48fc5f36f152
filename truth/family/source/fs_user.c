// Imports what a filesystem needs; the checksums of these names follow struct inode and others.
#include <linux/fs.h>
#include "family.h"

LOCKSTEP_USES(register_filesystem, unregister_filesystem, iput, d_make_root);
LOCKSTEP_MODULE;
MODULE_LICENSE("GPL");
