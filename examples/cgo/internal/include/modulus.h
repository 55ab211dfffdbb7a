#ifndef MODULUS_H
#define MODULUS_H

/* The largest prime below 2^16. */
#define ADLER_MODULUS 65521

#endif
