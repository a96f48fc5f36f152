// A module under a licence that the kernel does not count as compatible, with free imports only.
#include "family.h"

static int __init license_user_init(void)
{
	pr_info("license_user is here\n");
	return 0;
}

static void __exit license_user_exit(void) { }

module_init(license_user_init);
module_exit(license_user_exit);
MODULE_LICENSE("CDDL");
