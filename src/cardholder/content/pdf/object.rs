//! Objects as PDF writes them, and the words of its content streams.

/// How deep objects may stand in each other.
const DEPTH: usize = 32;

/// An object, or a word of a content stream.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Object {
    /// A number.
    Number(f64),
    /// A name, without its slash.
    Name(Vec<u8>),
    /// A string.
    String(Vec<u8>),
    /// A list.
    Array(Vec<Object>),
    /// Names with their values, in their order.
    Dict(Dict),
    /// Another object, by its number.
    Reference(u32),
    /// Any other word: an operator, `true`, `null`.
    Word(Vec<u8>),
}

/// Names with their values.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Dict(pub(super) Vec<(Vec<u8>, Object)>);

impl Dict {
    /// Returns the value of a name.
    pub(super) fn get(&self, name: &str) -> Option<&Object> {
        let found = self.0.iter().find(|(own, _)| own == name.as_bytes());
        found.map(|(_, value)| value)
    }

    /// Tells whether the value of a name is a name.
    pub(super) fn is(&self, name: &str, value: &str) -> bool {
        matches!(self.get(name), Some(Object::Name(own)) if own == value.as_bytes())
    }
}

impl Object {
    /// Returns a number.
    pub(super) fn number(&self) -> Option<f64> {
        match self {
            Self::Number(number) => Some(*number),
            _ => None,
        }
    }

    /// Returns a whole number that is not negative.
    pub(super) fn whole(&self) -> Option<u64> {
        let number = self.number()?;
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "it is in the range"
        )]
        (0.0..9e15).contains(&number).then_some(number as u64)
    }

    /// Returns the names with their values.
    pub(super) fn dict(&self) -> Option<&Dict> {
        match self {
            Self::Dict(dict) => Some(dict),
            _ => None,
        }
    }

    /// Returns the items of a list.
    pub(super) fn array(&self) -> Option<&[Object]> {
        match self {
            Self::Array(items) => Some(items),
            _ => None,
        }
    }

    /// Returns a name.
    pub(super) fn name(&self) -> Option<&[u8]> {
        match self {
            Self::Name(name) => Some(name),
            _ => None,
        }
    }
}

/// Why there is no object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lack {
    /// The bytes end too early.
    More,
    /// There is none here.
    Wrong,
}

/// Reads objects from bytes.
pub(super) struct Parser<'b> {
    bytes: &'b [u8],
    /// Where the next object is looked for.
    pub(super) at: usize,
    /// Whether nothing follows the bytes.
    pub(super) ended: bool,
}

impl<'b> Parser<'b> {
    /// Begins at a place in bytes.
    pub(super) fn new(bytes: &'b [u8], at: usize, ended: bool) -> Self {
        Self { bytes, at, ended }
    }

    fn peek(&self, ahead: usize) -> Result<u8, Lack> {
        let byte = self.bytes.get(self.at + ahead);
        byte.copied().ok_or(Lack::More)
    }

    /// Passes over white space and remarks.
    pub(super) fn space(&mut self) {
        while let Some(byte) = self.bytes.get(self.at) {
            if *byte == b'%' {
                let rest = self.bytes.get(self.at..).unwrap_or_default();
                let end = memchr::memchr2(b'\n', b'\r', rest);
                self.at += end.unwrap_or(rest.len());
            } else if is_space(*byte) {
                self.at += 1;
            } else {
                break;
            }
        }
    }

    /// Reads the next object.
    pub(super) fn object(&mut self) -> Result<Object, Lack> {
        self.deep(0)
    }

    fn deep(&mut self, depth: usize) -> Result<Object, Lack> {
        if depth > DEPTH {
            return Err(Lack::Wrong);
        }
        self.space();
        match self.peek(0)? {
            b'/' => {
                self.at += 1;
                self.name().map(Object::Name)
            }
            b'(' => self.string().map(Object::String),
            b'<' => match self.peek(1)? {
                b'<' => {
                    self.at += 2;
                    self.dict(depth)
                }
                _ => self.hexadecimal().map(Object::String),
            },
            b'[' => {
                self.at += 1;
                let mut items = Vec::new();
                loop {
                    self.space();
                    if self.peek(0)? == b']' {
                        self.at += 1;
                        return Ok(Object::Array(items));
                    }
                    items.push(self.deep(depth + 1)?);
                }
            }
            b'0'..=b'9' | b'+' | b'-' | b'.' => self.number(),
            b')' | b'>' | b']' | b'{' | b'}' => {
                self.at += 1;
                Ok(Object::Word(Vec::new()))
            }
            _ => Ok(Object::Word(self.word()?.to_vec())),
        }
    }

    fn dict(&mut self, depth: usize) -> Result<Object, Lack> {
        let mut dict = Dict::default();
        loop {
            self.space();
            match self.peek(0)? {
                b'>' => {
                    self.at += if self.peek(1)? == b'>' { 2 } else { 1 };
                    return Ok(Object::Dict(dict));
                }
                b'/' => {
                    self.at += 1;
                    let name = self.name()?;
                    dict.0.push((name, self.deep(depth + 1)?));
                }
                // A value without a name.
                _ => drop(self.deep(depth + 1)?),
            }
        }
    }

    /// Returns what stands up to the next space or sign.
    fn word(&mut self) -> Result<&'b [u8], Lack> {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let end = rest
            .iter()
            .position(|byte| is_space(*byte) || b"()<>[]{}/%".contains(byte));
        if end.is_none() && !self.ended {
            return Err(Lack::More);
        }
        let word = rest.get(..end.unwrap_or(rest.len())).unwrap_or_default();
        self.at += word.len();
        Ok(word)
    }

    fn name(&mut self) -> Result<Vec<u8>, Lack> {
        let word = self.word()?;
        let mut name = Vec::with_capacity(word.len());
        let mut rest = word;
        while let Some((first, after)) = rest.split_first() {
            rest = after;
            match (first, after) {
                (b'#', [high, low, more @ ..])
                    if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() =>
                {
                    name.push(digit(*high) << 4 | digit(*low));
                    rest = more;
                }
                _ => name.push(*first),
            }
        }
        Ok(name)
    }

    /// Reads a number, or a reference that begins with it.
    fn number(&mut self) -> Result<Object, Lack> {
        let word = self.word()?;
        let Ok(text) = std::str::from_utf8(word) else {
            return Ok(Object::Word(word.to_vec()));
        };
        if let Ok(whole) = text.parse::<u32>() {
            let after = self.at;
            match self.generation() {
                Ok(true) => return Ok(Object::Reference(whole)),
                Ok(false) => self.at = after,
                Err(Lack::More) if self.ended => self.at = after,
                Err(lack) => return Err(lack),
            }
        }
        match text.parse() {
            Ok(number) => Ok(Object::Number(number)),
            // Some writers leave two signs, or a sign within.
            Err(_) => Ok(Object::Number(0.0)),
        }
    }

    /// Tells whether a generation number and `R` follow.
    fn generation(&mut self) -> Result<bool, Lack> {
        self.space();
        if !self.peek(0)?.is_ascii_digit() {
            return Ok(false);
        }
        let word = self.word()?;
        if word.len() > 5 || !word.iter().all(u8::is_ascii_digit) {
            return Ok(false);
        }
        self.space();
        if self.peek(0)? != b'R' {
            return Ok(false);
        }
        Ok(self.word()? == b"R")
    }

    fn hexadecimal(&mut self) -> Result<Vec<u8>, Lack> {
        let rest = self.bytes.get(self.at + 1..).unwrap_or_default();
        let end = memchr::memchr(b'>', rest).ok_or(Lack::More)?;
        self.at += end + 2;
        let digits = rest.get(..end).unwrap_or_default();
        let digits: Vec<u8> = digits
            .iter()
            .filter(|byte| byte.is_ascii_hexdigit())
            .map(|byte| digit(*byte))
            .collect();
        let pair = |pair: &[u8]| match pair {
            [high, low] => high << 4 | low,
            [high] => high << 4,
            _ => 0,
        };
        Ok(digits.chunks(2).map(pair).collect())
    }

    fn string(&mut self) -> Result<Vec<u8>, Lack> {
        let mut string = Vec::new();
        let mut open = 0_usize;
        let mut at = self.at;
        let get = |at: usize| self.bytes.get(at).copied().ok_or(Lack::More);
        loop {
            let byte = get(at)?;
            at += 1;
            match byte {
                b'(' => {
                    open += 1;
                    if open == 1 {
                        continue;
                    }
                }
                b')' => {
                    open -= 1;
                    if open == 0 {
                        self.at = at;
                        return Ok(string);
                    }
                }
                b'\\' => {
                    let escaped = get(at)?;
                    at += 1;
                    match escaped {
                        b'n' => string.push(b'\n'),
                        b'r' => string.push(b'\r'),
                        b't' => string.push(b'\t'),
                        b'b' | b'f' => string.push(b' '),
                        b'\r' => at += usize::from(get(at)? == b'\n'),
                        b'\n' => {}
                        b'0'..=b'7' => {
                            let mut code = escaped - b'0';
                            for _ in 0..2 {
                                let next = get(at)?;
                                if !(b'0'..=b'7').contains(&next) {
                                    break;
                                }
                                code = code.wrapping_mul(8).wrapping_add(next - b'0');
                                at += 1;
                            }
                            string.push(code);
                        }
                        other => string.push(other),
                    }
                    continue;
                }
                _ => {}
            }
            string.push(byte);
        }
    }
}

/// Returns the value of a hexadecimal digit.
pub(super) fn digit(byte: u8) -> u8 {
    match byte {
        b'0'..=b'9' => byte - b'0',
        b'a'..=b'f' => byte - b'a' + 10,
        b'A'..=b'F' => byte - b'A' + 10,
        _ => 0,
    }
}

/// Tells whether a byte is white space.
pub(super) fn is_space(byte: u8) -> bool {
    matches!(byte, 0 | b'\t' | b'\n' | 0x0c | b'\r' | b' ')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn objects_are_read_as_they_are_written() {
        let name = |text: &str| Object::Name(text.as_bytes().to_vec());
        let string = |text: &str| Object::String(text.as_bytes().to_vec());
        for (text, expected) in [
            ("12 0 R ", Object::Reference(12)),
            ("12 0 obj", Object::Number(12.0)),
            ("-.5 ", Object::Number(-0.5)),
            ("/A#42 ", name("AB")),
            ("(a\\(b(c)\\051\\\n\\101)", string("a(b(c))A")),
            ("<41 4>", string("A@")),
            (
                "% x\n[1 /B]",
                Object::Array(vec![Object::Number(1.0), name("B")]),
            ),
            (
                "<</A 1 0 R/B<<>>>>",
                Object::Dict(Dict(vec![
                    (b"A".to_vec(), Object::Reference(1)),
                    (b"B".to_vec(), Object::Dict(Dict::default())),
                ])),
            ),
            ("Tj ", Object::Word(b"Tj".to_vec())),
        ] {
            let mut parser = Parser::new(text.as_bytes(), 0, true);
            assert_eq!(parser.object(), Ok(expected), "{text}");
        }
        for text in ["(a", "<4", "[1", "<</A", "", "12", "12 0"] {
            let mut parser = Parser::new(text.as_bytes(), 0, false);
            assert_eq!(parser.object(), Err(Lack::More), "{text}");
        }
        let deep = "[".repeat(1000);
        assert_eq!(
            Parser::new(deep.as_bytes(), 0, true).object(),
            Err(Lack::Wrong)
        );
    }
}
