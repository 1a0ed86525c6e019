//! The fields of a row around a number, in a table without names for its columns: a date to the
//! month beside it, with a name or a code, is what card numbers are kept with.

use super::issuers::{LONGEST, SHORTEST};
use super::naming::line_start;

/// How far before and after a number fields are looked at, in bytes.
const NEAR: usize = 80;
/// How many fields to either side are looked at.
const FIELDS: usize = 3;

/// What a field holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Field {
    /// A date to the month that a card may be valid to.
    Date,
    /// Three or four digits.
    Code,
    /// The name of a person, as forms and stripes have it.
    Name,
    /// As many digits as a card number has.
    Number,
    /// Anything else.
    Other,
}

/// Tells whether a number is a field of a row that has a date beside it, and a name or a code too.
pub(super) fn is_kept_with_date(bytes: &[u8], at: usize, end: usize) -> bool {
    let quoted = |byte: Option<&u8>| matches!(byte, Some(b'"' | b'\''));
    let before = at.checked_sub(1).and_then(|before| bytes.get(before));
    let (open, close) = match quoted(before) && bytes.get(end) == before {
        true => (at - 1, end + 1),
        false => (at, end),
    };
    let delimiter = |byte: Option<&u8>| byte.copied().filter(|byte| b",;|\t".contains(byte));
    let left = open.checked_sub(1).and_then(|left| bytes.get(left));
    let (left, right) = (delimiter(left), delimiter(bytes.get(close)));
    let Some(between) = left.or(right) else {
        return false;
    };
    // Between two of the same, or one of them and the end of the line.
    let edge = |byte: Option<&u8>| matches!(byte, None | Some(b'\n' | b'\r'));
    let opens = left.is_some() || edge(open.checked_sub(1).and_then(|left| bytes.get(left)));
    let closes = right.is_some() || edge(bytes.get(close));
    if !(opens && closes) || (left.is_some() && right.is_some() && left != right) {
        return false;
    }
    let start = line_start(bytes, open, NEAR);
    let head = bytes.get(start..open).unwrap_or_default();
    let tail = bytes.get(close..).unwrap_or_default();
    let tail = tail.get(..NEAR).unwrap_or(tail);
    let tail = tail.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let mut fields = [Field::Other; FIELDS * 2];
    let before = head.rsplit(|byte| *byte == between).skip(1);
    let after = tail.split(|byte| *byte == between).skip(1);
    let (nearer, further) = fields.split_at_mut(FIELDS);
    for (place, field) in nearer.iter_mut().zip(before) {
        *place = Field::of(field);
    }
    for (place, field) in further.iter_mut().zip(after) {
        *place = Field::of(field);
    }
    let [before, _, _, after, second, third] = fields;
    // A date after another number is that one's.
    let far = second == Field::Date && after != Field::Number;
    let dated = before == Field::Date || after == Field::Date || far;
    let named = fields.contains(&Field::Name);
    let coded = (after == Field::Date && second == Field::Code) || (far && third == Field::Code);
    dated && (named || coded)
}

impl Field {
    fn of(field: &[u8]) -> Self {
        let field = field.trim_ascii();
        // The last of a row in SQL.
        let field = field.split(|byte| *byte == b')').next().unwrap_or(field);
        let field = match field {
            [b'"', inner @ .., b'"'] | [b'\'', inner @ .., b'\''] => inner,
            field => field,
        };
        if is_date(field) {
            Self::Date
        } else if (3..=4).contains(&field.len()) && field.iter().all(u8::is_ascii_digit) {
            Self::Code
        } else if (SHORTEST..=LONGEST).contains(&field.len())
            && field.iter().all(u8::is_ascii_digit)
        {
            Self::Number
        } else if is_name(field) {
            Self::Name
        } else {
            Self::Other
        }
    }
}

/// `1227`, `2712`, `12/27`, `12/2027`, `2027-12`: of the years that cards on files are valid to.
fn is_date(field: &[u8]) -> bool {
    let value = |digits: &[u8]| {
        digits.iter().try_fold(0_u32, |sum, digit| {
            digit
                .is_ascii_digit()
                .then(|| sum * 10 + u32::from(digit - b'0'))
        })
    };
    let month = |digits: &[u8]| value(digits).is_some_and(|month| (1..=12).contains(&month));
    let year = |digits: &[u8]| match digits.len() {
        2 => value(digits).is_some_and(|year| (18..=45).contains(&year)),
        4 => value(digits).is_some_and(|year| (2018..=2045).contains(&year)),
        _ => false,
    };
    match field {
        [a, b, c, d] => {
            (month(&[*a, *b]) && year(&[*c, *d])) || (year(&[*a, *b]) && month(&[*c, *d]))
        }
        [a, b, b'/' | b'-', rest @ ..] if month(&[*a, *b]) => year(rest),
        [year_of @ .., b'/' | b'-', a, b] => year(year_of) && month(&[*a, *b]),
        _ => false,
    }
}

/// Two words of letters at least: `DOE/JANE`, `Jane Q. Doe`.
fn is_name(field: &[u8]) -> bool {
    let letter = |byte: &u8| byte.is_ascii_alphabetic() || *byte >= 0x80;
    let words = field.split(|byte| b" /.'-".contains(byte));
    let mut count = 0;
    for word in words.filter(|word| !word.is_empty()) {
        if !word.iter().all(letter) {
            return false;
        }
        count += usize::from(word.len() >= 2);
    }
    count >= 2 && field.len() <= 40
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_and_a_name_or_code_beside_a_number_tell() {
        let n = "4539777777777775";
        for (before, after, expected) in [
            ("17,2024-06-05,Doe/Jane,", ",2712,69.18", true),
            ("1;Jane Doe;", ";12/27;x", true),
            ("1\t\"", "\"\t\"1227\"\t\"123\"", true),
            ("", ",2027-12,123", true),
            ("1227,", ",JANE DOE", true),
            ("(7,'Jane Doe','x','", "','2027-12'),(8", true),
            ("17,grid,", ",,0", false),
            ("17,shipment,", ",,324.1", false),
            ("17,Doe/Jane,", ",2799,69.18", false),
            ("17,Doe/Jane,", ",69.18", false),
            ("17,x,", ",2712,69.18", false),
            ("17,Doe/Jane,", ",4539777777777775,12/27", false),
            ("Doe/Jane ", " 2712", false),
            ("17,Doe/Jane,x", ",2712", false),
        ] {
            let text = format!("{before}{n}{after}");
            let end = before.len() + n.len();
            let found = is_kept_with_date(text.as_bytes(), before.len(), end);
            assert_eq!(found, expected, "{text}");
        }
    }
}
