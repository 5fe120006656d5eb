/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The operations. Each does what the world's step says, as the calling task, and returns 0 or a
 * negative error number; what else there is to say it adds to the line of the transcript.
 *
 * An operand that stands for nothing, such as a directory that was never made, gives VOID without
 * a call.
 */
#ifndef CGNS_OPERATIONS_H
#define CGNS_OPERATIONS_H

#include "transcript.h"
#include "world.h"

int op_mkdir(struct world *w);
int op_lookup(struct world *w);
int op_chain(struct world *w);
int op_rmdir(struct world *w);
int op_rename(struct world *w);
int op_list(struct world *w);
int op_stat(struct world *w);
int op_chown(struct world *w);
int op_forget(struct world *w);
int op_get(struct world *w);
int op_put(struct world *w);
int op_attach(struct world *w);
int op_open(struct world *w);
int op_read(struct world *w);
int op_write(struct world *w);
int op_move(struct world *w);
int op_close(struct world *w);
int op_handle(struct world *w);
int op_clone(struct world *w);
int op_thread(struct world *w);
int op_exit(struct world *w);
int op_reap(struct world *w);
int op_become(struct world *w);
int op_disarm(struct world *w);
int op_maps(struct world *w);
int op_unshare(struct world *w);
int op_nsopen(struct world *w);
int op_pidfd(struct world *w);
int op_setns(struct world *w);
int op_nsinfo(struct world *w);
int op_nshandle(struct world *w);
int op_link(struct world *w);
int op_listns(struct world *w);
int op_limit(struct world *w);
int op_mount(struct world *w);
int op_fsmount(struct world *w);
int op_remount(struct world *w);
int op_bind(struct world *w);
int op_umount(struct world *w);
int op_root(struct world *w);
int op_statmount(struct world *w);
int op_cgroup(struct world *w);
int op_cpuset(struct world *w);
int op_mounts(struct world *w);

/* The table of them, which ends with a null name. */
extern const struct operation operations[];

/* Take a line apart; 0, or what is wrong with it. `line` is the step's own. */
const char *parse_step(struct step *step);

/* Fill a free directory's number with an open O_PATH descriptor, and say what it is. */
int keep_dir(struct world *w, long number, int fd, int parent, const char *name);

/* Whether an open file or directory is one of a hierarchy of v1. */
bool is_v1(int fd);

/* Give a cgroup to a user: how many of its files went along, or the error. */
int delegate(int dir, uid_t uid);

/* Close what a number stands for, and let it stand for this; `fd` may be an error. */
int keep_file(struct world *w, long number, int fd);

/* All of a file in w->text, from its beginning; its length, or the error. */
ssize_t read_text(struct world *w, int fd);

/* A path in the directory /proc of a task: valid until the next call. */
const char *proc_path(const struct world *w, long task, const char *file);

/* Say what descriptor `fd` has of this namespace type as a stable name. */
void say_namespace(struct world *w, const char *key, int fd);

/* A mount point's path: valid until the next call. */
const char *point_path(long number);

#endif /* CGNS_OPERATIONS_H */
