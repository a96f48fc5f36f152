// Imports what a network driver needs, a variable (init_net) among it.
#include <linux/netdevice.h>
#include <net/net_namespace.h>
#include "family.h"

LOCKSTEP_USES(register_netdev, unregister_netdev, netif_rx, &init_net);
LOCKSTEP_MODULE;
MODULE_LICENSE("GPL");
