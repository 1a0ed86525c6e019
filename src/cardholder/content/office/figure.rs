//! Numbers as spreadsheets write them.

/// The longest number that is written out, in digits.
const DIGITS: usize = 40;

/// Returns a number without exponent and without zeros after the point, so that the digits of
/// `4.1E+15` stand together: spreadsheets keep numbers in binary, and write those of more than some
/// digits so.
pub(super) fn written_out(text: &[u8]) -> Option<Vec<u8>> {
    let text = std::str::from_utf8(text).ok()?.trim();
    let (sign, unsigned) = match text.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", text),
    };
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
        None => (unsigned, 0),
    };
    let (whole, part) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let mut digits: Vec<u8> = whole.bytes().chain(part.bytes()).collect();
    if digits.is_empty() || digits.len() > DIGITS || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let point = i32::try_from(whole.len()).ok()?.checked_add(exponent)?;
    let point = usize::try_from(point)
        .ok()
        .filter(|point| *point <= DIGITS)?;
    if digits.len() < point {
        digits.resize(point, b'0');
    }
    let (whole, part) = digits.split_at_checked(point)?;
    let zeros = part
        .iter()
        .rev()
        .take_while(|digit| **digit == b'0')
        .count();
    let part = part.get(..part.len() - zeros).unwrap_or_default();
    let mut out = [sign.as_bytes(), whole].concat();
    if !part.is_empty() {
        out.push(b'.');
        out.extend_from_slice(part);
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_stand_together_however_a_number_is_written() {
        for (written, plain) in [
            ("4111111111111111", "4111111111111111"),
            ("4.111111111111111E15", "4111111111111111"),
            ("4.1111111111111110E+15", "4111111111111111"),
            ("411111111111111.1e1", "4111111111111111"),
            ("4.1E+15", "4100000000000000"),
            ("4111111111111111.0", "4111111111111111"),
            ("-12.50", "-12.5"),
        ] {
            let out = written_out(written.as_bytes()).expect("a number");
            assert_eq!(String::from_utf8_lossy(&out), plain, "{written}");
        }
        for other in ["", "x", "1E+99", "1E-300", "1e999999999999", "12a", "NaN"] {
            assert_eq!(written_out(other.as_bytes()), None, "{other}");
        }
    }
}
