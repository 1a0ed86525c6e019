//! The texts of a workbook that its cells share. Cells name them by their place in the list, so they
//! have to be known before the sheets are read, and stand behind them in the file.

use std::cell::RefCell;

use crate::cardholder::content::limits::Reserved;
use crate::cardholder::content::{Reading, Why};

/// How much more memory is taken at a time, in bytes.
const STEP: usize = 64 * 1024;
/// How much memory a list takes at most: what more it has stays without the names of columns.
const MOST: usize = 3 * 1024 * 1024;

/// How much memory a text takes beside its bytes.
const EACH: usize = size_of::<u32>() + size_of::<bool>();

/// A list of texts, as far as memory reaches.
#[derive(Default)]
pub(in crate::cardholder::content) struct Strings {
    /// All texts, one after the other.
    text: Vec<u8>,
    /// Where each ends.
    ends: Vec<u32>,
    /// Which of them cells named.
    named: RefCell<Vec<bool>>,
    reserved: Vec<Reserved>,
    taken: usize,
}

impl Strings {
    /// The longest text that is kept, in bytes: the names of columns are shorter, and so is what
    /// they name.
    pub(super) const LONGEST: usize = 1024;

    /// Adds a text; tells whether there was room.
    pub(super) fn push(&mut self, text: &[u8], reading: &Reading<'_>) -> Result<bool, Why> {
        let text = match text.len() <= Self::LONGEST {
            true => text,
            false => &[],
        };
        let needed = self.text.len() + text.len() + (self.ends.len() + 1) * EACH;
        while self.taken < needed {
            if self.taken + STEP > MOST {
                return Ok(false);
            }
            let step = reading.spent.hold(STEP as u64, reading.limits)?;
            self.reserved.push(step);
            self.taken += STEP;
        }
        self.text.extend_from_slice(text);
        self.named.get_mut().push(false);
        self.ends
            .push(u32::try_from(self.text.len()).unwrap_or(u32::MAX));
        Ok(true)
    }

    /// Returns the text at a place.
    pub(super) fn get(&self, place: usize) -> Option<&[u8]> {
        let start = match place.checked_sub(1) {
            None => 0,
            Some(before) => *self.ends.get(before)? as usize,
        };
        self.text.get(start..*self.ends.get(place)? as usize)
    }

    /// Returns the text at a place that a cell names.
    pub(super) fn named(&self, place: usize) -> Option<&[u8]> {
        if let Some(named) = self.named.borrow_mut().get_mut(place) {
            *named = true;
        }
        self.get(place)
    }

    /// Returns those that no cell named, each on a line.
    pub(super) fn unnamed(&self) -> Vec<u8> {
        let mut lines = Vec::new();
        let named = self.named.borrow();
        for place in 0..self.ends.len() {
            if let Some(text) = self.get(place)
                && named.get(place) != Some(&true)
                && !text.is_empty()
            {
                lines.extend_from_slice(text);
                lines.push(b'\n');
            }
        }
        lines
    }
}
