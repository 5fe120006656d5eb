// SPDX-License-Identifier: GPL-2.0

//! /proc/PID/cgroup: one line for each hierarchy, `ID:CONTROLLERS:PATH`.
//!
//! Owns the form of a line and the choice of locks: none where only the default hierarchy is
//! there. For others, `css_set_lock` is held while cgroups are looked up, some at a time, and not
//! while anything is printed.

use crate::abi::{
    cgroup::Cgroup,
    css_set::{self, CssSet, CssSetRef},
    hierarchy::Hierarchy,
    namespace::CgroupNamespace,
    seq_file::SeqFile,
    task,
};
use kernel::{prelude::*, sync::rcu, task::Task};

/// Hierarchies that are looked up together: as many as there are controllers, so mostly all.
const TOGETHER: usize = 16;

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
    let mut v1 = Hierarchy::all(&rcu)
        .take_while(|hierarchy| !hierarchy.is_dfl())
        .peekable();

    while v1.peek().is_some() {
        let cset = match &mut pinned {
            Some(cset) => cset,
            none => none.insert(CssSetRef::of_task(task).ok_or(ESRCH)?),
        };
        let mut found = [None; TOGETHER];
        look_up(&mut found, v1.by_ref(), cset.get(), reader, &rcu);
        for (hierarchy, cgroup, root) in found.into_iter().flatten() {
            v1_line(out, hierarchy, cgroup, root, task, &rcu)?;
        }
    }
    if Hierarchy::is_dfl_visible() {
        let cset = match &pinned {
            Some(cset) => cset.get(),
            None => CssSet::of_task(task, &rcu).ok_or(ESRCH)?,
        };
        dfl_line(out, cset, reader, &rcu)?;
    }
    Ok(())
}

/// Fills `found` with the cgroups of the next hierarchies, each with the root that it is seen from.
/// The place of a hierarchy that is being unmounted stays empty.
///
/// Takes `css_set_lock` once: to take it for each costs more than a short line.
fn look_up<'rcu>(
    found: &mut [Option<(Hierarchy<'rcu>, Cgroup<'rcu>, Cgroup<'rcu>)>],
    hierarchies: impl Iterator<Item = Hierarchy<'rcu>>,
    cset: CssSet<'_>,
    reader: &CgroupNamespace,
    rcu: &'rcu rcu::Guard,
) {
    let lock = css_set::lock();
    let roots = reader.root_cset(rcu);
    for (place, hierarchy) in found.iter_mut().zip(hierarchies) {
        let cgroup = cset.cgroup_in(hierarchy, &lock, rcu);
        let root = roots.cgroup_in(hierarchy, &lock, rcu);
        *place = cgroup
            .zip(root)
            .map(|(cgroup, root)| (hierarchy, cgroup, root));
    }
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
    cgroup: Cgroup<'_>,
    root: Cgroup<'_>,
    task: &Task,
    rcu: &rcu::Guard,
) -> Result {
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
