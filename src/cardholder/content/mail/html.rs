//! The text that a page shows, with what stands in its tags and comments on lines of their own:
//! a number may be split by tags (`<b>4111</b> 1111`), and may stand in a link or a comment.

use std::io::{self, Read};

use super::decoded::Decoded;

/// How much is read at once.
const PIECE: usize = 8 * 1024;
/// How much of tags and comments is kept for the next line that a page shows.
const ASIDE: usize = 16 * 1024;
/// The longest name of a sign.
const LONGEST_NAME: usize = 12;

/// A page as text.
pub(super) struct Html<'i> {
    input: &'i mut dyn Read,
    state: State,
    /// What was read of the tag or sign.
    open: Vec<u8>,
    /// What tags and comments hold that the shown text must not be broken by.
    aside: Vec<u8>,
    text: Decoded,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Text,
    /// After `&`.
    Sign,
    /// After `<`; inside of quotes a `>` is not its end.
    Tag(Option<u8>),
    /// After `<!--`.
    Comment,
    /// After `<script>` or `<style>`, up to the next tag that ends it.
    Code,
}

impl<'i> Html<'i> {
    pub(super) fn new(input: &'i mut dyn Read) -> Self {
        Self {
            input,
            state: State::Text,
            open: Vec::new(),
            aside: Vec::new(),
            text: Decoded::default(),
        }
    }

    fn decode(&mut self) {
        self.text.begin();
        let mut piece = Vec::with_capacity(PIECE);
        let read = (&mut *self.input)
            .take(PIECE as u64)
            .read_to_end(&mut piece);
        match read {
            Ok(0) => self.text.ended = true,
            Ok(_) => {}
            Err(error) => self.text.fail(error),
        }
        for byte in piece {
            self.put(byte);
        }
        if self.text.ended {
            let open = std::mem::take(&mut self.open);
            match self.state {
                State::Text | State::Sign => self.text.bytes.extend(open),
                State::Tag(_) | State::Comment | State::Code => self.aside.extend(open),
            }
            self.line(b'\n');
        }
    }

    fn put(&mut self, byte: u8) {
        match (self.state, byte) {
            (State::Text, b'<') => self.state = State::Tag(None),
            (State::Text, b'&') => {
                self.open.push(byte);
                self.state = State::Sign;
            }
            (State::Text, _) => self.text.bytes.push(byte),
            (State::Sign, _) => self.sign(byte),
            (State::Tag(None), b'>') => self.tag(),
            (State::Tag(quote), _) => self.of_tag(quote, byte),
            (State::Comment, _) => {
                self.open.push(byte);
                if self.open.ends_with(b"-->") {
                    self.set_aside();
                    self.state = State::Text;
                }
                self.bound();
            }
            (State::Code, _) => {
                self.open.push(byte);
                if byte == b'>' && ends_code(&self.open) {
                    self.set_aside();
                    self.line(b'\n');
                    self.state = State::Text;
                }
                self.bound();
            }
        }
    }

    /// Takes a byte of a tag.
    fn of_tag(&mut self, quote: Option<u8>, byte: u8) {
        let begins = matches!(byte, b'a'..=b'z' | b'A'..=b'Z' | b'/' | b'!' | b'?');
        if self.open.is_empty() && !begins {
            self.text.bytes.push(b'<');
            self.state = State::Text;
            return self.put(byte);
        }
        self.open.push(byte);
        self.state = match (quote, byte) {
            (None, b'"' | b'\'') if self.open.contains(&b'=') => State::Tag(Some(byte)),
            (Some(quote), _) if byte == quote => State::Tag(None),
            _ => State::Tag(quote),
        };
        if self.open == b"!--" {
            self.open.clear();
            self.state = State::Comment;
        }
        // A quote that is not closed must not take the page with it.
        if self.open.len() > ASIDE {
            self.state = State::Tag(None);
        }
        self.bound();
    }

    /// Ends a tag.
    fn tag(&mut self) {
        let name = self.open.split(u8::is_ascii_whitespace).next();
        let name = name.unwrap_or_default().to_ascii_lowercase();
        let name = name.strip_suffix(b"/").unwrap_or(&name);
        let has_more = name.len() + 1 < self.open.len();
        self.state = match name {
            b"script" | b"style" => State::Code,
            _ => State::Text,
        };
        match has_more {
            true => self.set_aside(),
            false => self.open.clear(),
        }
        match name.strip_prefix(b"/").unwrap_or(name) {
            b"b" | b"i" | b"u" | b"em" | b"strong" | b"span" | b"font" | b"a" | b"small"
            | b"big" | b"sub" | b"sup" | b"tt" | b"code" | b"mark" | b"ins" | b"del" | b"s"
            | b"strike" | b"wbr" | b"abbr" | b"o:p" | b"nobr" | b"bdo" | b"label" | b"kbd"
            | b"samp" | b"var" | b"cite" | b"q" | b"ruby" | b"img" => {}
            b"td" | b"th" => self.text.bytes.push(b'\t'),
            _ => self.line(b'\n'),
        }
    }

    /// Takes a byte of a sign that is written by its name or number.
    fn sign(&mut self, byte: u8) {
        let of_name = byte.is_ascii_alphanumeric() || byte == b'#';
        if of_name && self.open.len() < LONGEST_NAME {
            self.open.push(byte);
            return;
        }
        self.state = State::Text;
        let open = std::mem::take(&mut self.open);
        match named(open.get(1..).unwrap_or_default()) {
            Some(sign) => {
                self.text.bytes.extend_from_slice(sign.as_bytes());
                if byte != b';' {
                    self.put(byte);
                }
            }
            None => {
                self.text.bytes.extend(open);
                self.put(byte);
            }
        }
    }

    /// Keeps what was read of a tag or comment for the next line.
    fn set_aside(&mut self) {
        let open = std::mem::take(&mut self.open);
        let mut rest = open.as_slice();
        while let Some(at) = memchr::memchr(b'&', rest) {
            let (plain, sign) = rest.split_at(at);
            self.aside.extend_from_slice(plain);
            let name = sign.get(1..).unwrap_or_default();
            let length = name.iter().take(LONGEST_NAME);
            let length = length.take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'#');
            let (name, after) = name.split_at(length.count());
            match named(name).filter(|_| after.starts_with(b";")) {
                Some(sign) => {
                    self.aside.extend_from_slice(sign.as_bytes());
                    rest = after.get(1..).unwrap_or_default();
                }
                None => {
                    self.aside.push(b'&');
                    rest = sign.get(1..).unwrap_or_default();
                }
            }
        }
        self.aside.extend_from_slice(rest);
        self.aside.push(b'\n');
    }

    /// Hands on what is kept before it is too much.
    fn bound(&mut self) {
        if self.open.len() > 2 * ASIDE {
            self.aside.append(&mut self.open);
        }
        if self.aside.len() > ASIDE {
            self.line(b'\n');
        }
    }

    /// Ends a line that the page shows; what is kept follows.
    fn line(&mut self, end: u8) {
        self.text.bytes.push(end);
        if !self.aside.is_empty() {
            self.text.bytes.append(&mut self.aside);
            self.text.bytes.push(b'\n');
        }
    }
}

/// Tells whether code ends with the tag for that.
fn ends_code(code: &[u8]) -> bool {
    let tail = code
        .get(code.len().saturating_sub(16)..)
        .unwrap_or_default();
    let Some(at) = memchr::memmem::rfind(tail, b"</") else {
        return false;
    };
    let name = tail.get(at + 2..).unwrap_or_default().to_ascii_lowercase();
    name.starts_with(b"script") || name.starts_with(b"style")
}

/// Returns the sign with a name or number. Those that are not seen are nothing.
fn named(name: &[u8]) -> Option<String> {
    let sign = match name {
        b"nbsp" | b"ensp" | b"emsp" | b"thinsp" => ' ',
        b"amp" => '&',
        b"lt" => '<',
        b"gt" => '>',
        b"quot" => '"',
        b"apos" => '\'',
        b"hyphen" | b"dash" => '-',
        b"ndash" => '–',
        b"ast" => '*',
        b"bull" | b"bullet" => '•',
        b"period" => '.',
        b"shy" | b"zwnj" | b"zwj" | b"ZeroWidthSpace" | b"NoBreak" => return Some(String::new()),
        [b'#', b'x' | b'X', digits @ ..] => number(digits, 16)?,
        [b'#', digits @ ..] => number(digits, 10)?,
        _ => return None,
    };
    Some(match sign {
        '\u{ad}' | '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}' => String::new(),
        '\u{a0}' => " ".to_owned(),
        sign => sign.to_string(),
    })
}

fn number(digits: &[u8], radix: u32) -> Option<char> {
    let digits = std::str::from_utf8(digits).ok()?;
    u32::from_str_radix(digits, radix)
        .ok()
        .and_then(char::from_u32)
}

impl Read for Html<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        while self.text.is_wanted() {
            self.decode();
        }
        self.text.read(into)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(page: &str) -> String {
        let mut text = Vec::new();
        let mut input = page.as_bytes();
        Html::new(&mut input)
            .read_to_end(&mut text)
            .expect("memory");
        String::from_utf8(text).expect("UTF-8")
    }

    #[test]
    fn tags_inside_of_words_leave_no_trace_and_what_they_say_is_kept() {
        for (page, text) in [
            ("a <b>41</b>11<br>x", "a 4111\nx\n"),
            (
                "<p>41<span class='c'>11</span></p>",
                "\n4111\nspan class='c'\n\n\n",
            ),
            ("<td>1</td><td>2</td>", "\t1\t\t2\t\n"),
            ("4111&nbsp;1&#49;&#x31;1&shy;x&zwnj;", "4111 1111x\n"),
            ("41&bull;&bull;&#8226;&ast;11", "41•••*11\n"),
            ("a < b && c &unknown; &amp", "a < b && c &unknown; &amp\n"),
            ("a<!-- 4111 -->b", "ab\n 4111 -->\n\n"),
            (
                "<a href=\"/x?c=4111&amp;d=>\">t</a>",
                "t\na href=\"/x?c=4111&d=>\"\n\n",
            ),
            (
                "<style>.c{}</style><script>v=1<2</script>z",
                "\n\n.c{}</style>\n\n\n\nv=1<2</script>\n\nz\n",
            ),
            ("<a title='4111", "\na title='4111\n"),
            ("it's <b>don't</b> <b>41</b>11", "it's don't 4111\n"),
        ] {
            assert_eq!(shown(page), text, "{page}");
        }
    }

    #[test]
    fn nothing_is_kept_without_end() {
        for begin in ["<a x='", "<!-- ", "<script>", "&", "<a "] {
            let page = format!("{begin}{} card 4111", "x".repeat(200_000));
            let text = shown(&page);
            assert!(text.contains(" card 4111"), "{begin}");
            assert!(text.len() > 200_000, "{begin}");
        }
    }
}
