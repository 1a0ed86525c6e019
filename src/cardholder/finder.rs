//! Finds the candidates of a block, with the best instructions that the processor has.

use std::fmt;

use super::candidates::{Candidates, candidates};
use super::classes::{Classes, Masks, READ, classify};
#[cfg(target_arch = "x86_64")]
use super::simd::Vectors;
use super::values::{self, followed, labelled, paired, wide};

/// Finds candidates, block after block.
pub(super) struct Finder<'r> {
    classes: &'r Classes,
    instructions: Instructions,
    masks: Box<Masks>,
    found: Box<Candidates>,
    /// Up to which byte of the text values may begin that a label tells.
    reached: u64,
    /// Values may begin everywhere.
    everywhere: bool,
}

/// The instructions with which texts are looked at. All find the same.
///
/// ```
/// use evidence_workbook::cardholder::{Instructions, Rules, Scanner};
///
/// for instructions in Instructions::all() {
///     let rules = Rules::built_in().clone().using(instructions);
///     let mut found = 0;
///     let mut scanner = Scanner::new(&rules);
///     scanner.push(b"card: 4111111111111111", &mut |_| found += 1);
///     scanner.finish(&mut |_| found += 1);
///     assert_eq!(found, 1, "{instructions}");
/// }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Instructions(Set);

/// A set of instructions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Set {
    /// Those of every processor.
    Portable,
    /// Those of some.
    #[cfg(target_arch = "x86_64")]
    Vectors(Vectors),
}

impl Instructions {
    /// Returns the best that the processor has.
    #[must_use]
    pub fn best() -> Self {
        #[cfg(target_arch = "x86_64")]
        if let Some(vectors) = Vectors::detect() {
            return Self(Set::Vectors(vectors));
        }
        Self(Set::Portable)
    }

    /// Returns all that the processor has, those of every processor first.
    #[must_use]
    pub fn all() -> Vec<Self> {
        #[cfg(target_arch = "x86_64")]
        let vectors = [Vectors::Avx2, Vectors::Avx512]
            .into_iter()
            .filter(|vectors| vectors.here())
            .map(Set::Vectors);
        #[cfg(not(target_arch = "x86_64"))]
        let vectors = std::iter::empty();
        let sets = std::iter::once(Set::Portable).chain(vectors);
        sets.map(Self).collect()
    }
}

impl Default for Instructions {
    fn default() -> Self {
        Self::best()
    }
}

impl fmt::Display for Instructions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self.0 {
            Set::Portable => "portable",
            #[cfg(target_arch = "x86_64")]
            Set::Vectors(Vectors::Avx2) => "AVX2",
            #[cfg(target_arch = "x86_64")]
            Set::Vectors(Vectors::Avx512) => "AVX-512",
        })
    }
}

impl<'r> Finder<'r> {
    /// Makes a finder.
    pub(super) fn new(classes: &'r Classes, instructions: Instructions) -> Self {
        Self {
            classes,
            instructions,
            masks: Masks::new(),
            found: Candidates::new(),
            reached: 0,
            everywhere: false,
        }
    }

    /// Takes every place at which a code or a PIN may begin for a candidate, or only those that a
    /// label is near.
    pub(super) fn look_everywhere(&mut self, everywhere: bool) {
        self.everywhere = everywhere;
    }

    /// Returns the candidates of a block, and its classes: of [`super::classes::BLOCK`] bytes after the first 64,
    /// which are there to look back at, as are those that follow. `from` tells where in the text the
    /// first of the bytes is, 64 more.
    pub(super) fn find(&mut self, bytes: &[u8; READ], from: u64) -> (&Candidates, &Masks) {
        let Self {
            classes,
            masks,
            found,
            reached,
            everywhere,
            ..
        } = self;
        match self.instructions.0 {
            Set::Portable => {
                classify(classes, bytes, masks);
                candidates::<u64>(masks, found);
            }
            #[cfg(target_arch = "x86_64")]
            Set::Vectors(vectors) => {
                vectors.candidates(classes, bytes, masks, found);
            }
        }
        let before = usize::try_from(reached.saturating_sub(from)).unwrap_or(READ);
        let after = labelled(classes, bytes, masks, before, found);
        *reached = from + after as u64;
        if *everywhere {
            values::everywhere(masks, found);
        }
        followed(bytes, masks, found);
        paired(bytes, found);
        wide(bytes, masks, found);
        (found, masks)
    }
}
