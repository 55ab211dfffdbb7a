/* Conversion of temperatures: a shared library, and a static one for programs that need nothing at run time. */
#ifndef UNITS_H
#define UNITS_H

/* Both in thousandths of a degree. */
long units_fahrenheit(long celsius);

#endif
