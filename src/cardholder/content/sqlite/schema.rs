//! What the columns of a table are called, from the statement that made it.

/// A table or index that keeps rows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Table {
    /// What it is called.
    pub(super) name: Vec<u8>,
    /// The names of the values of a row, in the order in which they are kept.
    pub(super) columns: Vec<Vec<u8>>,
    /// Which of them is kept as the number of the row.
    pub(super) rowid: Option<usize>,
}

/// The most columns SQLite has.
const COLUMNS: usize = 32_767;
/// The most columns of a key that are followed.
const KEY: usize = 64;
/// Words that begin a constraint where a column could stand.
const CONSTRAINTS: &[&[u8]] = &[b"CONSTRAINT", b"PRIMARY", b"UNIQUE", b"CHECK", b"FOREIGN"];

/// A word, sign or quoted name of a statement.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Token {
    /// A word without quotes.
    Word(Vec<u8>),
    /// A quoted name.
    Quoted(Vec<u8>),
    /// Any other sign.
    Sign(u8),
}

impl Token {
    fn is(&self, word: &[u8]) -> bool {
        matches!(self, Self::Word(own) if own.eq_ignore_ascii_case(word))
    }

    fn name(&self) -> Option<&[u8]> {
        match self {
            Self::Word(name) | Self::Quoted(name) => Some(name),
            Self::Sign(_) => None,
        }
    }
}

impl Table {
    /// Reads `CREATE TABLE`; of what it doesn't understand it leaves the columns without names.
    pub(super) fn of_statement(name: Vec<u8>, sql: &[u8]) -> Self {
        let tokens = tokens(sql);
        let open = tokens.iter().position(|token| *token == Token::Sign(b'('));
        let (items, end) = items(tokens.get(open.map_or(tokens.len(), |at| at + 1)..));
        let after = tokens
            .get(open.unwrap_or_default() + end..)
            .unwrap_or_default();
        let keyed = !after.iter().any(|token| token.is(b"WITHOUT"));
        let mut columns = Vec::new();
        let mut key: Vec<Vec<u8>> = Vec::new();
        for item in items {
            let Some((first, rest)) = item.split_first() else {
                continue;
            };
            if CONSTRAINTS.iter().any(|word| first.is(word)) {
                if let Some(at) = item.iter().position(|token| token.is(b"PRIMARY")) {
                    key = names(item.get(at..).unwrap_or_default());
                }
                continue;
            }
            let Some(column) = first.name() else { continue };
            let says = |word: &[u8]| outside(rest).any(|token| token.is(word));
            if says(b"AS") && !says(b"STORED") {
                continue;
            }
            if says(b"PRIMARY") {
                key = vec![column.to_vec()];
            }
            let whole = rest.first().is_some_and(|token| token.is(b"INTEGER"));
            columns.push((column.to_vec(), whole));
        }
        let is_key = |column: &[u8]| key.iter().position(|own| own.eq_ignore_ascii_case(column));
        let numbers = |(column, whole): &(Vec<u8>, bool)| *whole && is_key(column).is_some();
        let rowid = columns.iter().position(numbers);
        let rowid = rowid.filter(|_| keyed && key.len() == 1);
        if !keyed {
            // The key comes first, in its own order.
            columns.sort_by_key(|(column, _)| is_key(column).unwrap_or(usize::MAX));
        }
        Self {
            name,
            columns: columns.into_iter().map(|(column, _)| column).collect(),
            rowid,
        }
    }
}

/// Tells whether an index holds nothing but columns of its table, whose rows are read there.
pub(super) fn repeats_its_table(sql: &[u8]) -> bool {
    let tokens = tokens(sql);
    let open = tokens.iter().filter(|token| **token == Token::Sign(b'('));
    let computes = |token: &Token| matches!(token, Token::Sign(sign) if !b"(),;.".contains(sign));
    let indexed = tokens.iter().take_while(|token| !token.is(b"WHERE"));
    open.count() <= 1 && !indexed.into_iter().any(computes)
}

/// Returns the names in the first brackets.
fn names(tokens: &[Token]) -> Vec<Vec<u8>> {
    let open = tokens.iter().position(|token| *token == Token::Sign(b'('));
    let (items, _) = items(tokens.get(open.map_or(tokens.len(), |at| at + 1)..));
    let first = |item: Vec<Token>| Some(item.first()?.name()?.to_vec());
    items.into_iter().filter_map(first).take(KEY).collect()
}

/// Returns the tokens that stand in no brackets.
fn outside(tokens: &[Token]) -> impl Iterator<Item = &Token> {
    let mut depth = 0_usize;
    tokens.iter().filter(move |token| {
        match token {
            Token::Sign(b'(') => depth += 1,
            Token::Sign(b')') => depth = depth.saturating_sub(1),
            Token::Sign(_) | Token::Word(_) | Token::Quoted(_) => {}
        }
        depth == 0
    })
}

/// Splits what stands between brackets at its commas; returns where they close.
fn items(tokens: Option<&[Token]>) -> (Vec<Vec<Token>>, usize) {
    let tokens = tokens.unwrap_or_default();
    let mut depth = 0_usize;
    let mut items = vec![Vec::new()];
    for (at, token) in tokens.iter().enumerate() {
        match token {
            Token::Sign(b')') if depth == 0 => return (items, at),
            Token::Sign(b',') if depth == 0 && items.len() < COLUMNS => {
                items.push(Vec::new());
                continue;
            }
            Token::Sign(b'(') => depth += 1,
            Token::Sign(b')') => depth -= 1,
            Token::Sign(_) | Token::Word(_) | Token::Quoted(_) => {}
        }
        if let Some(item) = items.last_mut() {
            item.push(token.clone());
        }
    }
    (items, tokens.len())
}

fn tokens(sql: &[u8]) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut rest = sql;
    while let Some((first, after)) = rest.split_first() {
        let (token, length) = match first {
            b'"' | b'\'' | b'`' | b'[' => {
                let close = if *first == b'[' { b']' } else { *first };
                let (name, length) = quoted(after, close);
                (Some(Token::Quoted(name)), length + 1)
            }
            b'-' if after.first() == Some(&b'-') => {
                (None, memchr::memchr(b'\n', rest).unwrap_or(rest.len()))
            }
            b'/' if after.first() == Some(&b'*') => {
                let end = memchr::memmem::find(after, b"*/");
                (None, end.map_or(rest.len(), |end| end + 3))
            }
            first if is_word(*first) => {
                let length = rest.iter().take_while(|byte| is_word(**byte)).count();
                (
                    Some(Token::Word(rest.get(..length).unwrap_or_default().to_vec())),
                    length,
                )
            }
            first if first.is_ascii_whitespace() => (None, 1),
            first => (Some(Token::Sign(*first)), 1),
        };
        tokens.extend(token);
        rest = rest.get(length..).unwrap_or_default();
    }
    tokens
}

/// Returns what stands before the closing quote, which is doubled where it is meant, and the length
/// with it.
fn quoted(bytes: &[u8], close: u8) -> (Vec<u8>, usize) {
    let mut name = Vec::new();
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        at += 1;
        if *byte == close {
            if bytes.get(at) != Some(&close) {
                break;
            }
            at += 1;
        }
        name.push(*byte);
    }
    (name, at)
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'$' || byte >= 0x80
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_named_in_the_order_in_which_they_are_kept() {
        for (sql, expected, rowid) in [
            (
                "CREATE TABLE a(id INTEGER PRIMARY KEY, pan TEXT)",
                "id pan",
                Some(0),
            ),
            (
                "create table a(pan text, id integer, primary key(id))",
                "pan id",
                Some(1),
            ),
            ("create table a(id int primary key, pan)", "id pan", None),
            (
                "CREATE TABLE \"a b\" (\"card no\" varchar(19) not null, `x,y` decimal(1,2), [z] default ('a,b') -- c\n, /* d */ e, CHECK (e > 0))",
                "card no|x,y|z|e",
                None,
            ),
            (
                "create table a(x, y integer, k text, primary key (k, y)) without rowid",
                "k y x",
                None,
            ),
            (
                "create table a(x default (cast(1 as int)), v as (x + 1), s int generated always as (x) stored)",
                "x s",
                None,
            ),
            ("create table", "", None),
            ("create table a(", "", None),
            ("((((", "", None),
        ] {
            let table = Table::of_statement(Vec::new(), sql.as_bytes());
            let separator = if expected.contains('|') { '|' } else { ' ' };
            let expected: Vec<&[u8]> = expected
                .split(separator)
                .filter(|name| !name.is_empty())
                .map(str::as_bytes)
                .collect();
            assert_eq!(table.columns, expected, "{sql}");
            assert_eq!(table.rowid, rowid, "{sql}");
        }
    }

    #[test]
    fn an_index_repeats_its_table_unless_it_computes() {
        for (sql, repeats) in [
            ("create index i on t(a, b desc)", true),
            (
                "create unique index \"i(\" on t(a collate nocase) where a > 3",
                true,
            ),
            ("create index i on t(lower(a))", false),
            ("create index i on t(a || b)", false),
            ("create index i on t(a -> 'b')", false),
        ] {
            assert_eq!(repeats_its_table(sql.as_bytes()), repeats, "{sql}");
        }
    }
}
