//! Files people wrote or exported, positions in them, and what is wrong with them.
//!
//! Everything above this module speaks of bytes in a *whole file*: the one place that cuts TOML
//! out of Markdown passes the range on, and nothing counts lines from the start of a block.

mod cadence;
mod cursor;
mod date;
mod diagnostic;
mod digest;
mod file;
mod inert;
mod name;
mod reference;
mod render;
mod secret;
mod seen;
mod value;

pub use cadence::Cadence;
pub(crate) use cursor::{Item, Keyword, Table, Toml, nearest};
pub use date::{Date, Instant, TimeZone};
pub use diagnostic::{Code, Diagnostic, Diagnostics, Related};
pub(crate) use digest::sha256;
pub use file::{SourceFile, Span, Spanned};
pub(crate) use inert::inert;
pub(crate) use name::{is_id, is_identifier, is_requirement_id, snake};
pub(crate) use reference::unknown_reference;
pub use render::{Colour, render};
pub(crate) use secret::conceal;
pub(crate) use seen::Seen;
pub use value::{Map, Unknown, Value};
