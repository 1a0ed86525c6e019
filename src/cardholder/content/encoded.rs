//! Texts inside texts, written in another alphabet, as [`Encoding`] tells.

mod decoder;
mod runs;
mod text;

pub(super) use text::{Text, whole};

use crate::cardholder::encoding::{Encoding, SIGNS, hex, is_printable, value};

#[cfg(test)]
mod tests;
