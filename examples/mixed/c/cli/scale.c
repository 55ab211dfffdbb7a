/* A C program over the Go archive. */
#include <stdio.h>
#include <stdlib.h>

#include "libgauge.h" /* made with the archive */

int main(int argc, char **argv) {
    if (argc != 2) {
        fprintf(stderr, "usage: %s RAW\n", argv[0]);
        return 2;
    }
    char *text = GaugeDescribe(atol(argv[1]));
    puts(text);
    free(text);
    return 0;
}
