/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The first screen: what is found about the whole machine, and printed as text or JSON. */
#ifndef P2PTOPO_REPORT_H
#define P2PTOPO_REPORT_H

#include "app.h"
#include "commands/address/fault.h"

struct json_object;

/** The interest of pairs that nobody asks for. */
#define NO_INTEREST	1000

/** A finding names at most this many functions. */
#define FINDING_FUNCTIONS 4

/** enum culprits - which functions are the cause of an answer. */
enum culprits { CULPRITS_NONE, CULPRITS_PORTS, CULPRITS_ROOTS, CULPRITS_UNREAD };

/** struct finding_kind - one row of the table of possible problems. */
struct finding_kind {
	enum p2p_reason reason;
	enum p2p_map_type map_type;
	enum culprits culprits;
	const char *text;	/* behind "12 pairs " */
};

/**
 * struct finding - pairs that, for one reason, do not get the path that their fabric could provide.
 * @pairs: ordered pairs of different functions; a lower bound unless the survey is complete
 * @example: one of the pairs, of a kind that people care about if possible
 * @interest: how much they care: its place in the list of such pairs; NO_INTEREST if not in it
 * @allowed_by: the oldest later rule set that permits the example; NULL if none, or not asked
 * @functions: the root devices compared, or functions whose ACS is unknown; @more: there are others
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
 * struct class_pair - the answers for the ordered pairs between two classes, in both directions, without
 *	those that no filter selects.
 */
struct class_pair {
	enum p2p_class first, second;
	struct p2p_summary summary;
};

/** The number of uses that people ask about, and of the outcomes distinguished for each. */
#define USES 8
#define OUTCOMES 12

/**
 * struct outcome - pairs that the drivers in use treat alike.
 * @way: the way that the answer is about; NULL if no row covers their drivers
 * @granted: the delivery if it is granted
 * @nearest: how many of the pairs are those of a provider with its nearest client
 * @slowest, @fastest: GB/s of writes if data goes from peer to peer; 0 if unknown; @at_most: a device of one
 *	of the pairs may be slower
 * @condition: the condition that decided, 0 if none; @evidence: see struct p2p_way_answer
 * @example: the first of the pairs
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
 * struct answer - the outcomes of one use, such as GPU memory to NICs.
 * @pairs: number of pairs looked at; all if @complete
 * @by_nearest: whether a provider works with its nearest client, or else with all
 * @outcomes: those with the most pairs first
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
 * @eval: the evaluator of the app; if the kernel lacks P2PDMA, one that applies the rules of its release all
 *	the same (@hypothetical)
 * @hierarchy: whether there is any bridge or PCI Express function
 * @shallow: number of functions of which only the first bytes of config space were readable
 * @selected: number of selected functions of each class
 * @unpicked: by group: how many members no filter selects; pairs of two such members are left out
 * @left_out: by function index: whether no filter selects the function
 * @complete: whether every pair of groups was evaluated, or else the findings are only examples
 * @without_drivers: no drivers are recorded, so there are no answers
 * @findings: worst first; @redirecting: the functions whose ACS redirects between selected ones
 * @cmdline: the kernel command line, with what is wrong with it
 * @faults: from the kernel log; NULL if none
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

/** survey_new() - look at everything, in time that grows with the functions, not with the pairs. */
int survey_new(struct app *app, struct survey *ret_survey);
void survey_free(struct survey *survey);

/** survey_findings() - fill in @findings and @complete. */
int survey_findings(struct app *app, struct survey *survey);

/**
 * survey_finding_example() - the pair from the findings that a reader should look at: the worst one of the
 *	kind that people care about most. Return: NULL if no finding has such a pair.
 */
const struct p2p_verdict *survey_finding_example(const struct survey *survey);

/** survey_is_inside() - whether a function is part of the root complex, as copy engines are, and so a bad example. */
bool survey_is_inside(const struct p2p_function *function);

/** survey_redirecting() - fill in @redirecting. */
int survey_redirecting(const struct app *app, struct survey *survey);

/** survey_answers() - fill in @answers. Return: 0 or -ENOMEM. */
int survey_answers(const struct app *app, struct survey *survey);

/** survey_faults() - fill in @faults. Return: 0 or -ENOMEM. */
int survey_faults(const struct app *app, struct survey *survey);

/** report_print_faults() - explain the first faults; for report_print(). */
void report_print_faults(const struct app *app, const struct survey *survey);

/** report_faults_json() - all faults as JSON. */
struct json_object *report_faults_json(const struct app *app, const struct survey *survey);

/** answer_text() - "GPU to NIC". */
const char *answer_text(const struct answer *answer);

/** answer_to_explain() - the outcome that a reader wants explained; NULL if none. */
const struct outcome *answer_to_explain(const struct answer *answer);

/** survey_example() - the pair that a reader wants to look at first; NULL if none. */
const struct p2p_verdict *survey_example(const struct survey *survey);

/** report_print_answers() - print what the drivers in use would do; for report_print(). */
void report_print_answers(const struct app *app, const struct survey *survey);

/** survey_pairs() - the number of ordered pairs of different members of two groups that are looked at. */
uint64_t survey_pairs(const struct survey *survey, size_t providers, size_t clients);

/**
 * survey_group_pair() - one pair between two groups, or between different members if both are the same group.
 *	Return: false if the only pair is a function with itself.
 */
bool survey_group_pair(const struct survey *survey, const struct p2p_group *providers,
		       const struct p2p_group *clients, struct p2p_verdict *ret_verdict);

/** survey_advice() - how to read what was not readable; NULL if everything was. */
const char *survey_advice(const struct app *app, const struct survey *survey);

void report_print(struct app *app, const struct survey *survey);
enum status report_print_json(struct app *app, const struct survey *survey);

/** report_print_matrix() - print as many groups as fit, or the classes; for report_print(). */
void report_print_matrix(const struct app *app, const struct survey *survey, unsigned int lines);

#endif
