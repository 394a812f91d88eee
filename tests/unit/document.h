/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A file of text for a loader to read, made anew for each test. */
#ifndef TEST_DOCUMENT_H
#define TEST_DOCUMENT_H

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <p2ppolicy/all.h>

static struct p2p_context *context;
static char path[] = "/tmp/test-document-XXXXXX";

static void setup(void)
{
	int fd;

	strcpy(path + sizeof(path) - 7, "XXXXXX");
	fd = mkstemp(path);
	ck_assert_int_ge(fd, 0);
	close(fd);
	ck_assert_int_eq(p2p_context_new(&context), 0);
}

static void teardown(void)
{
	unlink(path);
	context = p2p_context_free(context);
}

static void put_document(const char *text)
{
	FILE *file = fopen(path, "w");

	ck_assert_ptr_nonnull(file);
	fputs(text, file);
	fclose(file);
}

#endif
