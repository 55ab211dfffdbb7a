#ifndef POLYNOMIAL_H
#define POLYNOMIAL_H

/* IEEE 802.3, bits reversed. */
#define CRC_POLYNOMIAL 0xedb88320u

#endif
