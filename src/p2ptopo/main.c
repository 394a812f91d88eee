/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>

int main(void)
{
	fputs("p2ptopo " P2PTOPO_VERSION "\n", stdout);
	return 0;
}
