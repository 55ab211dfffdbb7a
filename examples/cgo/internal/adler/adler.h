#ifndef ADLER_H
#define ADLER_H

#include <stddef.h>
#include <stdint.h>

#include "modulus.h"

uint32_t adler_sum(const unsigned char *data, size_t len);

#endif
