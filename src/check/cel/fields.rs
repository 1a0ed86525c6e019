//! Which fields an expression looks at, by name.

use std::collections::BTreeSet;

use cel::common::ast::{Expr, IdedExpr, LiteralValue};

use super::guard::visit;

/// The longest text that may name a field, in bytes.
const FIELD_LIMIT: usize = 64;

/// Returns the names of fields in lower case: `inner` where it is selected on a variable or on what
/// a call gives, else `outer.inner`; texts that may name a field; and what functions look at.
pub(super) fn fields(expression: &IdedExpr) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    visit(expression, &mut |part| match &part.expr {
        Expr::Select(select) => {
            found.insert(selected(&select.operand, &select.field));
        }
        Expr::Literal(LiteralValue::String(text)) if text.inner().len() <= FIELD_LIMIT => {
            found.insert(text.inner().to_ascii_lowercase());
        }
        Expr::Call(call) if call.func_name == "_?._" => {
            if let [operand, field] = call.args.as_slice()
                && let Some(field) = literal(field)
            {
                found.insert(selected(operand, field));
            }
        }
        Expr::Call(call) => {
            let within = of_function(&call.func_name).iter();
            found.extend(within.map(|&field| field.to_owned()));
        }
        _ => {}
    });
    found
}

fn selected(operand: &IdedExpr, field: &str) -> String {
    let outer = match &operand.expr {
        Expr::Select(select) => Some(select.field.as_str()),
        Expr::Call(call) if call.func_name == "_?._" => call.args.get(1).and_then(literal),
        _ => None,
    };
    match outer {
        Some(outer) => format!("{outer}.{field}").to_ascii_lowercase(),
        None => field.to_ascii_lowercase(),
    }
}

fn literal(expression: &IdedExpr) -> Option<&str> {
    match &expression.expr {
        Expr::Literal(LiteralValue::String(text)) => Some(text.inner()),
        _ => None,
    }
}

/// Returns the fields that a function looks at in what it is given, in lower case.
fn of_function(function: &str) -> &'static [&'static str] {
    match function {
        "statements" => &["statement", "effect"],
        "principals" => &["principal", "notprincipal", "aws", "service", "federated"],
        "allows" => &["action", "notaction", "effect"],
        "restricted" => &["condition"],
        "containers" => &["containers", "initcontainers", "ephemeralcontainers"],
        "tag" => &["tags", "tagset", "taglist", "key", "value", "labels"],
        _ => &[],
    }
}
