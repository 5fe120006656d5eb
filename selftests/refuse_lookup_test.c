// SPDX-License-Identifier: GPL-2.0
/*
 * What looking cgroup namespaces up refuses (row A12 of the contract): open_by_handle_at(2) with
 * handles that are made up, and listns(2) with requests that are. The errors are those of
 * open_by_handle_at(2), name_to_handle_at(2), fs/nsfs.c and kernel/nstree.c.
 */
#define _GNU_SOURCE
#include "harness.h"
#include "refuse.h"

/* include/uapi/linux/nsfs.h: struct nsfs_file_handle, and what may come after it */
struct nsfs {
	__u64 id;
	__u32 type;
	__u32 inode;
	__u32 more[12];
};

/* A handle with its head. */
struct handle {
	unsigned int bytes;
	int type;
	struct nsfs name;
};

FIXTURE(handle)
{
	struct trial trial;
	pid_t pid; /* a task in a cgroup namespace of its own */
};

FIXTURE_VARIANT(handle)
{
	int err;
	void (*spoil)(struct handle *handle);
	int flags; /* of open(2) */
	const char *beside; /* a namespace, if nothing is said */
	bool name; /* name_to_handle_at(2), in place of open_by_handle_at(2) */
};

static void no_bytes(struct handle *handle)
{
	handle->bytes = 0;
}

static void too_many_bytes(struct handle *handle)
{
	handle->bytes = MAX_HANDLE_SZ + 1;
}

static void too_few_bytes(struct handle *handle)
{
	handle->bytes = 12;
}

static void other_type(struct handle *handle)
{
	handle->type = 1;
}

static void type_below_none(struct handle *handle)
{
	handle->type = -1;
}

static void no_id(struct handle *handle)
{
	handle->name.id = 0;
}

static void other_id(struct handle *handle)
{
	handle->name.id = ~0ULL;
}

static void id_of_another_type(struct handle *handle)
{
	handle->name.type = CLONE_NEWUTS;
}

static void no_such_type(struct handle *handle)
{
	handle->name.type = CLONE_VM;
}

static void other_inode(struct handle *handle)
{
	handle->name.inode++;
}

static void inode_alone(struct handle *handle)
{
	handle->name.type = 0;
}

static void type_alone(struct handle *handle)
{
	handle->name.inode = 0;
}

FIXTURE_VARIANT_ADD(handle, no_bytes) REFUSED(EINVAL, no_bytes);
FIXTURE_VARIANT_ADD(handle, too_many_bytes) REFUSED(EINVAL, too_many_bytes);
FIXTURE_VARIANT_ADD(handle, too_few_bytes) REFUSED(ESTALE, too_few_bytes);
FIXTURE_VARIANT_ADD(handle, type_of_other_file_systems) REFUSED(ESTALE, other_type);
FIXTURE_VARIANT_ADD(handle, type_below_none) REFUSED(EINVAL, type_below_none);
FIXTURE_VARIANT_ADD(handle, no_id) REFUSED(ESTALE, no_id);
FIXTURE_VARIANT_ADD(handle, id_of_nothing) REFUSED(ESTALE, other_id);
FIXTURE_VARIANT_ADD(handle, id_of_another_type) REFUSED(ESTALE, id_of_another_type);
FIXTURE_VARIANT_ADD(handle, type_of_no_namespace) REFUSED(ESTALE, no_such_type);
FIXTURE_VARIANT_ADD(handle, inode_of_another) REFUSED(ESTALE, other_inode);
FIXTURE_VARIANT_ADD(handle, inode_without_a_type) REFUSED(ESTALE, inode_alone);
FIXTURE_VARIANT_ADD(handle, type_without_an_inode) REFUSED(ESTALE, type_alone);
FIXTURE_VARIANT_ADD(handle, opened_as_a_directory) REFUSED(ENOTDIR, NULL, O_DIRECTORY);
FIXTURE_VARIANT_ADD(handle, beside_a_file_of_proc)
	REFUSED(ESTALE, NULL, .beside = "/proc/self/cgroup");
FIXTURE_VARIANT_ADD(handle, asked_with_too_little_room)
	REFUSED(EOVERFLOW, too_few_bytes, .name = true);
FIXTURE_VARIANT_ADD(handle, asked_with_too_much_room)
	REFUSED(EINVAL, too_many_bytes, .name = true);

FIXTURE_SETUP(handle)
{
	self->pid = clone3_fork(CLONE_NEWCGROUP, 0);
	ASSERT_LE(0, self->pid);
	if (self->pid == 0)
		idle();
}

FIXTURE_TEARDOWN(handle)
{
	end(self->pid);
}

/* A handle, and the file that it is of or beside. */
struct lookup {
	struct handle handle;
	int fd;
	int flags;
	bool name;
};

static int look_up(const void *input)
{
	struct lookup lookup = *(const struct lookup *)input;
	struct file_handle *head = (struct file_handle *)&lookup.handle;
	int mount;

	if (lookup.name)
		return error_of(name_to_handle_at(lookup.fd, "", head, &mount, AT_EMPTY_PATH));
	return error_of(open_by_handle_at(lookup.fd, head, lookup.flags | O_CLOEXEC));
}

static int open_it(void *lookup)
{
	return look_up(lookup);
}

TEST_F(handle, A12_refused)
{
	struct lookup lookup = { .fd = open_namespace(self->pid, "cgroup") };
	int mount;

	lookup.handle.bytes = offsetof(struct nsfs, more);
	ASSERT_EQ(0, name_to_handle_at(lookup.fd, "", (struct file_handle *)&lookup.handle,
				       &mount, AT_EMPTY_PATH));
	ASSERT_EQ(inode_of(lookup.fd), lookup.handle.name.inode);
	/* As it is it opens: what is refused is what is spoilt. */
	ASSERT_EQ(0, in_child(open_it, &lookup));
	lookup.name = variant->name;
	lookup.flags = variant->flags;
	self->trial.input = &lookup;
	self->trial.attempt = look_up;
	if (variant->beside)
		lookup.fd = open(variant->beside, O_RDONLY | O_CLOEXEC);
	if (variant->spoil)
		variant->spoil(&lookup.handle);
	expect_refusal(_metadata, &self->trial, variant->err, 0);
}

/*
 * Of what follows the part that it knows, nsfs looks at the wrong bytes, the handle's own: a little
 * of anything is taken, and more of nothing is refused.
 */
TEST(A12_more_bytes_than_are_known)
{
	struct lookup lookup = { .fd = open_namespace(0, "cgroup") };
	int mount;

	lookup.handle.bytes = offsetof(struct nsfs, more);
	ASSERT_EQ(0, name_to_handle_at(lookup.fd, "", (struct file_handle *)&lookup.handle,
				       &mount, AT_EMPTY_PATH));
	EXPECT_EQ(0, in_child(open_it, &lookup));
	lookup.handle.bytes = sizeof(struct nsfs);
	EXPECT_EQ(-ESTALE, in_child(open_it, &lookup));
	lookup.handle.bytes = offsetof(struct nsfs, more[4]);
	memset(lookup.handle.name.more, 1, sizeof(lookup.handle.name.more));
	EXPECT_EQ(0, in_child(open_it, &lookup));
}

/* A request of listns(2), and where its answer goes. */
FIXTURE(listns)
{
	struct trial trial;
};

struct list {
	struct request request; /* its size is set, if nothing is said */
	size_t room; /* of one, if nothing is said */
	unsigned int flags;
	bool from_nowhere;
	bool to_nowhere;
};

FIXTURE_VARIANT(listns)
{
	int err;
	struct list list;
};

FIXTURE_VARIANT_ADD(listns, flags) REFUSED(EINVAL, .list.flags = 1);
FIXTURE_VARIANT_ADD(listns, from_nowhere) REFUSED(EFAULT, .list.from_nowhere = true);
FIXTURE_VARIANT_ADD(listns, to_nowhere) REFUSED(EFAULT, .list.to_nowhere = true);
FIXTURE_VARIANT_ADD(listns, too_much_room) REFUSED(EOVERFLOW, .list.room = 1000001);
FIXTURE_VARIANT_ADD(listns, size_of_less_than_there_is) REFUSED(EINVAL, .list.request.size = 1);
FIXTURE_VARIANT_ADD(listns, size_of_more_than_a_page) REFUSED(E2BIG, .list.request.size = 65537);
FIXTURE_VARIANT_ADD(listns, spare_word) REFUSED(EINVAL, .list.request.spare = 1);
FIXTURE_VARIANT_ADD(listns, type_of_no_namespace_too)
	REFUSED(EOPNOTSUPP, .list.request.type = CLONE_NEWCGROUP | CLONE_VM);
FIXTURE_VARIANT_ADD(listns, after_all)
	REFUSED(ENOENT, .list.request.type = CLONE_NEWCGROUP, .list.request.after = ~0ULL - 1);
FIXTURE_VARIANT_ADD(listns, owner_that_is_none)
	REFUSED(EINVAL, .list.request.type = CLONE_NEWCGROUP, .list.request.owner = ~0ULL - 1);
/* Namespaces that are there from the start have ids of their own; this is that of cgroups. */
FIXTURE_VARIANT_ADD(listns, owner_that_is_a_cgroup_namespace)
	REFUSED(EINVAL, .list.request.type = CLONE_NEWCGROUP, .list.request.owner = 5);

FIXTURE_SETUP(listns)
{
}

FIXTURE_TEARDOWN(listns)
{
}

static int list_them(const void *input)
{
	const struct list *list = input;
	__u64 id;

	return error_of(listns(list->from_nowhere ? NULL : &list->request,
			       list->to_nowhere ? NULL : &id, list->room, list->flags));
}

TEST_F(listns, A12_refused)
{
	struct list list = variant->list;

	list.request.size = list.request.size ?: sizeof(list.request);
	list.room = list.room ?: 1;
	self->trial.input = &list;
	self->trial.attempt = list_them;
	expect_refusal(_metadata, &self->trial, variant->err, 0);
}

TEST_HARNESS_MAIN
