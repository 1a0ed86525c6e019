//! Card numbers, computed where they are needed, so that none stands in a file.

/// Returns a number that begins so, has so many digits and ends in the right check digit; no list
/// has it. The same seed gives the same number.
pub(crate) fn number(begins: &str, length: usize, seed: u64) -> String {
    let mut state = seed;
    let mut digits: Vec<u32> = begins.chars().filter_map(|it| it.to_digit(10)).collect();
    while digits.len() < length - 1 {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        digits.push(u32::try_from(state >> 33).unwrap() % 10);
    }
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(n, digit)| match n % 2 {
            0 if *digit > 4 => digit * 2 - 9,
            0 => digit * 2,
            _ => *digit,
        })
        .sum();
    digits.push((10 - sum % 10) % 10);
    digits.iter().map(ToString::to_string).collect()
}

/// Returns a number in groups of four.
pub(crate) fn grouped(number: &str, sign: &str) -> String {
    let groups: Vec<&str> = (0..number.len())
        .step_by(4)
        .map(|at| &number[at..number.len().min(at + 4)])
        .collect();
    groups.join(sign)
}

/// Returns the bytes of a text in hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    let bytes: Vec<String> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    bytes.concat()
}
