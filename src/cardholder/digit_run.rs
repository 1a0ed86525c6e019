//! A first look at digits in a row: whether they can be a card number at all.

/// Tells whether 12 to 19 digits, with at least 24 bytes up to their end to read, end in their
/// check digit (ISO/IEC 7812-1, annex B). Eight digits are summed at a time.
pub(super) fn luhn(text: &[u8; 24], digits: usize) -> bool {
    let mut sum = 0;
    for (group, bytes) in text.as_chunks::<8>().0.iter().enumerate() {
        let read = u64::from_le_bytes(*bytes);
        // Digits before the number's first count for nothing.
        let before = (24 - digits.min(24)).saturating_sub(group * 8).min(8);
        let kept = if before == 8 { 0 } else { !0 << (before * 8) };
        let ones = read & 0x0f0f_0f0f_0f0f_0f0f & kept;
        // Every second digit from the right but one counts double, less nine above nine.
        let doubled = ones & 0x00ff_00ff_00ff_00ff;
        let above = ((doubled + 0x007b_007b_007b_007b) >> 7) & 0x0001_0001_0001_0001;
        let double = doubled * 2 - above * 9;
        let single = ones & 0xff00_ff00_ff00_ff00;
        sum += ((double + single).wrapping_mul(0x0101_0101_0101_0101)) >> 56;
    }
    sum.is_multiple_of(10)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cardholder::digits;

    #[test]
    fn eight_at_a_time_is_the_same_as_one_after_the_other() {
        let mut state = 7_u64;
        let mut passed = 0;
        for count in 12..=19 {
            for _ in 0..2_000 {
                let mut text = [b'9'; 24];
                for byte in &mut text {
                    state = state
                        .wrapping_mul(6_364_136_223_846_793_005)
                        .wrapping_add(1);
                    *byte = b'0' + u8::try_from((state >> 33) % 10).expect("a digit");
                }
                let number: Vec<u8> = text[24 - count..].iter().map(|byte| byte - b'0').collect();
                assert_eq!(
                    luhn(&text, count),
                    digits::luhn(&number),
                    "{text:?} {count}"
                );
                passed += u32::from(luhn(&text, count));
            }
        }
        assert!((1_300..1_900).contains(&passed), "{passed}");
    }
}
