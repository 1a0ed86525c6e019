//! Databases of SQLite 3: the rows of every table, and what deleted rows left behind.
//!
//! A reader of our own, since rows have to be read in fixed memory, from files of any size and
//! from bytes in an archive, whatever they are made to be: SQLite itself asks for C and for the
//! whole database in memory or on disk. Each page belongs to one tree. What no tree claims is
//! free, lost or deleted, and is read too. The log and the journal beside a database are files of
//! their own and read as such.

mod leftovers;
mod pages;
mod record;
mod rows;
mod schema;

use std::io;

use super::input::Input;
use super::{Reading, Why};
pub(super) use leftovers::{journal, log};
use pages::{HEADER, Node, Pages, Role};
use rows::{Page, Rows};
use schema::Table;

/// How deep a tree may be; SQLite's are 20 pages deep at most.
const DEPTH: usize = 20;

/// Reads a database.
pub(super) fn database(reading: &mut Reading<'_>, input: &mut Input<'_>) -> io::Result<()> {
    reading.anywhere(input, |reading, stream| {
        match Pages::open(&mut *stream, reading.limits.held) {
            Ok(mut pages) => trees(reading, &mut pages),
            Err(error) => {
                reading.unread(Why::of(&error));
                stream.rewind()?;
                reading.text(&mut &mut *stream)
            }
        }
    })
}

/// A tree that the schema tells of.
struct Tree {
    root: u32,
    table: Table,
    /// Whether its rows stand in a table too.
    repeats: bool,
}

/// Reads every tree, and then the pages of none.
fn trees(reading: &mut Reading<'_>, pages: &mut Pages<'_>) -> io::Result<()> {
    let trees = schema(reading, pages);
    for tree in &trees {
        let name = String::from_utf8_lossy(&tree.table.name);
        reading.part(&name, |reading| {
            let mut rows = Rows::new(&tree.table, pages.encoding);
            let whole = walk(pages, tree.root, &mut |pages, page, node| {
                node.cells.iter().try_for_each(|row| match tree.repeats {
                    true => rows::skip(pages, page, *row),
                    false => rows.row(reading, pages, page, *row),
                })?;
                leftovers::unused(reading, &mut rows, page, node);
                Ok(())
            });
            rows.finish(reading);
            whole
        });
    }
    let tables: Vec<&Table> = trees.iter().map(|tree| &tree.table).collect();
    leftovers::unclaimed(reading, pages, &tables)
}

/// Reads the schema; tells if there is more of it than can be held.
fn schema(reading: &mut Reading<'_>, pages: &mut Pages<'_>) -> Vec<Tree> {
    let table = Table {
        name: b"schema".to_vec(),
        columns: ["type", "name", "table", "root", "sql"]
            .map(|name| name.as_bytes().to_vec())
            .to_vec(),
        rowid: None,
    };
    let mut room = reading.limits.held / 4;
    let mut full = false;
    let mut trees = Vec::new();
    let encoding = pages.encoding;
    reading.part("sqlite_schema", |reading| {
        let mut rows = Rows::new(&table, encoding);
        let whole = walk(pages, 1, &mut |pages, page, node| {
            for row in &node.cells {
                let values = rows.values(reading, pages, page, *row)?;
                let size: usize = values.iter().map(Vec::len).sum();
                match tree(&values) {
                    Some(_) if size as u64 > room => full = true,
                    Some(tree) => {
                        room -= size as u64;
                        trees.push(tree);
                    }
                    None => {}
                }
            }
            leftovers::unused(reading, &mut rows, page, node);
            Ok(())
        });
        rows.finish(reading);
        whole
    });
    if full {
        reading.unread(Why::TooLargeToHold(reading.limits.held));
    }
    trees
}

/// Returns the tree that a row of the schema tells of.
fn tree(values: &[Vec<u8>]) -> Option<Tree> {
    let [kind, name, _, root, sql, ..] = values else {
        return None;
    };
    let root = std::str::from_utf8(root).ok()?.parse().ok()?;
    let index = kind == b"index";
    let table = match index {
        true => Table {
            name: name.clone(),
            ..Table::default()
        },
        false => Table::of_statement(name.clone(), sql),
    };
    Some(Tree {
        root,
        table,
        repeats: index && (sql.is_empty() || schema::repeats_its_table(sql)),
    })
    .filter(|tree| tree.root > 0)
}

/// What is done with a page of a tree.
type Visit<'v> = dyn FnMut(&mut Pages<'_>, &Page, &Node) -> io::Result<()> + 'v;

/// Visits every page of a tree and claims it; whatever happens, the other pages are visited.
fn walk(pages: &mut Pages<'_>, root: u32, visit: &mut Visit<'_>) -> io::Result<()> {
    let mut whole = Ok(());
    let mut waiting = vec![(root, 0)];
    while let Some((number, depth)) = waiting.pop() {
        let visited = match depth {
            DEPTH.. => Err(Why::Damaged.into()),
            _ => self::visit(pages, number, visit),
        };
        match visited {
            Ok((children, done)) => {
                let below = children.into_iter().rev().map(|child| (child, depth + 1));
                waiting.extend(below);
                whole = whole.and(done);
            }
            Err(error) => whole = whole.and(Err(error)),
        }
    }
    whole
}

/// Visits one page; returns those below it, and whether all of its rows were read.
fn visit(
    pages: &mut Pages<'_>,
    number: u32,
    visit: &mut Visit<'_>,
) -> io::Result<(Vec<u32>, io::Result<()>)> {
    if pages.is_claimed(number) {
        return Err(Why::Damaged.into());
    }
    let bytes = pages.read(number)?;
    let start = if number == 1 { HEADER } else { 0 };
    let node = Node::of(&bytes, pages.usable, start).ok_or(Why::Damaged)?;
    pages.claim(number)?;
    let page = Page {
        bytes,
        offset: pages.offset(number),
    };
    let done = visit(pages, &page, &node);
    let done = match node.damaged {
        true => done.and(Err(Why::Damaged.into())),
        false => done,
    };
    let below = match node.role {
        Role::TableInterior | Role::IndexInterior => node.children,
        Role::TableLeaf | Role::IndexLeaf => Vec::new(),
    };
    Ok((below, done))
}

#[cfg(test)]
mod tests;
