//! Compiling an expression and checking every name in it, with places in the page.

use std::collections::BTreeSet;
use std::sync::Arc;

use cel::Program;
use cel::common::ast::{EntryExpr, Expr, IdedExpr, LiteralValue};

use super::names::{self, Origin};
use super::{Environment, fields, guard, node};
use crate::source::{Code, Diagnostic, Diagnostics, Map, SourceFile, Span, Spanned, nearest};

/// How long an expression may be, in bytes.
const LENGTH_LIMIT: usize = 6_000;
/// How deep brackets may nest; the parser recurses once for each.
const NESTING_LIMIT: usize = 40;
/// How deep `all`, `exists`, `map` and `filter` may nest; work grows with the power of it.
const COMPREHENSION_LIMIT: usize = 5;

/// Type names, which expressions may compare `type(x)` with.
const TYPES: &[&str] = &[
    "bool",
    "bytes",
    "double",
    "int",
    "list",
    "map",
    "null_type",
    "string",
    "timestamp",
    "type",
    "uint",
];

/// A compiled expression.
#[derive(Debug)]
pub(crate) struct Expression {
    program: Program,
    /// What it looks at beside its subject.
    pub(crate) needs: Needs,
}

impl Expression {
    pub(super) fn ast(&self) -> &IdedExpr {
        self.program.expression()
    }
}

/// What an expression looks at beside its subject.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Needs {
    /// The types it calls `resources`, `lookup` or `exported` with.
    pub(crate) types: BTreeSet<String>,
    /// The lists it names.
    pub(crate) lists: BTreeSet<String>,
    /// The parameters it names.
    pub(crate) params: BTreeSet<String>,
    /// The registers it names.
    pub(crate) registers: BTreeSet<String>,
    /// The names of fields it selects, in lower case (`inner` alone, or `outer.inner`), with the
    /// texts that may name one.
    pub(crate) fields: BTreeSet<String>,
    /// Whether it looks at `resource.meta.scope` itself.
    pub(crate) scope: bool,
}

impl Needs {
    /// Adds what another expression looks at.
    pub(crate) fn extend(&mut self, other: &Needs) {
        self.types.extend(other.types.iter().cloned());
        self.lists.extend(other.lists.iter().cloned());
        self.params.extend(other.params.iter().cloned());
        self.registers.extend(other.registers.iter().cloned());
        self.fields.extend(other.fields.iter().cloned());
        self.scope |= other.scope;
    }
}

/// The variable that an expression's subject has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Roots {
    /// `resource`.
    Resource,
    /// `item`.
    Item,
}

/// Where an expression stands, and what its names can mean.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place<'a> {
    /// The page.
    pub(crate) file: &'a Arc<SourceFile>,
    /// The subject's variable.
    pub(crate) roots: Roots,
    /// The parameters there are.
    pub(crate) params: &'a Map,
    /// The lists there are.
    pub(crate) lists: &'a Map,
}

/// Compiles `text`; every mistake in it goes to `diagnostics`.
pub(crate) fn compile(
    environment: &Environment,
    text: &Spanned<String>,
    place: Place<'_>,
    diagnostics: &mut Diagnostics,
) -> Option<Expression> {
    let at = Offsets::new(text, place.file);
    if let Err(message) = within_bounds(&text.value) {
        diagnostics.push(Diagnostic::new(
            Code::ExpressionTooLarge,
            place.file,
            text.span,
            message,
        ));
        return None;
    }
    let program = match environment.env().compile(&text.value) {
        Ok(program) => program,
        Err(errors) => {
            for error in errors.errors {
                let span = at.line_column(&text.value, error.pos);
                let message = format!("not an expression: {}", reword(&error.msg));
                diagnostics.push(Diagnostic::new(
                    Code::InvalidExpression,
                    place.file,
                    span,
                    message,
                ));
            }
            return None;
        }
    };
    let mut walk = Walk {
        place,
        at,
        program: &program,
        needs: Needs {
            fields: fields::fields(program.expression()),
            ..Needs::default()
        },
        found: Diagnostics::new(),
        scope: Vec::new(),
        sized: guard::sized(program.expression()),
        depth: 0,
    };
    walk.expression(program.expression());
    let Walk { needs, found, .. } = walk;
    let sound = found.is_empty();
    diagnostics.extend(found);
    sound.then_some(Expression { program, needs })
}

fn within_bounds(text: &str) -> Result<(), String> {
    if text.len() > LENGTH_LIMIT {
        return Err(format!(
            "the expression has {} bytes; the bound is {LENGTH_LIMIT}",
            text.len()
        ));
    }
    let brackets = bracket_depth(text);
    if brackets > NESTING_LIMIT || longest_run(text, &['!', '-']) > NESTING_LIMIT {
        return Err(format!(
            "the expression nests {brackets} deep; the bound is {NESTING_LIMIT}"
        ));
    }
    Ok(())
}

fn bracket_depth(text: &str) -> usize {
    let (mut depth, mut deepest) = (0_usize, 0);
    for c in text.chars() {
        match c {
            '(' | '[' | '{' => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            ')' | ']' | '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

fn longest_run(text: &str, of: &[char]) -> usize {
    text.split(|c: char| !of.contains(&c))
        .map(str::len)
        .max()
        .unwrap_or(0)
}

/// The parser generator's words, made ours.
fn reword(message: &str) -> String {
    let message = message.trim_start_matches("Syntax error: ");
    message
        .replace("<EOF>", "end of expression")
        .replace("mismatched input", "unexpected")
        .replace("extraneous input", "unexpected")
        .replace("no viable alternative at input", "unexpected")
        .lines()
        .next()
        .unwrap_or_default()
        .split(" expecting ")
        .next()
        .unwrap_or_default()
        .to_owned()
}

/// Turns positions in the expression into bytes of the page.
struct Offsets {
    whole: Span,
    /// Where the text begins in the file, if file and value agree byte for byte.
    start: Option<usize>,
}

impl Offsets {
    fn new(text: &Spanned<String>, file: &Arc<SourceFile>) -> Self {
        let raw = file.slice(text.span);
        let start = [
            "'''\r\n",
            "'''\n",
            "'''",
            "\"\"\"\r\n",
            "\"\"\"\n",
            "\"\"\"",
            "'",
            "\"",
        ]
        .iter()
        .find(|quote| raw.starts_with(**quote))
        .map(|quote| quote.len())
        .filter(|start| {
            raw.get(*start..)
                .is_some_and(|rest| rest.starts_with(&text.value))
        })
        .map(|start| text.span.start + start);
        Self {
            whole: text.span,
            start,
        }
    }

    /// The bytes `from..to` of the expression, widened to whole characters.
    fn bytes(&self, text: &str, from: usize, to: usize) -> Span {
        self.start.map_or(self.whole, |start| {
            let (from, to) = (text.floor_char_boundary(from), text.ceil_char_boundary(to));
            Span::new(start + from, start + to.max(from))
        })
    }

    fn line_column(&self, text: &str, (line, column): (isize, isize)) -> Span {
        let line = usize::try_from(line).unwrap_or(1).max(1);
        let column = usize::try_from(column).unwrap_or(1).max(1);
        // The parser counts lines and characters; offsets of the tree count bytes.
        let line_start: usize = text
            .split_inclusive('\n')
            .take(line - 1)
            .map(str::len)
            .sum();
        let rest = text.get(line_start..).unwrap_or("");
        let from = line_start
            + rest
                .char_indices()
                .nth(column - 1)
                .map_or(rest.len(), |(at, _)| at);
        self.bytes(text, from, from + 1)
    }
}

struct Walk<'w> {
    place: Place<'w>,
    at: Offsets,
    program: &'w Program,
    needs: Needs,
    found: Diagnostics,
    scope: Vec<String>,
    sized: BTreeSet<String>,
    depth: usize,
}

impl Walk<'_> {
    fn span(&self, expression: &IdedExpr) -> Span {
        let info = self.program.source_info();
        match info.offset_for(expression.id) {
            Some((from, to)) => self.at.bytes(&info.source, from as usize, to as usize + 1),
            None => self.at.whole,
        }
    }

    fn report(&mut self, code: Code, expression: &IdedExpr, message: String, help: Option<String>) {
        let mut diagnostic = Diagnostic::new(code, self.place.file, self.span(expression), message);
        diagnostic.help = help;
        self.found.push(diagnostic);
    }

    fn expression(&mut self, expression: &IdedExpr) {
        match &expression.expr {
            Expr::Unspecified | Expr::Literal(_) => {}
            Expr::Ident(name) => self.variable(expression, name),
            Expr::Select(select) => {
                self.field(expression, &select.operand, &select.field);
                self.expression(&select.operand);
            }
            Expr::Call(call) => {
                self.call(
                    expression,
                    &call.func_name,
                    call.target.is_some(),
                    &call.args,
                );
                call.target
                    .iter()
                    .for_each(|target| self.expression(target));
                // `a.?b` carries its field as text.
                if call.func_name == "_?._"
                    && let [operand, field] = call.args.as_slice()
                    && let Expr::Literal(LiteralValue::String(field)) = &field.expr
                {
                    self.field(expression, operand, field.inner());
                }
                call.args
                    .iter()
                    .for_each(|argument| self.expression(argument));
            }
            Expr::Comprehension(comprehension) => {
                self.expression(&comprehension.iter_range);
                if self.depth == COMPREHENSION_LIMIT {
                    self.report(
                        Code::ExpressionTooLarge,
                        expression,
                        format!("`all`, `exists`, `map` and `filter` may nest {COMPREHENSION_LIMIT} deep"),
                        None,
                    );
                    return;
                }
                if guard::is_all(comprehension)
                    && !guard::never_silent(&comprehension.iter_range, &self.sized)
                {
                    let list = Some(guard::print(&comprehension.iter_range))
                        .filter(|list| list.len() <= 60);
                    let list = list.as_deref().unwrap_or("list");
                    self.report(
                        Code::UnguardedAll,
                        &comprehension.iter_range,
                        format!("`all` over `{list}` is true when that list is empty"),
                        Some(format!("write `size({list}) > 0 && ...`, or `.orValue([])` or `items(...)` where an empty list is right")),
                    );
                }
                let names = [
                    Some(&comprehension.iter_var),
                    comprehension.iter_var2.as_ref(),
                    Some(&comprehension.accu_var),
                ];
                let before = self.scope.len();
                self.scope.extend(names.into_iter().flatten().cloned());
                self.depth += 1;
                for part in [
                    &comprehension.accu_init,
                    &comprehension.loop_cond,
                    &comprehension.loop_step,
                    &comprehension.result,
                ] {
                    self.expression(part);
                }
                self.depth -= 1;
                self.scope.truncate(before);
            }
            Expr::List(list) => list
                .elements
                .iter()
                .for_each(|element| self.expression(element)),
            Expr::Map(map) => map.entries.iter().for_each(|entry| self.entry(&entry.expr)),
            Expr::Struct(structure) => {
                self.report(
                    Code::InvalidExpression,
                    expression,
                    "messages can't be built here".to_owned(),
                    None,
                );
                structure
                    .entries
                    .iter()
                    .for_each(|entry| self.entry(&entry.expr));
            }
        }
    }

    fn entry(&mut self, entry: &EntryExpr) {
        match entry {
            EntryExpr::StructField(field) => self.expression(&field.value),
            EntryExpr::MapEntry(entry) => {
                self.expression(&entry.key);
                self.expression(&entry.value);
            }
        }
    }

    fn subject(&self) -> &'static str {
        match self.place.roots {
            Roots::Resource => "resource",
            Roots::Item => "item",
        }
    }

    fn variable(&mut self, expression: &IdedExpr, name: &str) {
        let globals = [self.subject(), "params", "lists", "registers", "today"];
        if self.scope.iter().any(|known| known == name)
            || globals.contains(&name)
            || TYPES.contains(&name)
        {
            return;
        }
        let known = globals.iter().copied().chain(
            self.scope
                .iter()
                .map(String::as_str)
                .filter(|name| !name.starts_with('@')),
        );
        let help = nearest(name, known)
            .map(|near| format!("did you mean `{near}`?"))
            .or_else(|| Some(format!("the variables here are {}", globals.join(", "))));
        self.report(
            Code::UnknownVariable,
            expression,
            format!("there is no variable `{name}` here"),
            help,
        );
    }

    fn field(&mut self, expression: &IdedExpr, operand: &IdedExpr, field: &str) {
        match guard::path(operand).as_deref() {
            Some("params") => {
                self.needs.params.insert(field.to_owned());
                self.known(
                    expression,
                    "params",
                    field,
                    self.place.params,
                    "workbook.toml has no such key under [params]",
                );
            }
            Some("lists") => {
                self.needs.lists.insert(field.to_owned());
                self.known(
                    expression,
                    "lists",
                    field,
                    self.place.lists,
                    "there is no such file under checks/lists",
                );
            }
            Some("registers") => {
                self.needs.registers.insert(field.to_owned());
            }
            Some("resource.meta") => {
                self.needs.scope |= field == "scope";
                if !node::META.contains(&field) {
                    let help = nearest(field, node::META.iter().copied())
                        .map(|near| format!("did you mean `{near}`?"));
                    self.report(
                        Code::UnknownReference,
                        expression,
                        format!("`resource.meta` has no `{field}`"),
                        help,
                    );
                }
            }
            _ => {}
        }
    }

    fn known(&mut self, expression: &IdedExpr, root: &str, field: &str, known: &Map, why: &str) {
        if known.own(field).is_some() {
            return;
        }
        let help = nearest(field, known.iter().map(|(name, _)| name))
            .map(|near| format!("did you mean `{root}.{near}`?"))
            .or_else(|| Some(why.to_owned()));
        self.report(
            Code::UnknownReference,
            expression,
            format!("there is no `{root}.{field}`"),
            help,
        );
    }

    fn call(&mut self, expression: &IdedExpr, name: &str, member: bool, args: &[IdedExpr]) {
        if !name.starts_with(|c: char| c.is_ascii_alphabetic()) {
            return;
        }
        let Some(function) = names::function(name) else {
            let help = nearest(name, names::FUNCTIONS.iter().map(|function| function.name))
                .map(|near| format!("did you mean `{near}`?"));
            self.report(
                Code::UnknownFunction,
                expression,
                format!("there is no function `{name}`"),
                help,
            );
            return;
        };
        let called_wrongly = function.origin == Origin::Workbook && member;
        if called_wrongly || !function.arities.contains(&args.len()) {
            let help = Some(format!("it is called `{}`", function.call));
            self.report(
                Code::UnknownFunction,
                expression,
                format!("`{name}` is not called like this"),
                help,
            );
        }
        if matches!(name, "resources" | "lookup" | "exported") {
            match args.first().map(|argument| &argument.expr) {
                Some(Expr::Literal(LiteralValue::String(resource_type))) => {
                    self.needs.types.insert(resource_type.inner().to_owned());
                }
                Some(_) | None => {
                    let help = Some(format!("it is called `{}`", function.call));
                    self.report(
                        Code::UnknownFunction,
                        expression,
                        format!("`{name}` needs the type as text in quotes"),
                        help,
                    );
                }
            }
        }
    }
}
