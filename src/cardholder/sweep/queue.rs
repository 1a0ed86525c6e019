//! What is being read and what waits to be told, in bounded room.

use std::collections::{BinaryHeap, VecDeque};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use super::Done;
use super::file::Event;
use crate::cardholder::walk::{Entry, Walk};

/// How many entries are known ahead of what is told.
const AHEAD: usize = 1024;
/// How many events of all files may wait, and how many of the file that is told.
const WAITING: usize = 8192;

/// The entries ahead, shared by those who read and the one who tells.
///
/// Nobody waits for ever: what is told next is always being read, for one reader takes entries in
/// their order, so that everything before the entry it waits with was taken by others; and the
/// reader of what is told next waits only for the one who tells.
pub(super) struct Queue<'a> {
    state: Mutex<State<'a>>,
    /// There is something to tell.
    told: Condvar,
    /// There is room again.
    room: Condvar,
    stopped: AtomicBool,
}

struct State<'a> {
    walk: Walk<'a>,
    /// Whether the walk came to its end.
    walked: bool,
    /// The index of the first slot.
    first: usize,
    slots: VecDeque<Slot>,
    /// Those not taken, by size; some may have been taken in their order meanwhile.
    largest: BinaryHeap<(u64, usize)>,
    /// The next index to be taken in order.
    next: usize,
    /// How many events wait, of all files.
    waiting: usize,
}

#[derive(Default)]
struct Slot {
    entry: Option<Entry>,
    name: Option<Arc<str>>,
    events: Vec<Event>,
    done: Option<Done>,
}

/// What is to be told next.
pub(super) enum Next {
    Events(Arc<str>, Vec<Event>),
    Done(Arc<str>, Done),
    End,
}

impl<'a> Queue<'a> {
    pub(super) fn new(walk: Walk<'a>) -> Self {
        Self {
            state: Mutex::new(State {
                walk,
                walked: false,
                first: 0,
                slots: VecDeque::new(),
                largest: BinaryHeap::new(),
                next: 0,
                waiting: 0,
            }),
            told: Condvar::new(),
            room: Condvar::new(),
            stopped: AtomicBool::new(false),
        }
    }

    /// Ends the sweep early.
    pub(super) fn stop(&self) {
        self.stopped.store(true, Ordering::Relaxed);
        drop(self.state());
        self.room.notify_all();
    }

    pub(super) fn stopped(&self) -> &AtomicBool {
        &self.stopped
    }

    fn has_stopped(&self) -> bool {
        self.stopped.load(Ordering::Relaxed)
    }

    fn state(&self) -> MutexGuard<'_, State<'a>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes an entry to read: the next in order, or the largest there is.
    pub(super) fn take(&self, in_order: bool) -> Option<(usize, Entry)> {
        let mut state = self.state();
        loop {
            if self.has_stopped() {
                return None;
            }
            state.look_ahead();
            let taken = match in_order {
                true => state.take_next(),
                false => state.take_largest(),
            };
            if taken.is_some() {
                return taken;
            }
            if state.walked {
                // The one who tells may wait for nothing but this.
                self.told.notify_one();
                return None;
            }
            state = self
                .room
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Hands over an event, when there is room for it.
    pub(super) fn push(&self, index: usize, name: &Arc<str>, event: Event) {
        let mut state = self.state();
        while state.is_full(index) && !self.has_stopped() {
            state = self
                .room
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
        }
        state.waiting += 1;
        let is_next = state.first == index;
        if let Some(slot) = state.slot(index) {
            slot.name.get_or_insert_with(|| Arc::clone(name));
            slot.events.push(event);
        }
        if is_next {
            self.told.notify_one();
        }
    }

    /// Hands over the end of an entry.
    pub(super) fn done(&self, index: usize, name: &Arc<str>, done: Done) {
        let mut state = self.state();
        if let Some(slot) = state.slot(index) {
            slot.name.get_or_insert_with(|| Arc::clone(name));
            slot.done = Some(done);
        }
        if state.first == index {
            self.told.notify_one();
        }
    }

    /// Waits for what is to be told next.
    pub(super) fn next(&self) -> Next {
        let mut state = self.state();
        loop {
            if let Some(next) = state.first_told() {
                self.room.notify_all();
                return next;
            }
            if state.walked && state.slots.is_empty() {
                return Next::End;
            }
            state = self
                .told
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }
}

impl State<'_> {
    /// Walks on while there is room for entries.
    fn look_ahead(&mut self) {
        while !self.walked && self.slots.len() < AHEAD {
            let Some(entry) = self.walk.next() else {
                self.walked = true;
                return;
            };
            self.largest
                .push((entry.size(), self.first + self.slots.len()));
            self.slots.push_back(Slot {
                entry: Some(entry),
                ..Slot::default()
            });
        }
    }

    fn slot(&mut self, index: usize) -> Option<&mut Slot> {
        let at = index.checked_sub(self.first)?;
        self.slots.get_mut(at)
    }

    fn take_next(&mut self) -> Option<(usize, Entry)> {
        self.next = self.next.max(self.first);
        while let Some(slot) = self.slot(self.next) {
            let entry = slot.entry.take();
            let index = self.next;
            self.next += 1;
            if let Some(entry) = entry {
                return Some((index, entry));
            }
        }
        None
    }

    fn take_largest(&mut self) -> Option<(usize, Entry)> {
        while let Some((_, index)) = self.largest.pop() {
            let entry = self.slot(index).and_then(|slot| slot.entry.take());
            if let Some(entry) = entry {
                return Some((index, entry));
            }
        }
        None
    }

    /// Tells whether an event of the entry has to wait.
    fn is_full(&mut self, index: usize) -> bool {
        match self.first == index {
            true => self
                .slot(index)
                .is_some_and(|slot| slot.events.len() >= WAITING),
            false => self.waiting >= WAITING,
        }
    }

    fn first_told(&mut self) -> Option<Next> {
        let slot = self.slots.front_mut()?;
        let name = Arc::clone(slot.name.as_ref()?);
        if !slot.events.is_empty() {
            let events = std::mem::take(&mut slot.events);
            self.waiting = self.waiting.saturating_sub(events.len());
            return Some(Next::Events(name, events));
        }
        let done = slot.done?;
        self.slots.pop_front();
        self.first += 1;
        Some(Next::Done(name, done))
    }
}
