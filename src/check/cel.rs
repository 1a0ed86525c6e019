//! The one place that knows the expression language: compiling, checking names, evaluating.
//!
//! Values are looked at where they are (a clone is a pointer), and every look at something
//! unknown is noted for the expression being evaluated, so that no operator can hide it.

mod compile;
mod fields;
mod functions;
mod guard;
mod names;
mod node;
mod session;

pub(crate) use compile::{Expression, Needs, Place, Roots, compile};
#[cfg(test)]
pub(crate) use names::FUNCTIONS;

use std::sync::Arc;

use cel::common::types::CelBool;
use cel::common::value::CowVal;
use cel::context::VariableResolver;
use cel::{Context, Env, ExecutionError, Value as CelValue};

use super::Data;
use crate::inventory::Resource;
use crate::source::Value;

/// What an expression is evaluated for.
#[derive(Debug, Clone)]
pub(crate) enum Subject {
    /// A resource, as `resource`.
    Resource(Arc<Resource>),
    /// A register's entry, as `item`.
    Item(Value),
}

/// Why an expression has no value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// It looked at something the exports do not tell; why, each reason once.
    Unknown(Vec<String>),
    /// It selected a property that is absent and has no documented default.
    Absent(String),
    /// It could not be evaluated.
    Failed(String),
}

/// What an expression came to.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Answer<T> {
    /// The value, or why there is none.
    pub(crate) value: Result<T, Trouble>,
    /// The properties that were taken by documented default.
    pub(crate) by_default: Vec<String>,
}

/// Evaluates a condition.
pub(crate) fn condition(
    expression: &Expression,
    subject: &Subject,
    data: &Arc<Data>,
) -> Answer<bool> {
    evaluate(expression, subject, data, |value| {
        value
            .downcast_ref::<CelBool>()
            .map(|truth| *truth.inner())
            .ok_or_else(|| {
                format!(
                    "the condition gave a {}, not true or false",
                    value.get_type().name()
                )
            })
    })
}

/// Evaluates an expression that makes text for people. Anything but text is written as CEL would.
pub(crate) fn text(expression: &Expression, subject: &Subject, data: &Arc<Data>) -> Answer<String> {
    evaluate(expression, subject, data, |value| node::to_text(value))
}

/// Evaluates an expression that names things: text, or a list of texts.
pub(crate) fn texts(
    expression: &Expression,
    subject: &Subject,
    data: &Arc<Data>,
) -> Answer<Vec<String>> {
    evaluate(expression, subject, data, node::to_texts)
}

fn evaluate<T>(
    expression: &Expression,
    subject: &Subject,
    data: &Arc<Data>,
    read: impl FnOnce(&dyn cel::common::value::Val) -> Result<T, String>,
) -> Answer<T> {
    let resolver = Variables { subject, data };
    let mut context = Context::with_env(Arc::clone(environment(data)));
    context.set_variable_resolver(&resolver);
    let _session = session::begin(data);
    let result = CelValue::resolve_val(expression.ast(), &context);
    // What the reading of the result touches (the items of a list) belongs to the evaluation.
    let value = match result {
        Ok(value) => read(value.as_ref()).map_err(Trouble::Failed),
        Err(ExecutionError::NoSuchKey(key)) => Err(Trouble::Absent(key.to_string())),
        Err(error) => Err(Trouble::Failed(explain(&error))),
    };
    let seen = session::seen();
    let value = if seen.unknowns.is_empty() {
        value
    } else {
        Err(Trouble::Unknown(seen.unknowns.into_iter().collect()))
    };
    Answer {
        value,
        by_default: seen.defaults.into_iter().collect(),
    }
}

fn explain(error: &ExecutionError) -> String {
    match error {
        ExecutionError::FunctionError { function, message } => format!("{function}: {message}"),
        other => other.to_string(),
    }
}

fn environment(data: &Data) -> &Arc<Env> {
    &data.environment.0
}

/// The functions and operators expressions may use; built once for a workbook.
pub(crate) struct Environment(Arc<Env>);

impl std::fmt::Debug for Environment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Environment")
    }
}

impl Environment {
    /// Returns CEL's standard library, its strings extension and our functions.
    pub(crate) fn new() -> Self {
        let mut environment = Env::stdlib();
        // Each name is declared once, here; a failure would be a function that does not exist,
        // which the test of this module would show.
        let declared = environment
            .add_extension(cel::extensions::strings)
            .and_then(|()| functions::declare(&mut environment));
        debug_assert!(declared.is_ok(), "{declared:?}");
        Self(Arc::new(environment))
    }

    fn env(&self) -> &Env {
        &self.0
    }
}

struct Variables<'e> {
    subject: &'e Subject,
    data: &'e Arc<Data>,
}

impl VariableResolver for Variables<'_> {
    fn resolve<'b>(&'b self, variable: &str) -> Option<CowVal<'b, 'b>> {
        let value = match (variable, self.subject) {
            ("resource", Subject::Resource(resource)) => {
                return Some(CowVal::owned(node::Node::resource(resource)));
            }
            ("item", Subject::Item(item)) => item.clone(),
            ("params", _) => self.data.params.clone(),
            ("lists", _) => self.data.lists.clone(),
            ("registers", _) => self.data.registers.clone(),
            ("today", _) => Value::string(self.data.today.to_string()),
            _ => return None,
        };
        node::to_val(&value, variable).ok()
    }
}

#[cfg(test)]
mod reference;
#[cfg(test)]
mod tests;
