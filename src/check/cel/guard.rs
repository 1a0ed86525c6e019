//! `all` over nothing is true: finding the places where that could decide a verdict.

use std::collections::BTreeSet;

use cel::common::ast::{ComprehensionExpr, EntryExpr, Expr, IdedExpr, LiteralValue};

/// Functions whose caller has said what an absent list means.
const EXPLICIT: &[&str] = &[
    "items",
    "arr",
    "containers",
    "principals",
    "statements",
    "orValue",
    "split",
];

/// Tells whether a comprehension is what the macro `all` makes.
pub(super) fn is_all(comprehension: &ComprehensionExpr) -> bool {
    let begins_true = matches!(&comprehension.accu_init.expr, Expr::Literal(LiteralValue::Boolean(truth)) if *truth.inner());
    let ands =
        matches!(&comprehension.loop_step.expr, Expr::Call(call) if call.func_name == "_&&_");
    begins_true && ands
}

/// Tells whether `all` over the list can't be true for want of items, or is meant to be.
pub(super) fn never_silent(list: &IdedExpr, sized: &BTreeSet<String>) -> bool {
    if sized.contains(&print(list)) {
        return true;
    }
    match &list.expr {
        Expr::List(literal) => !literal.elements.is_empty(),
        Expr::Call(call) => EXPLICIT.contains(&call.func_name.as_str()),
        Expr::Select(_) | Expr::Ident(_) => {
            path(list).is_some_and(|path| path.starts_with("lists."))
        }
        Expr::Unspecified
        | Expr::Literal(_)
        | Expr::Comprehension(_)
        | Expr::Map(_)
        | Expr::Struct(_) => false,
    }
}

/// Returns the lists whose size the expression compares with something, as [`print()`] writes them.
pub(super) fn sized(expression: &IdedExpr) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    visit(expression, &mut |part| {
        let Expr::Call(call) = &part.expr else { return };
        if matches!(
            call.func_name.as_str(),
            "_>_" | "_>=_" | "_==_" | "_!=_" | "_<_" | "_<=_"
        ) {
            found.extend(call.args.iter().filter_map(size_of));
        }
    });
    found
}

fn size_of(expression: &IdedExpr) -> Option<String> {
    match &expression.expr {
        Expr::Call(call) if call.func_name == "size" => call
            .target
            .as_deref()
            .or_else(|| call.args.first())
            .map(print),
        _ => None,
    }
}

/// Calls `f` with the expression and everything inside it.
pub(super) fn visit(expression: &IdedExpr, f: &mut impl FnMut(&IdedExpr)) {
    f(expression);
    children(expression, &mut |child| visit(child, f));
}

fn children(expression: &IdedExpr, f: &mut dyn FnMut(&IdedExpr)) {
    match &expression.expr {
        Expr::Unspecified | Expr::Literal(_) | Expr::Ident(_) => {}
        Expr::Select(select) => f(&select.operand),
        Expr::Call(call) => call
            .target
            .iter()
            .map(AsRef::as_ref)
            .chain(&call.args)
            .for_each(f),
        Expr::Comprehension(c) => [
            &c.iter_range,
            &c.accu_init,
            &c.loop_cond,
            &c.loop_step,
            &c.result,
        ]
        .into_iter()
        .for_each(f),
        Expr::List(list) => list.elements.iter().for_each(f),
        Expr::Map(map) => map
            .entries
            .iter()
            .for_each(|entry| entry_children(&entry.expr, f)),
        Expr::Struct(structure) => structure
            .entries
            .iter()
            .for_each(|entry| entry_children(&entry.expr, f)),
    }
}

fn entry_children(entry: &EntryExpr, f: &mut dyn FnMut(&IdedExpr)) {
    match entry {
        EntryExpr::StructField(field) => f(&field.value),
        EntryExpr::MapEntry(entry) => {
            f(&entry.key);
            f(&entry.value);
        }
    }
}

/// Returns `a.b.c` for selections on a variable, and nothing for anything else.
pub(super) fn path(expression: &IdedExpr) -> Option<String> {
    match &expression.expr {
        Expr::Ident(name) => Some(name.clone()),
        Expr::Select(select) if !select.test => {
            Some(format!("{}.{}", path(&select.operand)?, select.field))
        }
        _ => None,
    }
}

/// Writes an expression so that equal ones are equal text.
pub(super) fn print(expression: &IdedExpr) -> String {
    match &expression.expr {
        Expr::Unspecified => String::new(),
        Expr::Ident(name) => name.clone(),
        Expr::Literal(literal) => print_literal(literal),
        Expr::Select(select) if select.test => {
            format!("has({}.{})", print(&select.operand), select.field)
        }
        Expr::Select(select) => format!("{}.{}", print(&select.operand), select.field),
        Expr::Call(call) => print_call(&call.func_name, call.target.as_deref(), &call.args),
        Expr::List(list) => format!("[{}]", join(&list.elements)),
        Expr::Comprehension(c) => {
            format!(
                "{}.each({}, {})",
                print(&c.iter_range),
                c.iter_var,
                print(&c.loop_step)
            )
        }
        Expr::Map(_) | Expr::Struct(_) => {
            let mut parts = Vec::new();
            children(expression, &mut |child| parts.push(print(child)));
            format!("{{{}}}", parts.join(", "))
        }
    }
}

fn print_call(name: &str, target: Option<&IdedExpr>, args: &[IdedExpr]) -> String {
    match (name, target, args) {
        ("_?._", None, [operand, field]) => {
            format!("{}.?{}", print(operand), print(field).trim_matches('"'))
        }
        ("_[_]", None, [operand, index]) => format!("{}[{}]", print(operand), print(index)),
        (_, Some(target), _) => format!("{}.{name}({})", print(target), join(args)),
        (_, None, _) => format!("{name}({})", join(args)),
    }
}

fn join(parts: &[IdedExpr]) -> String {
    parts.iter().map(print).collect::<Vec<_>>().join(", ")
}

fn print_literal(literal: &LiteralValue) -> String {
    match literal {
        LiteralValue::Boolean(truth) => truth.inner().to_string(),
        LiteralValue::Int(number) => number.inner().to_string(),
        LiteralValue::UInt(number) => number.inner().to_string(),
        LiteralValue::Double(number) => number.inner().to_string(),
        LiteralValue::String(text) => format!("\"{}\"", text.inner()),
        LiteralValue::Bytes(_) => "b\"\"".to_owned(),
        LiteralValue::Null => "null".to_owned(),
    }
}
