#include "crc.h"

#include "polynomial.h"

uint32_t crc32_sum(const unsigned char *data, size_t len)
{
    uint32_t crc = ~(uint32_t)0;

    for (size_t i = 0; i < len; i++) {
        crc ^= data[i];
        for (int bit = 0; bit < 8; bit++)
            crc = crc & 1 ? crc >> 1 ^ CRC_POLYNOMIAL : crc >> 1;
    }
    return ~crc;
}
