// Imports symbols that only GPL-compatible modules may use.
#include <linux/device.h>
#include <linux/workqueue.h>
#include "family.h"

LOCKSTEP_USES(get_device, put_device, flush_work);
LOCKSTEP_MODULE;
MODULE_LICENSE("GPL v2");
