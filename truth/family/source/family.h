// Names the address of a symbol, so that the module imports it without calling it: whether a
// kernel takes the import is the question, not what the function does.
#ifndef LOCKSTEP_FAMILY_H
#define LOCKSTEP_FAMILY_H

#include <linux/init.h>
#include <linux/module.h>
#include <linux/version.h>

#define LOCKSTEP_USES(...) \
	static const void *volatile lockstep_uses[] __used = { __VA_ARGS__ }

#define LOCKSTEP_MODULE \
	static int __init lockstep_init(void) { return 0; } \
	static void __exit lockstep_exit(void) { } \
	module_init(lockstep_init); \
	module_exit(lockstep_exit)

// From 6.13 on the name of a namespace is a string literal.
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 13, 0)
#define LOCKSTEP_IMPORT_NS(name) MODULE_IMPORT_NS(#name)
#define LOCKSTEP_EXPORT_NS(symbol, name) EXPORT_SYMBOL_NS(symbol, #name)
#else
#define LOCKSTEP_IMPORT_NS(name) MODULE_IMPORT_NS(name)
#define LOCKSTEP_EXPORT_NS(symbol, name) EXPORT_SYMBOL_NS(symbol, name)
#endif

#endif
