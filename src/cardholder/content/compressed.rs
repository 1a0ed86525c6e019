//! Streams that hold one content, compressed.

use std::io;

use flate2::read::MultiGzDecoder;

use super::{Input, Reading};

/// Reads gzip, one member after the other.
pub(super) fn gzip(reading: &mut Reading<'_>, input: &mut Input<'_>) -> io::Result<()> {
    reading.decoded(&mut MultiGzDecoder::new(input));
    Ok(())
}
