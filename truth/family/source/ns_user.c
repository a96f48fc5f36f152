// Imports a symbol of a namespace and says so.
#include <crypto/internal/cipher.h>
#include "family.h"

LOCKSTEP_USES(crypto_cipher_setkey);
LOCKSTEP_MODULE;
MODULE_LICENSE("GPL");
LOCKSTEP_IMPORT_NS(CRYPTO_INTERNAL);
