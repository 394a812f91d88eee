/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <errno.h>

#include "base/context.h"

struct p2p_context {
	p2p_log_fn *log;
	void *userdata;
	char error[1024];
};

int p2p_context_new(struct p2p_context **ret_context)
{
	struct p2p_context *context = calloc(1, sizeof(*context));

	if (!context)
		return -ENOMEM;
	*ret_context = context;
	return 0;
}

struct p2p_context *p2p_context_free(struct p2p_context *context)
{
	free(context);
	return NULL;
}

void p2p_context_set_log(struct p2p_context *context, p2p_log_fn *fn, void *userdata)
{
	context->log = fn;
	context->userdata = userdata;
}

const char *p2p_context_error(const struct p2p_context *context)
{
	return context->error;
}

int p2p_error(struct p2p_context *context, int error, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(context->error, sizeof(context->error), format, args);
	va_end(args);
	return error;
}

bool p2p_is_exhausted(int error)
{
	return error == -ENOMEM || error == -EMFILE || error == -ENFILE || error == -ELIBACC;
}

int p2p_exhausted(struct p2p_context *context, int error)
{
	return p2p_error(context, error, "%s", error == -ENOMEM ? "out of memory" :
			 error == -ELIBACC ? P2P_LIBARCHIVE ", which reads and writes what is packed, cannot be loaded" :
			 strerror(-error));
}

int p2p_told(struct p2p_context *context, int r)
{
	return r == -ENOMEM ? p2p_exhausted(context, r) : r;
}

void p2p_debug(struct p2p_context *context, const char *format, ...)
{
	char line[1024];
	va_list args;

	if (!context->log)
		return;
	va_start(args, format);
	vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	context->log(context->userdata, line);
}
