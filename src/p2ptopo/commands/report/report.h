/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The first screen: what is found out about the whole machine, and printed as text or JSON. */
#ifndef P2PTOPO_REPORT_H
#define P2PTOPO_REPORT_H

#include "app.h"
#include "commands/address/fault.h"

struct json_object;

/** Nobody asks for such a pair. */
#define NO_INTEREST	1000

/** A finding names at most so many functions. */
#define FINDING_FUNCTIONS 4

/** enum culprits - which functions make a pair answer so. */
enum culprits { CULPRITS_NONE, CULPRITS_PORTS, CULPRITS_ROOTS, CULPRITS_UNREAD };

/** struct finding_kind - one row of the table of what can be wrong. */
struct finding_kind {
	enum p2p_reason reason;
	enum p2p_map_type map_type;
	enum culprits culprits;
	const char *text;	/* behind "12 pairs " */
};

/**
 * struct finding - pairs that do not get the way their fabric could give them, for one reason.
 * @pairs: ordered pairs of different functions; a lower bound unless the survey is complete
 * @example: one of them, and of a kind that people care about if there is one
 * @interest: how much they do: the place in the list of such pairs, NO_INTEREST in none
 * @allowed_by: the oldest later rule set that permits the example, NULL none or not asked
 * @functions: root devices compared, or functions whose ACS is unknown; @more: not all of them
 */
struct finding {
	const struct finding_kind *kind;
	uint64_t pairs;
	struct p2p_verdict example;
	unsigned int interest;
	const struct p2p_rules *allowed_by;
	const struct p2p_function *functions[FINDING_FUNCTIONS];
	size_t function_count;
	bool more;
};

/**
 * struct class_pair - how the ordered pairs between two classes answer, both ways, those left out
 *	that no filter selects.
 */
struct class_pair {
	enum p2p_class first, second;
	struct p2p_summary summary;
};

/** Uses that people ask about, and how many kinds of outcome of one are told apart. */
#define USES 8
#define OUTCOMES 12

/**
 * struct outcome - pairs that the drivers in use treat alike.
 * @way: of the answer told; NULL when no row is about their drivers
 * @granted: what comes of it when it is granted
 * @nearest: of its pairs, those of a provider with the client nearest to it
 * @slowest, @fastest: GB/s of writes where the data go from peer to peer; 0 not known;
 *	@at_most: a device of one of the pairs may be slower
 * @condition: that decided, 0 none; @evidence: see struct p2p_way_answer
 * @example: the first of them
 */
struct outcome {
	uint64_t pairs, nearest;
	const struct p2p_driver_way *way;
	enum p2p_grant grant;
	enum p2p_delivery delivery, granted;
	double slowest, fastest;
	bool at_most;
	unsigned int condition;
	int evidence;
	struct p2p_verdict example;
};

/**
 * struct answer - what comes of one use, as GPU memory to NICs.
 * @pairs: looked at; all of them when @complete
 * @by_nearest: a provider works with the client nearest to it; else with all
 * @outcomes: those of most pairs first
 */
struct answer {
	unsigned int use;
	uint64_t pairs;
	bool complete, by_nearest;
	struct outcome outcomes[OUTCOMES];
	size_t outcome_count;
};

/**
 * struct survey - the machine as a whole.
 * @eval: that of the app; where the kernel lacks P2PDMA, one that evaluates by its release's
 *	rules all the same (@hypothetical)
 * @hierarchy: is there a bridge or a PCI Express function at all?
 * @shallow: functions of which only the first bytes of config space were readable
 * @selected: of each class
 * @unpicked: by group, how many of its members no filter selects; pairs of two such are left out
 * @left_out: by index of function, those that no filter selects
 * @complete: every pair of groups was evaluated; else the findings are examples
 * @without_drivers: none is recorded, so there are no answers
 * @findings: the worst first; @redirecting: functions whose ACS redirects between selected ones
 * @cmdline: the kernel's, with what is wrong with it
 * @faults: of the kernel's log; NULL there are none
 */
struct survey {
	struct p2p_eval *own_eval;
	const struct p2p_eval *eval;
	bool hypothetical, hierarchy, complete;
	size_t shallow;
	size_t selected[P2P_CLASSES];
	struct p2p_groups *groups;
	size_t *unpicked;
	bool *left_out;
	struct class_pair *class_pairs;
	size_t class_pair_count;
	struct finding *findings;
	size_t finding_count;
	const struct p2p_function **redirecting;
	size_t redirecting_count;
	struct p2p_cmdline *cmdline;
	bool without_drivers;
	struct answer answers[USES];
	size_t answer_count;
	struct faults *faults;
};

/** survey_new() - look at everything, in time that grows with functions, not with pairs. */
int survey_new(struct app *app, struct survey *ret_survey);
void survey_free(struct survey *survey);

/** survey_findings() - fill findings and complete. */
int survey_findings(struct app *app, struct survey *survey);

/**
 * survey_finding_example() - of the findings the pair to look at: of the kinds that people care
 *	about most, and of those the worst off.  Return: NULL when no finding has such a pair.
 */
const struct p2p_verdict *survey_finding_example(const struct survey *survey);

/** survey_is_inside() - part of the root complex, as copy engines are: nobody's example. */
bool survey_is_inside(const struct p2p_function *function);

/** survey_redirecting() - fill redirecting. */
int survey_redirecting(const struct app *app, struct survey *survey);

/** survey_answers() - fill answers.  Return: 0 or -ENOMEM. */
int survey_answers(const struct app *app, struct survey *survey);

/** survey_faults() - fill faults.  Return: 0 or -ENOMEM. */
int survey_faults(const struct app *app, struct survey *survey);

/** report_print_faults() - explain the first of them; for report_print(). */
void report_print_faults(const struct app *app, const struct survey *survey);

/** report_faults_json() - all of them. */
struct json_object *report_faults_json(const struct app *app, const struct survey *survey);

/** answer_text() - "GPU to NIC". */
const char *answer_text(const struct answer *answer);

/** answer_to_explain() - the outcome that a reader wants explained; NULL none. */
const struct outcome *answer_to_explain(const struct answer *answer);

/** survey_example() - the pair that a reader wants to look at first; NULL none. */
const struct p2p_verdict *survey_example(const struct survey *survey);

/** report_print_answers() - what the drivers in use would do; for report_print(). */
void report_print_answers(const struct app *app, const struct survey *survey);

/** survey_pairs() - ordered pairs of different members of two groups that are looked at. */
uint64_t survey_pairs(const struct survey *survey, size_t providers, size_t clients);

/**
 * survey_group_pair() - one pair between two groups; between different members when both are one
 *	group.  Return: false when the only pair is a function with itself.
 */
bool survey_group_pair(const struct survey *survey, const struct p2p_group *providers,
		       const struct p2p_group *clients, struct p2p_verdict *ret_verdict);

/** survey_advice() - how to get at what was not readable; NULL when all was. */
const char *survey_advice(const struct app *app, const struct survey *survey);

void report_print(struct app *app, const struct survey *survey);
enum status report_print_json(struct app *app, const struct survey *survey);

/** report_print_matrix() - as many groups as fit, or the classes; for report_print(). */
void report_print_matrix(const struct app *app, const struct survey *survey, unsigned int lines);

#endif
