// SPDX-License-Identifier: GPL-2.0
/* Operations on mounts of cgroup hierarchies. */
#define _GNU_SOURCE
#include <linux/mount.h>

#include "operations.h"

#ifndef STATX_MNT_ID_UNIQUE
#define STATX_MNT_ID_UNIQUE 0x00004000U
#endif
#define ANSWER_SIZE (256 << 10)

const char *point_path(long number)
{
	static char path[64];

	snprintf(path, sizeof(path), POINTS "/m%ld", number);
	return path;
}

int op_mount(struct world *w)
{
	const struct step *s = &w->step;

	return error_of(mount("cgns", point_path(s->num[0]), s->str[1], 0, s->str[2]));
}

/* Give a context the options of a string, as mount(8) does. */
static int configure(int fs, const char *options)
{
	char text[512];
	char *save, *word;

	snprintf(text, sizeof(text), "%s", options);
	for (word = strtok_r(text, ",", &save); word; word = strtok_r(NULL, ",", &save)) {
		char *value = strchr(word, '=');
		int err;

		if (value)
			*value++ = '\0';
		err = fsconfig(fs, value ? FSCONFIG_SET_STRING : FSCONFIG_SET_FLAG, word, value, 0);
		if (err)
			return -errno;
	}
	return error_of(fsconfig(fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0));
}

int op_fsmount(struct world *w)
{
	const struct step *s = &w->step;
	int fs = fsopen(s->str[1], FSOPEN_CLOEXEC);
	int fd = -1, err;

	if (fs < 0)
		return -errno;
	err = configure(fs, s->str[2]);
	if (!err) {
		fd = fsmount(fs, FSMOUNT_CLOEXEC, 0);
		err = error_of(fd);
	}
	if (!err)
		err = error_of(move_mount(fd, "", AT_FDCWD, point_path(s->num[0]),
					  MOVE_MOUNT_F_EMPTY_PATH));
	if (fd >= 0)
		close(fd);
	close(fs);
	return err;
}

int op_remount(struct world *w)
{
	const struct step *s = &w->step;

	return error_of(mount(NULL, point_path(s->num[0]), NULL, MS_REMOUNT, s->str[1]));
}

int op_bind(struct world *w)
{
	int fd = dir_fd(w, w->step.num[0]);
	char from[64];

	if (fd < 0)
		return VOID;
	snprintf(from, sizeof(from), "/proc/self/fd/%d", fd);
	return error_of(mount(from, point_path(w->step.num[1]), NULL, MS_BIND, NULL));
}

int op_umount(struct world *w)
{
	return error_of(umount2(point_path(w->step.num[0]), w->step.num[1]));
}

int op_root(struct world *w)
{
	const struct step *s = &w->step;
	int fd = open(point_path(s->num[0]), O_PATH | O_DIRECTORY | O_CLOEXEC);

	return keep_dir(w, s->num[1], fd, -1, "");
}

int op_statmount(struct world *w)
{
	static union {
		struct statmount head;
		char bytes[ANSWER_SIZE];
	} answer;
	struct mnt_id_req request = {
		.size = MNT_ID_REQ_SIZE_VER0,
		.param = STATMOUNT_MNT_ROOT | STATMOUNT_FS_TYPE,
	};
	struct statx st;

	if (statx(AT_FDCWD, point_path(w->step.num[0]), 0, STATX_MNT_ID_UNIQUE, &st))
		return -errno;
	request.mnt_id = st.stx_mnt_id;
	if (syscall(SYS_statmount, &request, &answer, sizeof(answer), 0))
		return -errno;
	if (!(answer.head.mask & STATMOUNT_FS_TYPE) ||
	    strncmp(answer.head.str + answer.head.fs_type, "cgroup", 6))
		return -ENODATA;
	say(w, "type", answer.head.str + answer.head.fs_type);
	say_ruled(w, 's', "root", answer.head.str + answer.head.mnt_root);
	return 0;
}
