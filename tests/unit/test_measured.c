/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the readers of policy/measured/tools/ take of a text.  The texts are written by hand, after the
 * sources and manuals that the readers name.
 */
#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policy/measured/reading.h"

#include <p2ppolicy/all.h>

static struct p2p_context *context;
static struct p2p_measured *measured;
static char note[P2P_WAY_TEXT];

static void set_up(void)
{
	ck_assert(!p2p_context_new(&context));
	ck_assert(!p2p_measured_new(context, &measured));
}

static void tear_down(void)
{
	p2p_measured_free(measured);
	p2p_context_free(context);
}

static int take(const char *text)
{
	return p2p_measured_read(measured, "text", text, strlen(text), note);
}

/* A figure in one line: tool, client, provider and what is said. */
static const char *say(size_t index)
{
	static char text[256];
	const struct p2p_figure *figure = p2p_measured_at(measured, index);
	const struct p2p_end *ends[2];
	char bdf[P2P_BDF_SIZE], names[2][40];

	if (!figure)
		return "none";
	ends[0] = &figure->client;
	ends[1] = &figure->provider;
	for (size_t i = 0; i < 2; i++) {
		if (ends[i]->named == P2P_NAMED_BY_ADDRESS)
			snprintf(names[i], sizeof(names[i]), "%s", p2p_bdf_format(ends[i]->bdf, bdf));
		else if (ends[i]->named == P2P_NAMED_BY_NAME)
			snprintf(names[i], sizeof(names[i]), "%.32s", ends[i]->name);
		else if (ends[i]->named == P2P_NAMED_BY_INDEX)
			snprintf(names[i], sizeof(names[i]), "%s%u", p2p_class_name(ends[i]->kind),
				 ends[i]->index);
		else
			snprintf(names[i], sizeof(names[i]), "?");
	}
	snprintf(text, sizeof(text), "%s:%u %s%s%s %s %s%s%s %.3f %s%s", figure->tool->name,
		 figure->line, names[0], figure->read ? "<" : ">", names[1],
		 p2p_figure_kind_name(figure->kind),
		 figure->how == P2P_FIGURE_SUM ? "sum " : figure->how == P2P_FIGURE_AGAINST ? "half " : "",
		 figure->peer == P2P_NO ? "off " : figure->peer == P2P_YES ? "on " : "",
		 figure->says == P2P_YES ? "yes" : figure->says == P2P_NO ? "no" : "-", figure->value,
		 figure->label, figure->relation ? p2p_relation_name(figure->relation) : "");
	return text;
}

/* After the figures may come a note; it begins with "text:". */
struct expected {
	const char *text;
	const char *figures[8];
};

#define ONE_TOTAL(line) "text:" line ": left out: fio gives one total for several devices"

/* One text of each form, and all that is taken of it. */
static const struct expected texts[] = {
	{ "Running device_to_device_memcpy_write_sm.\n"
	  "memcpy SM GPU(row) <- GPU(column) bandwidth (GB/s)\n"
	  "           0         1\n 0       N/A     40.36\n 1      0.00       N/A\n",
	  { "nvbandwidth:4 gpu0>gpu1 speed on - 40.360 ", "nvbandwidth:5 gpu1>gpu0 access on no 0.000 N/A" } },
	/* Releases before 0.5 give one direction of two, and a diagonal of zeros. */
	{ "Running device_to_device_bidirectional_memcpy_read_ce.\n"
	  "memcpy CE GPU(row) <-> GPU(column) bandwidth (GB/s)\n"
	  "          0         1\n0      0.00    276.07\n1    276.19      0.00\n",
	  { "nvbandwidth:4 gpu0<gpu1 speed half on - 276.070 ",
	    "nvbandwidth:5 gpu1<gpu0 speed half on - 276.190 " } },
	{ "Unidirectional P2P=Enabled Bandwidth (P2P Reads) Matrix (GB/s)\n"
	  "   D\\D     0      1 \n     0 563.00   9.93 \n     1   9.94 555.80 \n",
	  { "p2pBandwidthLatencyTest:3 gpu0<gpu1 speed on - 9.930 ",
	    "p2pBandwidthLatencyTest:4 gpu1<gpu0 speed on - 9.940 " } },
	{ "P2P=Disabled Latency Matrix (us)\n   GPU     0      1 \n     0   1.33  12.84 \n"
	  "     1  11.44   1.31 \n\n   CPU     0      1 \n     0   2.51   8.12 \n     1   7.88   2.47 \n",
	  { "p2pBandwidthLatencyTest:3 gpu0>gpu1 latency off - 12840.000 ",
	    "p2pBandwidthLatencyTest:4 gpu1>gpu0 latency off - 11440.000 " } },
	{ "          Unidirectional copy average bandwidth GB/s\n\n          D/D       0           1\n\n"
	  "          0         N/A         28.230\n\n          1         13.300      N/A\n",
	  { "rocm-bandwidth-test:5 other0>other1 speed - 28.230 ",
	    "rocm-bandwidth-test:7 other1>other0 speed - 13.300 " } },
	{ "Unidirectional copy peak bandwidth GB/s [Remote read / Local write] (GPU-Executor: DMA)\n"
	  " SRC\\EXE+DST    CPU 00       GPU 00    GPU 01\n  CPU 00  <-     60.01        25.11     25.12\n\n"
	  "  GPU 00  ->     27.11       900.11     27.40\n",
	  { "TransferBench:5 gpu1<gpu0 speed - 27.400 " } },
	{ "Transfer 00 | 13.300 GB/s | 5.045 ms | 67108864 bytes | F0 -> G000:016 -> F1\n",
	  { "TransferBench:1 gpu0>gpu1 speed - 13.300 " } },
	{ "Using ROCm Device with ID: 1, Name: AMD Instinct MI300X, PCI Bus ID: 0xc1, GCN Arch: gfx942\n"
	  "                    RDMA_Write Bidirectional BW Test\n Dual-port       : OFF\t\tDevice         : rocep1\n"
	  " #bytes     #iterations    BW peak[MiB/sec]    BW average[MiB/sec]   MsgRate[Mpps]\n"
	  " 65536      5000             20000.00            10000.00\t\t   0.188187\n",
	  { "perftest:5 rocep1<0000:c1:00.0 speed sum - 10.486 " } },
	{ "gdsio -f /dev/nvme3n1 -d 1 -x 0 -I 1\nIoType: WRITE XferType: GPUD Throughput: 2.0 GiB/sec, x\n",
	  { "gdsio:2 nvme3n1<gpu1 speed on - 2.147 " } },
	{ "  WRITE: bw=1MiB/s (2.5GB/s), io=1\n  nvme0n1: ios=1/2\n",
	  { "fio:1 nvme0n1<? speed - 2.500 " } },
	/* A total over two drives is neither's; two partitions are one drive, and so are names with colons. */
	{ "fio --filename=/dev/nvme1n1:/dev/nvme2n1\n  READ: bw=1MiB/s (2.5GB/s), io=1\n"
	  "fio --filename=/dev/nvme3n1\n  READ: bw=1MiB/s (1.5GB/s), io=1\n",
	  { "fio:4 nvme3n1>? speed - 1.500 ", ONE_TOTAL("2") } },
	{ "fio --filename=/dev/nvme1n1:/dev/sda\n  READ: bw=1MiB/s (2.5GB/s), io=1\n"
	  "fio --filename=/dev/nvme3n1p1:/dev/nvme3n1p2\n  READ: bw=1MiB/s (1.5GB/s), io=1\n",
	  { "fio:4 nvme3n1p1>? speed - 1.500 ", ONE_TOTAL("2") } },
	{ "fio --filename=/mnt/a\\:b:/mnt/c\n  READ: bw=1MiB/s (2.5GB/s), io=1\n  dm-0: ios=1/2\n  nvme0n1: ios=1/2\n",
	  { "fio:2 nvme0n1>? speed - 2.500 " } },
	{ "fio --filename=/dev/nvme1n1 --name=b --filename=/dev/nvme2n1\n  READ: bw=1MiB/s (2.5GB/s), io=1\n"
	  "[a]\nfilename=/dev/md0\n  READ: bw=1MiB/s (2.5GB/s), io=1\n  md0: ios=1/2\n  nvme1n1: ios=1/2\n"
	  "  nvme2n1: ios=1/2\nfio --filename=/dev/nvme1n1 gpu_dev_ids=0:1\n  READ: bw=1MiB/s (2.5GB/s), io=1\n"
	  "fio --filename=/dev/nvme3n1\n  READ: bw=1MiB/s (1.5GB/s), io=1\n",
	  { "fio:12 nvme3n1>? speed - 1.500 ", ONE_TOTAL("2") "; so were others below" } },
	/* One job after the other in the document; the second uses two drives. */
	{ "{ \"fio version\": \"3\", \"jobs\": [\n"
	  "{ \"job options\": { \"filename\": \"/dev/nvme1n1\" }, \"read\": {\n\"bw_bytes\": 1500000000 } },\n"
	  "{ \"job options\": { \"filename\": \"/dev/nvme1n1:/dev/nvme2n1\" }, \"read\": {\n\"bw_bytes\": 2500000000 } }\n"
	  "], \"disk_util\": [ { \"name\": \"nvme1n1\" }, { \"name\": \"nvme2n1\" } ] }\n",
	  { "fio:2 nvme1n1>? speed - 1.500 ", ONE_TOTAL("4") } },
	/* A group is printed as its first job. */
	{ "fio --filename=/dev/nvme3n1\n  READ: bw=1MiB/s (1.5GB/s), io=1\n"
	  "{ \"fio version\": \"3\", \"global options\": { \"group_reporting\": \"\" }, \"jobs\": [\n"
	  "{ \"job options\": { \"filename\": \"/dev/nvme1n1\" }, \"read\": {\n\"bw_bytes\": 1500000000 } }\n"
	  "], \"disk_util\": [ { \"name\": \"nvme1n1\" }, { \"name\": \"nvme2n1\" } ] }\n",
	  { "fio:2 nvme3n1>? speed - 1.500 ", ONE_TOTAL("4") } },
	{ "\tGPU0\tGPU1\tmlx5_0\tCPU Affinity\nGPU0\t X \tNV4\tPXB\t0-7\nGPU1\tSOC\t X \tSYS\t0-7\n"
	  "mlx5_0\tPXB\tSYS\t X \t\n",
	  { "nvidia-smi:2 gpu0>gpu1 relation - 0.000 NV4", "nvidia-smi:2 gpu0>mlx5_0 relation - 0.000 PXBPXB",
	    "nvidia-smi:3 gpu1>gpu0 relation - 0.000 SOCSYS", "nvidia-smi:3 gpu1>mlx5_0 relation - 0.000 SYSSYS",
	    "nvidia-smi:4 mlx5_0>gpu0 relation - 0.000 PXBPXB",
	    "nvidia-smi:4 mlx5_0>gpu1 relation - 0.000 SYSSYS" } },
	{ "== Link accessibility between two GPUs ==\nGPU0 GPU1\nGPU0 True False\nGPU1 True True\n",
	  { "rocm-smi:3 gpu0>gpu1 access no 0.000 False", "rocm-smi:4 gpu1>gpu0 access yes 0.000 True" } },
	{ "[{\"gpu\": 0, \"bdf\": \"0001:03:00.0\", \"links\": [\n{\"bdf\": \"0001:04:00.0\","
	  " \"link_status\": \"ENABLED\", \"link_type\": \"PCIE\"}]}]\n",
	  { "amd-smi:2 0001:03:00.0>0001:04:00.0 access yes 0.000 ENABLED" } },
	{ "         GPU 0/0|GPU 0/1|GPU 1/0|CPU Affinity\nGPU 0/0 |S      |MDF    |PIX    |0-23\n"
	  "GPU 0/1 |MDF    |S      |PIX    |0-23\nGPU 1/0 |SYS    |PIX    |S      |0-23\n",
	  { "xpu-smi:2 gpu0>gpu1 relation - 0.000 PIXPIX", "xpu-smi:4 gpu1>gpu0 relation - 0.000 SYSSYS" } },
	/* Older releases put the number of the bus where newer ones put that of the device. */
	{ "h:1:2 [0] NCCL INFO Channel 00 : 0[1b000] -> 1[10003d000] via P2P/IPC\n"
	  "h:1:2 [0] NCCL INFO Channel 00/0 : 1[1] -> 0[0] via SHM/direct/direct\n"
	  "h:1:2 [0] NCCL INFO NET/IB : GPU Direct RDMA Enabled for GPU 81000 / HCA 1 (distance 6 <= 7), read 0\n",
	  { "NCCL:1 0000:1b:00.0>1000:3d:00.0 access yes 0.000 P2P/IPC",
	    "NCCL:2 gpu1>gpu0 access no 0.000 SHM/direct/direct", "NCCL:3 nic1>0000:81:00.0 access yes 0.000 GDR" } },
	{ " NVMe               : Supported\n GPU index 0 NVIDIA T400 bar:1 does not support GDS\n"
	  " GPU index x NVIDIA T400 bar:1 supports GDS\n GPU index 1 NVIDIA T400\n",
	  { "gdscheck:2 ?>gpu0 access no 0.000 no-GDS" } },
	/* Of a sum a zero is no answer about peer access. */
	{ "Running device_to_device_bidirectional_memcpy_read_ce.\n"
	  "memcpy CE GPU(row) <-> GPU(column) bandwidth (GB/s)\n"
	  "          0         1\n0      0.00    276.07\n1      0.00      0.00\n",
	  { "nvbandwidth:4 gpu0<gpu1 speed half on - 276.070 " } },
	/* Lines of a log in which a rank, a device or the way is missing, and one that is whole. */
	{ "h:1:2 [0] NCCL INFO comm 0x1 rank 9999 nranks 8 cudaDev 0 busId 53000\n"
	  "h:1:2 [0] NCCL INFO comm 0x1 rank 0 nranks 8 cudaDev 0 busId zz\n"
	  "h:1:2 [0] NCCL INFO Channel 00 : x[0] -> 1[1] via P2P/IPC\n"
	  "h:1:2 [0] NCCL INFO Channel 00 : 0[zz] -> 1[1] via P2P/IPC\n"
	  "h:1:2 [0] NCCL INFO Channel 00 : 0[0] => 1[1] via P2P/IPC\n"
	  "h:1:2 [0] NCCL INFO Channel 00 : 0[0] -> 1[1b00 via P2P/IPC\n"
	  "h:1:2 [0] NCCL INFO Channel 00 : 0[0] -> 1[1]\n"
	  "h:1:2 [0] NCCL INFO Channel 00 : 0[0] -> 1[1] via P2P/IPC\n",
	  { "NCCL:8 gpu0>gpu1 access yes 0.000 P2P/IPC" } },
	/* The executor is one of both ends, or it is another way. */
	{ "Transfer 00 | 13.300 GB/s | 5.045 ms | 67108864 bytes | F0 -> G001:016 -> F2\n"
	  "Transfer 01 | 13.300 GB/s | 5.045 ms | 67108864 bytes | F0 -> G001:016 -> F1\n",
	  { "TransferBench:2 gpu1<gpu0 speed - 13.300 " } },
	{ "         GPU 0/0|GPU 1/0|CPU Affinity\nGPU 0/0 |S      |XL8    |0-23\nGPU 1/0 |SYS    |S      |0-23\n",
	  { "xpu-smi:2 gpu0>gpu1 relation - 0.000 XL8", "xpu-smi:3 gpu1>gpu0 relation - 0.000 SYSSYS" } },
	{ "Finding PCIe BUS 0000:c1:00.0\n"
	  "                    RDMA_Write BW Test\n Dual-port       : OFF\t\tDevice         : rocep1\n"
	  " #bytes     #iterations    BW peak[MiB/sec]    BW average[MiB/sec]   MsgRate[Mpps]\n"
	  " 65536      5000             20000.00            10000.00\t\t   0.188187\n",
	  { "perftest:5 rocep1<0000:c1:00.0 speed - 10.486 " } },
	{ " NVMe               : compat\n GPU index 3 NVIDIA L40S bar:1 supports GDS, IOMMU State: Disabled\n",
	  { "gdscheck:2 ?>gpu3 access no 0.000 no-GDS" } },
};

START_TEST(takes_what_is_there)
{
	const struct expected *expected = &texts[_i];
	size_t count = 0;

	ck_assert_msg(!take(expected->text), "%s", p2p_context_error(context));
	for (; expected->figures[count] && strncmp(expected->figures[count], "text:", 5); count++)
		ck_assert_str_eq(say(count), expected->figures[count]);
	ck_assert_msg(p2p_measured_count(measured) == count, "and %s", say(count));
	ck_assert_str_eq(note, expected->figures[count] ? expected->figures[count] : "");
}
END_TEST

/* Quoted, coloured, with carriage returns and a byte order mark, it is the same. */
START_TEST(takes_it_as_pasted)
{
	const char *text = texts[_i].text;
	char *pasted = malloc(16 * strlen(text) + 16), *to = pasted;
	size_t count, plain;

	ck_assert(pasted && !take(text));
	plain = p2p_measured_count(measured);
	to += sprintf(to, "\xef\xbb\xbf> ");
	for (; *text; text++) {
		if (*text == '\n')
			to += sprintf(to, "\033[0m\r\n%s", text[1] ? "> > " : "");
		else
			*to++ = *text;
	}
	*to = '\0';
	ck_assert_msg(!take(pasted), "%s", p2p_context_error(context));
	count = p2p_measured_count(measured);
	ck_assert_uint_eq(count, 2 * plain);
	for (size_t i = 0; i < plain; i++) {
		char first[256];

		snprintf(first, sizeof(first), "%s", say(i));
		ck_assert_str_eq(say(plain + i), first);
	}
	free(pasted);
}
END_TEST

/* Cut anywhere, it is fewer of the same figures, or one sentence that names the text. */
START_TEST(is_cut)
{
	const char *text = texts[_i].text;

	for (size_t size = 0; size < strlen(text); size++) {
		struct p2p_measured *cut;
		int r;

		ck_assert(!p2p_measured_new(context, &cut));
		r = p2p_measured_read(cut, "text", text, size, note);
		ck_assert(!r || r == -EBADMSG);
		if (r)
			ck_assert_ptr_eq(strstr(p2p_context_error(context), "text:"),
					 p2p_context_error(context));
		ck_assert_uint_le(p2p_measured_count(cut), 8);
		p2p_measured_free(cut);
	}
}
END_TEST

START_TEST(damage_has_a_line)
{
	ck_assert_int_eq(take("P2P Connectivity Matrix\n     D\\D     0     1\n     0     1\n"), -EBADMSG);
	ck_assert_str_eq(p2p_context_error(context),
			 "text:3: a row of the matrix has fewer cells than its heading");
	ck_assert_int_eq(take("\n[{\"gpu\": 0,\n"), -EBADMSG);
	ck_assert_str_eq(p2p_context_error(context), "text:2: the JSON that starts here does not end");
	ck_assert_int_eq(take("\n{\"gpu\": x}\n"), -EBADMSG);
	ck_assert_str_eq(p2p_context_error(context), "text:2: the JSON that starts here is damaged");
	ck_assert_int_eq(take("Unidirectional P2P=Enabled Bandwidth Matrix (GB/s)\nD\\D 0 1\n0 1.0 nan\n"),
			 -EBADMSG);
	ck_assert_str_eq(p2p_context_error(context), "text:3: a cell of the matrix is not a number");
}
END_TEST

#define PERFTEST(gpu, speed) \
	gpu "\n                    RDMA_Write BW Test\n Dual-port       : OFF\t\tDevice         : rocep1\n" \
	" #bytes     #iterations    BW peak[MiB/sec]    BW average[MiB/sec]   MsgRate[Mpps]\n" \
	" 65536      5000             20000.00            " speed "\t\t   0.188187\n"

/* Of what nothing can be taken the sentence tells the line. */
static const struct { const char *text, *sentence; } bad[] = {
	{ "gdsio -f /dev/nvme3n1 -d 1 -x 0 -I 1\nIoType: WRITE XferType: GPUD Throughput: fast GiB/sec, x\n",
	  "text:2: the throughput of gdsio is not a number" },
	{ "Running device_to_device_memcpy_write_sm.\nmemcpy SM GPU(row) <- GPU(column) bandwidth (GB/s)\n"
	  "           0         1\n 0       N/A     4O.36\n", "text:4: a cell of the matrix is not a number" },
	{ PERFTEST("", "10000.00"), "text:5: a run of perftest without GPU memory" },
	/* What is cut is not bus 0. */
	{ PERFTEST("Using ROCm Device with ID: 1, Name: AMD, PCI Bus ID:", "10000.00"),
	  "text:5: a run of perftest without GPU memory" },
	{ PERFTEST("Using ROCm Device with ID: 1, Name: AMD, PCI Bus ID: 0x1c1, GCN", "10000.00"),
	  "text:5: a run of perftest without GPU memory" },
};

START_TEST(nothing_is_taken)
{
	ck_assert_int_eq(take(bad[_i].text), -EBADMSG);
	ck_assert_str_eq(p2p_context_error(context), bad[_i].sentence);
	ck_assert_uint_eq(p2p_measured_count(measured), 0);
}
END_TEST

/* One bad row does not hide the others, and is told of. */
START_TEST(leaves_out_a_row)
{
	ck_assert(!take("P2P Connectivity Matrix\n D\\D 0 1\n 0 1 1\n 1 1\n"));
	ck_assert_uint_eq(p2p_measured_count(measured), 1);
	ck_assert_str_eq(note,
			 "text:4: left out: a row of the matrix has fewer cells than its heading");
}
END_TEST

START_TEST(many_figures_are_refused)
{
	size_t room = (size_t)64 << 10, used;
	char *text = malloc(200 * room);

	ck_assert(text);
	used = (size_t)sprintf(text, "P2P Connectivity Matrix\n D\\D");
	for (int i = 0; i < 78; i++)
		used += (size_t)sprintf(text + used, " %d", i);
	for (int row = 0; row < 400; row++) {
		used += (size_t)sprintf(text + used, "\n %d", row % 78);
		for (int i = 0; i < 78; i++)
			used += (size_t)sprintf(text + used, " 1");
	}
	text[used++] = '\n';
	text[used] = '\0';
	ck_assert_int_eq(take(text), -EBADMSG);
	ck_assert_str_eq(p2p_context_error(context), "text: more figures than any machine gives");
	free(text);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("measured");
	TCase *tests = tcase_create("readers");
	int count = (int)(sizeof(texts) / sizeof(texts[0])), failed;
	SRunner *runner;

	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_loop_test(tests, takes_what_is_there, 0, count);
	tcase_add_loop_test(tests, takes_it_as_pasted, 0, count);
	tcase_add_loop_test(tests, is_cut, 0, count);
	tcase_add_loop_test(tests, nothing_is_taken, 0, (int)(sizeof(bad) / sizeof(bad[0])));
	tcase_add_test(tests, damage_has_a_line);
	tcase_add_test(tests, leaves_out_a_row);
	tcase_add_test(tests, many_figures_are_refused);
	suite_add_tcase(suite, tests);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
