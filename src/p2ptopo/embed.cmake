# SPDX-License-Identifier: GPL-2.0-or-later
# cmake -DOUTPUT=FILE.c -DFOLDER=FOLDER "-DSCHEMAS=a.json;b.json" -P embed.cmake
# Write each schema into FOLDER with the definitions of schemas/defs/ that it refers to, so that it
# stands alone, and a C file that holds all of them as bytes.

cmake_minimum_required(VERSION 3.18)

# Names that @text refers to, and that neither @own nor @ret_names has.
function(find_names text own ret_names)
	set(names ${${ret_names}})
	string(REGEX MATCHALL "#/\\$defs/[a-z_]+" references "${text}")
	foreach(reference IN LISTS references)
		string(REPLACE "#/$defs/" "" name "${reference}")
		string(FIND "${own}" "\n    \"${name}\": " place)
		if(place EQUAL -1 AND NOT name IN_LIST names)
			list(APPEND names ${name})
		endif()
	endforeach()
	set(${ret_names} ${names} PARENT_SCOPE)
endfunction()

# Append the definitions that @text lacks, in the order in which they are needed.
function(complete text ret_text)
	set(${ret_text} "${text}" PARENT_SCOPE)
	string(FIND "${text}" "\n  \"$defs\": {" place)
	if(place EQUAL -1)
		return()
	endif()
	string(SUBSTRING "${text}" ${place} -1 own)
	set(names "")
	set(added "")
	find_names("${text}" "${own}" names)
	if(NOT names)
		return()
	endif()
	while(names)
		list(POP_FRONT names name)
		set(path ${CMAKE_CURRENT_LIST_DIR}/schemas/defs/${name}.json)
		if(NOT EXISTS ${path})
			set(path ${CMAKE_CURRENT_LIST_DIR}/schemas/defs/words/${name}.json)
		endif()
		file(READ ${path} definition)
		string(STRIP "${definition}" definition)
		string(REPLACE "\n" "\n    " definition "${definition}")
		string(APPEND added "\n    \"${name}\": ${definition},")
		find_names("${definition}" "${own}${added}" names)
	endwhile()
	# Its own ones follow, if it has any.
	if(own MATCHES "^\n  \"[$]defs\": {}")
		string(REGEX REPLACE ",$" "\n  }" added "${added}")
		string(REPLACE "\n  \"$defs\": {}" "\n  \"$defs\": {${added}" text "${text}")
	else()
		string(REPLACE "\n  \"$defs\": {" "\n  \"$defs\": {${added}" text "${text}")
	endif()
	set(${ret_text} "${text}" PARENT_SCOPE)
endfunction()

set(arrays "")
set(rows "")
foreach(path IN LISTS SCHEMAS)
	get_filename_component(name ${path} NAME_WE)
	string(MAKE_C_IDENTIFIER "${name}" symbol)
	file(READ ${path} text)
	complete("${text}" text)
	file(WRITE ${FOLDER}/${name}.json "${text}")
	file(READ ${FOLDER}/${name}.json bytes HEX)
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
