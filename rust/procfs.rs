// SPDX-License-Identifier: GPL-2.0

//! /proc/PID/cgroup: one line for each hierarchy, `ID:CONTROLLERS:PATH`.
//!
//! Owns the form of a line and the choice of locks: none where only the default hierarchy is
//! there. For any other, `css_set_lock` is held while two cgroups are looked up, and no longer.

use crate::abi::{
    cgroup::Cgroup,
    css_set::{self, CssSet, CssSetRef},
    hierarchy::Hierarchy,
    namespace::CgroupNamespace,
    seq_file::SeqFile,
    task,
};
use kernel::{prelude::*, sync::rcu, task::Task};

/// Prints the cgroups of `task`, as seen from the root of `reader`.
///
/// What is printed of several hierarchies was true at one moment. A hierarchy that is being
/// unmounted is left out.
///
/// Process context; interrupts are on, `css_set_lock` is not held. Does not sleep.
///
/// # Errors
///
/// None is expected: `EINVAL` if a cgroup and the root were in different hierarchies.
///
/// Source: cgroups(7), cgroup_namespaces(7).
pub(crate) fn show(out: &mut SeqFile<'_>, task: &Task, reader: &CgroupNamespace) -> Result {
    let rcu = rcu::read_lock();
    // With v1, several reads that belong together: they need one css_set that is kept from being
    // emptied. The default hierarchy, which comes last, then goes by the same one.
    let mut pinned = None;

    for hierarchy in Hierarchy::all(&rcu) {
        if !hierarchy.is_dfl() {
            let cset = match &mut pinned {
                Some(cset) => cset,
                none => none.insert(CssSetRef::of_task(task).ok_or(ESRCH)?),
            };
            v1_line(out, hierarchy, cset.get(), task, reader, &rcu)?;
        } else if Hierarchy::is_dfl_visible() {
            let cset = match &pinned {
                Some(cset) => cset.get(),
                None => CssSet::of_task(task, &rcu).ok_or(ESRCH)?,
            };
            dfl_line(out, cset, reader, &rcu)?;
        }
    }
    Ok(())
}

fn dfl_line(
    out: &mut SeqFile<'_>,
    cset: CssSet<'_>,
    reader: &CgroupNamespace,
    rcu: &rcu::Guard,
) -> Result {
    if let (Some(cgroup), Some(root)) = (cset.dfl_cgrp(), reader.root_cset(rcu).dfl_cgrp()) {
        out.push(b"0::");
        path(out, cgroup, root, rcu)?;
        out.push(if cgroup.is_dead() {
            b" (deleted)\n"
        } else {
            b"\n"
        });
    }
    Ok(())
}

fn v1_line(
    out: &mut SeqFile<'_>,
    hierarchy: Hierarchy<'_>,
    cset: CssSet<'_>,
    task: &Task,
    reader: &CgroupNamespace,
    rcu: &rcu::Guard,
) -> Result {
    let found = {
        let lock = css_set::lock();
        let cgroup = cset.cgroup_in(hierarchy, &lock, rcu);
        cgroup.zip(reader.root_cset(rcu).cgroup_in(hierarchy, &lock, rcu))
    };
    let Some((cgroup, root)) = found else {
        return Ok(());
    };
    label(out, hierarchy);
    // A zombie is in no cgroup of v1 any more.
    if task::is_exiting(task) {
        out.push(b"/");
    } else {
        path(out, cgroup, root, rcu)?;
    }
    out.push(b"\n");
    Ok(())
}

/// Prints what stands before the path: `4:cpu,cpuacct:`, `7:name=systemd:`.
fn label(out: &mut SeqFile<'_>, hierarchy: Hierarchy<'_>) {
    out.push_decimal(hierarchy.id());
    out.push(b":");
    let mut separator: &[u8] = b"";
    for controller in hierarchy.controllers() {
        out.push(separator);
        out.push(controller);
        separator = b",";
    }
    if !hierarchy.name().is_empty() {
        out.push(separator);
        out.push(b"name=");
        out.push(hierarchy.name());
    }
    out.push(b":");
}

/// Prints the path of `cgroup` as seen from `root`.
fn path(out: &mut SeqFile<'_>, cgroup: Cgroup<'_>, root: Cgroup<'_>, rcu: &rcu::Guard) -> Result {
    match (cgroup.kn(rcu), root.kn(rcu)) {
        (Some(to), Some(from)) => out.push_path(to, from),
        _ => Ok(()),
    }
}
