// Imports what a block driver needs; the checksums of these names follow struct bio and others.
#include <linux/bio.h>
#include <linux/blkdev.h>
#include "family.h"

LOCKSTEP_USES(bio_endio, bio_put, submit_bio, put_disk);
LOCKSTEP_MODULE;
MODULE_LICENSE("GPL");
