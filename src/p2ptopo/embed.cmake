# SPDX-License-Identifier: GPL-2.0-or-later
# cmake -DOUTPUT=FILE.c "-DSCHEMAS=a.json;b.json" -P embed.cmake
# Write a C file that holds the text of every schema as bytes.
set(arrays "")
set(rows "")
foreach(path IN LISTS SCHEMAS)
	get_filename_component(name ${path} NAME_WE)
	string(MAKE_C_IDENTIFIER "${name}" symbol)
	file(READ ${path} bytes HEX)
	string(REGEX REPLACE "(..)" "0x\\1," bytes "${bytes}")
	string(APPEND arrays "static const char ${symbol}[] = {${bytes}0};\n")
	string(APPEND rows "\t{ \"${name}\", ${symbol} },\n")
endforeach()
file(WRITE ${OUTPUT} "/* SPDX-License-Identifier: GPL-2.0-or-later */
#include \"print/schemas.h\"

${arrays}
const struct schema schemas[] = {
${rows}\t{ 0, 0 }
};
")
