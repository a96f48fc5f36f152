// Has neither an init nor an exit function.
#include <linux/module.h>

MODULE_LICENSE("GPL");
