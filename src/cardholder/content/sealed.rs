//! What only its addressee can read, and formats that are known and not read but as bytes.

use std::io::{self, Read};

use super::Why;

/// How long the marks are at most that stand in a text.
const KEPT: usize = 32;

/// Returns why a content that begins so can't be read whole.
pub(super) fn form(head: &[u8]) -> Option<Why> {
    // The type of the message stands at the beginning: 1.2.840.113549.1.7, and for mail that is
    // encrypted and signed at once 1.2.840.113549.1.9.16.1.23.
    const SIGNED: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7, 2];
    const DATA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7, 1];
    const SEALED: [&[u8]; 4] = [
        &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7, 3],
        &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7, 4],
        &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7, 6],
        &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 16, 1, 23],
    ];
    let begin = head.get(..32).unwrap_or(head);
    let holds = |mark: &[u8]| memchr::memmem::find(begin, mark).is_some();
    match head {
        [0x30, ..] if SEALED.iter().any(|mark| holds(mark)) => Some(Why::Encrypted),
        // A signature alone has no content after the type of what is signed.
        [0x30, ..] if holds(SIGNED) => {
            let at = memchr::memmem::find(head, DATA)?;
            let after = head.get(at + DATA.len()..).unwrap_or_default();
            after
                .starts_with(&[0xa0])
                .then_some(Why::NotSupported("a message inside of its signature"))
        }
        [0x78, 0x9f, 0x3e, 0x22, ..] => Some(Why::NotSupported("TNEF (winmail.dat)")),
        [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1, ..] => {
            Some(Why::NotSupported("OLE (msg, doc, xls, ppt)"))
        }
        [b'!', b'B', b'D', b'N', ..] => Some(Why::NotSupported("a store of Outlook (pst, ost)")),
        head if ENCRYPTED.iter().any(|mark| head.starts_with(mark)) => Some(Why::Encrypted),
        _ => None,
    }
}

/// How files begin that programs encrypted: `OpenPGP` in letters, age, `OpenSSL`, Ansible.
const ENCRYPTED: [&[u8]; 5] = [
    b"-----BEGIN PGP MESSAGE-----",
    b"-----BEGIN AGE ENCRYPTED FILE-----",
    b"age-encryption.org/v1",
    b"Salted__",
    b"$ANSIBLE_VAULT;",
];

/// A text that is watched for what can't be read in it.
pub(super) struct Sealed<'i> {
    input: &'i mut dyn Read,
    /// The last bytes, in which a mark may have begun.
    tail: Vec<u8>,
    seen: Option<Why>,
}

impl<'i> Sealed<'i> {
    pub(super) fn new(input: &'i mut dyn Read) -> Self {
        Self {
            input,
            tail: Vec::new(),
            seen: None,
        }
    }

    /// Returns why something in what was read can't be read.
    pub(super) fn seen(&self) -> Option<Why> {
        self.seen
    }

    fn look(&mut self, bytes: &[u8]) {
        let begin = bytes.get(..KEPT).unwrap_or(bytes);
        self.tail.extend_from_slice(begin);
        self.seen = self.seen.or(mark(&self.tail)).or(mark(bytes));
        match bytes.len() > KEPT {
            true => self.tail = bytes.get(bytes.len() - KEPT..).unwrap_or_default().to_vec(),
            false => {
                let surplus = self.tail.len().saturating_sub(KEPT);
                self.tail.drain(..surplus);
            }
        }
    }
}

/// Returns why bytes can't be read that have a mark in them.
fn mark(bytes: &[u8]) -> Option<Why> {
    const ATTACHED: Why = Why::NotSupported("a file in uuencode or yEnc");
    let holds = |mark: &[u8]| memchr::memmem::find(bytes, mark).is_some();
    let attached = || {
        memchr::memmem::find_iter(bytes, b"\nbegin ").any(|at| {
            let mode = bytes.get(at + 7..at + 11);
            matches!(mode, Some([b'4'..=b'7', b'0'..=b'7', b'0'..=b'7', b' ']))
        }) || holds(b"\n=ybegin line=")
    };
    match holds(b"-----BEGIN PGP MESSAGE-----") {
        true => Some(Why::Encrypted),
        false => attached().then_some(ATTACHED),
    }
}

impl Read for Sealed<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let count = self.input.read(into)?;
        self.look(into.get(..count).unwrap_or_default());
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_read_is_known_by_how_it_begins() {
        for (head, why) in [
            (&b"-----BEGIN PGP MESSAGE-----\n"[..], Some(Why::Encrypted)),
            (b"Salted__12345678", Some(Why::Encrypted)),
            (b"-----BEGIN PGP SIGNED MESSAGE-----\n", None),
            (b"-----BEGIN PGP SIGNATURE-----\n", None),
            (
                b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0\0",
                Some(Why::NotSupported("OLE (msg, doc, xls, ppt)")),
            ),
            (b"!BDN\0\0", Some(Why::NotSupported("a store of Outlook (pst, ost)"))),
            (b"\x78\x9f\x3e\x22\0", Some(Why::NotSupported("TNEF (winmail.dat)"))),
            // A signature with and without what is signed; a certificate.
            (
                b"0\x80\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02\xa0\x80\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01\xa0\x80",
                Some(Why::NotSupported("a message inside of its signature")),
            ),
            (
                b"0\x80\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02\xa0\x80\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01\0\0",
                None,
            ),
            (b"0\x82\x01\0\x30\x82", None),
            (b"", None),
        ] {
            assert_eq!(form(head), why, "{head:?}");
        }
    }

    #[test]
    fn a_mark_is_seen_wherever_pieces_end() {
        let attached = Some(Why::NotSupported("a file in uuencode or yEnc"));
        for (text, why) in [
            (
                "before\n-----BEGIN PGP MESSAGE-----\nafter",
                Some(Why::Encrypted),
            ),
            ("before\r\nbegin 644 a.txt\r\nafter", attached),
            ("before\n=ybegin line=128 size=1 name=a\n", attached),
            ("before\nbegin 100 times\nbegin with 644 x\n", None),
        ] {
            for size in 1..text.len() {
                let mut input = text.as_bytes();
                let mut sealed = Sealed::new(&mut input);
                let mut piece = vec![0; size];
                while sealed.read(&mut piece).expect("memory") > 0 {}
                assert_eq!(sealed.seen(), why, "{size} {text}");
            }
        }
    }
}
