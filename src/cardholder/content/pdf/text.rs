//! The text that a content stream shows, line by line. Where a piece of text begins far behind the
//! end of the one before, a space stands between them, or a new line.

use std::io::{self, Read};
use std::rc::Rc;

use super::font::Font;
use super::object::Object;
use super::tokens::Tokens;

/// The most operands that an operator has.
const OPERANDS: usize = 64;
/// How many saved states are kept.
const STATES: usize = 64;
/// The most names of drawn objects that are kept.
const DRAWN: usize = 64;
/// How much of the end of a line is known.
const TAIL: usize = 24;
/// How far behind the end of a text the next one is a word of its own, in sizes of the font: the
/// space of most fonts is a quarter wide, and letters are seldom set further apart than a fifth.
const WORD: f64 = 0.2;
/// How far it is a column of its own.
const COLUMN: f64 = 1.5;
/// How far away it is on another line.
const LINE: f64 = 0.4;

/// Where and how large something is drawn: a, b, c, d, e and f of PDF.
#[derive(Debug, Clone, Copy)]
struct Matrix([f64; 6]);

impl Matrix {
    const ONE: Self = Self([1.0, 0.0, 0.0, 1.0, 0.0, 0.0]);

    fn of(operands: &[Object]) -> Option<Self> {
        let numbers: Vec<f64> = operands.iter().filter_map(Object::number).collect();
        numbers.try_into().ok().map(Self)
    }

    /// Returns what comes of applying this and then another.
    fn then(self, Self(other): Self) -> Self {
        let [x_to_x, x_to_y, y_to_x, y_to_y, right, up] = other;
        let turned = |x: f64, y: f64| [x * x_to_x + y * y_to_x, x * x_to_y + y * y_to_y];
        let Self([along_x, along_y, across_x, across_y, x, y]) = self;
        let [along_x, along_y] = turned(along_x, along_y);
        let [across_x, across_y] = turned(across_x, across_y);
        let [x, y] = turned(x, y);
        Self([along_x, along_y, across_x, across_y, x + right, y + up])
    }

    fn moved(self, x: f64, y: f64) -> Self {
        Self([1.0, 0.0, 0.0, 1.0, x, y]).then(self)
    }
}

/// What is saved and restored.
#[derive(Clone)]
struct State {
    page: Matrix,
    font: Rc<Font>,
    size: f64,
    between_signs: f64,
    between_words: f64,
    scale: f64,
    leading: f64,
}

/// What is known of a line so far.
#[derive(Default)]
struct Line {
    /// Its end.
    end: String,
    /// Whether it has letters.
    letters: bool,
}

/// The text of a content stream.
pub(super) struct Text<R> {
    tokens: Tokens<R>,
    fonts: Vec<(Vec<u8>, Rc<Font>)>,
    operands: Vec<Object>,
    state: State,
    saved: Vec<State>,
    text: Matrix,
    line: Matrix,
    /// Where the last text ended.
    pen: Option<(f64, f64)>,
    /// What stands between that and the text that follows.
    gap: Option<char>,
    line_so_far: Line,
    ready: String,
    taken: usize,
    ended: bool,
    /// Whether it shows any text.
    pub(super) shows: bool,
    /// How many characters it shows of which is not known what they mean.
    pub(super) vague: usize,
    /// Whether there is an image in the stream itself.
    pub(super) image: bool,
    /// The names of the objects that it draws.
    pub(super) drawn: Vec<Vec<u8>>,
}

impl<R: Read> Text<R> {
    /// Begins a stream, whose fonts are called by names.
    pub(super) fn new(stream: R, fonts: Vec<(Vec<u8>, Rc<Font>)>) -> Self {
        Self {
            tokens: Tokens::new(stream),
            fonts,
            operands: Vec::new(),
            state: State {
                page: Matrix::ONE,
                font: Rc::new(Font::plain()),
                size: 1.0,
                between_signs: 0.0,
                between_words: 0.0,
                scale: 1.0,
                leading: 0.0,
            },
            saved: Vec::new(),
            text: Matrix::ONE,
            line: Matrix::ONE,
            pen: None,
            gap: None,
            line_so_far: Line::default(),
            ready: String::new(),
            taken: 0,
            ended: false,
            shows: false,
            vague: 0,
            image: false,
            drawn: Vec::new(),
        }
    }

    fn operand(&self, at: usize) -> f64 {
        let operand = self.operands.get(at).and_then(Object::number);
        operand.filter(|number| number.is_finite()).unwrap_or(0.0)
    }

    fn operator(&mut self, operator: &[u8]) {
        match operator {
            b"BT" => (self.text, self.line) = (Matrix::ONE, Matrix::ONE),
            b"Tf" => {
                self.state.size = self.operand(1);
                let name = self.operands.first().and_then(Object::name);
                let font = self
                    .fonts
                    .iter()
                    .find(|(own, _)| Some(own.as_slice()) == name);
                self.state.font = match font {
                    Some((_, font)) => Rc::clone(font),
                    None => Rc::new(Font::plain()),
                };
            }
            b"Tc" => self.state.between_signs = self.operand(0),
            b"Tw" => self.state.between_words = self.operand(0),
            b"Tz" => self.state.scale = self.operand(0) / 100.0,
            b"TL" => self.state.leading = self.operand(0),
            b"Td" => self.next_line(self.operand(0), self.operand(1)),
            b"TD" => {
                self.state.leading = -self.operand(1);
                self.next_line(self.operand(0), self.operand(1));
            }
            b"T*" => self.next_line(0.0, -self.state.leading),
            b"Tm" => {
                if let Some(matrix) = Matrix::of(&self.operands) {
                    (self.text, self.line) = (matrix, matrix);
                }
            }
            b"Tj" => self.show_last(),
            b"'" => {
                self.next_line(0.0, -self.state.leading);
                self.show_last();
            }
            b"\"" => {
                self.state.between_words = self.operand(0);
                self.state.between_signs = self.operand(1);
                self.next_line(0.0, -self.state.leading);
                self.show_last();
            }
            b"TJ" => {
                if let Some(Object::Array(items)) = self.operands.pop() {
                    for item in items {
                        match item {
                            Object::String(text) => self.show(&text),
                            item => {
                                let back = item.number().unwrap_or(0.0) / 1000.0;
                                self.forward(-back * self.state.size * self.state.scale);
                            }
                        }
                    }
                }
            }
            b"q" if self.saved.len() < STATES => self.saved.push(self.state.clone()),
            b"Q" => {
                if let Some(state) = self.saved.pop() {
                    self.state = state;
                }
            }
            b"cm" => {
                if let Some(matrix) = Matrix::of(&self.operands) {
                    self.state.page = matrix.then(self.state.page);
                }
            }
            b"Do" => {
                if let Some(Object::Name(name)) = self.operands.pop()
                    && self.drawn.len() < DRAWN
                    && !self.drawn.contains(&name)
                {
                    self.drawn.push(name);
                }
            }
            b"ID" => {
                self.image = true;
                self.tokens.skip_image();
            }
            _ => {}
        }
        self.operands.clear();
    }

    fn next_line(&mut self, x: f64, y: f64) {
        self.line = self.line.moved(x, y);
        self.text = self.line;
    }

    fn forward(&mut self, x: f64) {
        self.text = self.text.moved(x, 0.0);
    }

    fn show_last(&mut self) {
        if let Some(Object::String(text)) = self.operands.pop() {
            self.show(&text);
        }
    }

    fn show(&mut self, bytes: &[u8]) {
        if bytes.is_empty() {
            return;
        }
        self.part();
        let font = Rc::clone(&self.state.font);
        let mut width = 0.0;
        font.signs(bytes, &mut |sign| {
            self.push(sign.text);
            self.shows |= !sign.text.trim().is_empty();
            self.vague += usize::from(sign.vague);
            let between = match sign.space {
                true => self.state.between_words,
                false => 0.0,
            };
            width += sign.width * self.state.size + self.state.between_signs + between;
        });
        self.forward(width * self.state.scale);
        let Matrix([.., x, y]) = self.text.then(self.state.page);
        self.pen = Some((x, y));
    }

    /// Parts the text that follows from the one before, as it stands apart from it.
    fn part(&mut self) {
        let Matrix([right, up, to_x, to_y, x, y]) = self.text.then(self.state.page);
        let Some((from_x, from_y)) = self.pen else {
            return;
        };
        let length = right.hypot(up);
        let size = (to_x.hypot(to_y) * self.state.size).abs();
        if length == 0.0 || size == 0.0 {
            return;
        }
        let (x, y) = (x - from_x, y - from_y);
        let along = (x * right + y * up) / length / size;
        let across = (y * right - x * up) / length / size;
        let sign = match () {
            () if across.abs() > LINE || along < -LINE => '\n',
            () if along > COLUMN => '\t',
            () if along > WORD => ' ',
            () => return,
        };
        self.gap = Some(sign);
    }

    /// Adds a character to the line, or begins another with it. A number whose groups go on from
    /// the end of a line of words to the next line stays together.
    fn push(&mut self, text: &str) {
        if let Some(gap) = self.gap.take() {
            let goes_on = text.starts_with(|sign: char| sign.is_ascii_digit())
                && self.line_so_far.letters
                && ends_in_group(&self.line_so_far.end);
            self.end(match gap {
                '\n' if goes_on => ' ',
                gap => gap,
            });
        }
        for sign in text.chars() {
            self.end(sign);
        }
    }

    fn end(&mut self, sign: char) {
        self.ready.push(sign);
        if sign == '\n' {
            self.line_so_far = Line::default();
            return;
        }
        let line = &mut self.line_so_far;
        line.letters |= sign.is_alphabetic();
        if line.end.len() > TAIL {
            line.end.remove(0);
        }
        line.end.push(sign);
    }
}

/// Tells whether a line ends in a word of four digits, or of four and six as some cards have them.
fn ends_in_group(line: &str) -> bool {
    let line = line.trim_end_matches([' ', '-']);
    let digits = line.bytes().rev().take_while(u8::is_ascii_digit).count();
    let before = line.len().checked_sub(digits + 1);
    let alone = before.and_then(|at| line.as_bytes().get(at));
    (digits == 4 || digits == 6) && alone.is_some_and(|sign| matches!(sign, b' ' | b'-'))
}

impl<R: Read> Read for Text<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        while self.taken == self.ready.len() && !self.ended {
            self.ready.clear();
            self.taken = 0;
            while self.ready.len() < into.len() {
                match self.tokens.next() {
                    None => {
                        self.ready.push('\n');
                        self.ended = true;
                        break;
                    }
                    Some(Object::Word(word)) => self.operator(&word),
                    Some(operand) if self.operands.len() < OPERANDS => self.operands.push(operand),
                    Some(_) => {}
                }
            }
        }
        let ready = self.ready.as_bytes().get(self.taken..).unwrap_or_default();
        if ready.is_empty() {
            self.tokens.done()?;
        }
        let count = (&mut &*ready).read(into)?;
        self.taken += count;
        Ok(count)
    }
}
