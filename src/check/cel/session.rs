//! What one evaluation looks at. Evaluation is synchronous, so a thread has at most one.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::sync::Arc;

use crate::check::Data;

/// How many properties one evaluation may look at before it is stopped.
const WORK_LIMIT: usize = 2_000_000;

thread_local! {
    static CURRENT: RefCell<Session> = RefCell::default();
}

#[derive(Default)]
struct Session {
    data: Option<Arc<Data>>,
    seen: Seen,
    work: usize,
}

/// What an evaluation came across, each once.
#[derive(Debug, Default, Clone)]
pub(super) struct Seen {
    /// Why values it looked at are unknown.
    pub(super) unknowns: BTreeSet<String>,
    /// Which properties it took by documented default.
    pub(super) defaults: BTreeSet<String>,
}

/// Ends the evaluation when dropped, so that nothing of it reaches the next.
pub(super) struct Guard;

impl Drop for Guard {
    fn drop(&mut self) {
        CURRENT.with(|current| *current.borrow_mut() = Session::default());
    }
}

/// Begins an evaluation on this thread.
pub(super) fn begin(data: &Arc<Data>) -> Guard {
    CURRENT.with(|current| {
        *current.borrow_mut() = Session {
            data: Some(Arc::clone(data)),
            ..Session::default()
        };
    });
    Guard
}

/// Returns what the evaluation came across so far.
pub(super) fn seen() -> Seen {
    CURRENT.with(|current| current.borrow().seen.clone())
}

/// Notes that something unknown was looked at.
pub(super) fn touch_unknown(reason: &str) {
    CURRENT.with(|current| {
        let mut current = current.borrow_mut();
        if !current.seen.unknowns.contains(reason) {
            current.seen.unknowns.insert(reason.to_owned());
        }
    });
}

/// Notes that a documented default was used.
pub(super) fn touch_default(property: &str) {
    CURRENT.with(|current| {
        let mut current = current.borrow_mut();
        if !current.seen.defaults.contains(property) {
            current.seen.defaults.insert(property.to_owned());
        }
    });
}

/// Counts one step of work; tells whether the evaluation may go on.
pub(super) fn may_work(steps: usize) -> bool {
    CURRENT.with(|current| {
        let mut current = current.borrow_mut();
        current.work = current.work.saturating_add(steps);
        current.work <= WORK_LIMIT
    })
}

/// Returns what the functions of the evaluation answer from.
pub(super) fn data() -> Option<Arc<Data>> {
    CURRENT.with(|current| current.borrow().data.clone())
}
