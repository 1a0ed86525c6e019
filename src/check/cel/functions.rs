//! Our functions of the expression language.
//!
//! Each answers from its arguments and the data of the evaluation; what they can't tell they
//! note as unknown.

use std::sync::Arc;

use cel::common::types::{CelBool, CelInt, CelList, CelNull, CelString, DYN_TYPE};
use cel::common::value::{CowVal, Val};
use cel::{DeclarationError, Env, ExecutionError};

use super::node::{self, Node};
use super::{names, session};
use crate::check::{Data, azure, iam, network};
use crate::inventory::Completeness;
use crate::source::{Instant, Value};

type Args<'b, 'v> = Vec<CowVal<'b, 'v>>;
type Answer<'b, 'v> = Result<CowVal<'b, 'v>, ExecutionError>;

/// Declares every function of [`names::FUNCTIONS`] that is ours.
pub(super) fn declare(environment: &mut Env) -> Result<(), DeclarationError> {
    let ours: [(&str, cel::common::functions::Function); 22] = [
        ("items", items),
        ("arr", arr),
        ("resources", resources),
        ("lookup", lookup),
        ("exported", exported),
        ("shownAs", shown_as),
        ("stated", stated),
        ("tag", tag),
        ("principals", principals),
        ("restricted", restricted),
        ("statements", statements),
        ("allows", allows),
        ("cidrContains", cidr_contains),
        ("worldOpen", world_open),
        ("days", days),
        ("ageDays", age_days),
        ("containers", containers),
        ("hostCovers", host_covers),
        ("resourceGroupOf", resource_group_of),
        ("subscriptionOf", subscription_of),
        ("inScope", in_scope),
        ("lower", lower),
    ];
    for (name, function) in ours {
        let arity = names::arity(name).unwrap_or(0);
        environment.add_overload(
            name,
            &format!("workbook.{name}"),
            std::iter::repeat_with(|| DYN_TYPE).take(arity).collect(),
            function,
        )?;
    }
    Ok(())
}

fn fail<T>(function: &str, message: impl ToString) -> Result<T, ExecutionError> {
    Err(ExecutionError::function_error(function, message))
}

fn text<'a>(
    function: &str,
    args: &'a Args<'_, '_>,
    index: usize,
) -> Result<&'a str, ExecutionError> {
    match args
        .get(index)
        .and_then(|value| value.downcast_ref::<CelString>())
    {
        Some(text) => Ok(text.inner()),
        None => fail(function, format!("argument {} must be text", index + 1)),
    }
}

fn value(function: &str, args: &Args<'_, '_>, index: usize) -> Result<Value, ExecutionError> {
    match args
        .get(index)
        .and_then(|value| node::from_val(value.as_ref()))
    {
        Some(value) => Ok(value),
        None => fail(
            function,
            format!("argument {} has a type that exports do not have", index + 1),
        ),
    }
}

fn object<'a>(
    function: &str,
    args: &'a Args<'_, '_>,
    index: usize,
) -> Result<&'a Node, ExecutionError> {
    match args
        .get(index)
        .and_then(|value| value.downcast_ref::<Node>())
    {
        Some(node) => Ok(node),
        None => fail(
            function,
            format!("argument {} must be an object", index + 1),
        ),
    }
}

fn context(function: &str) -> Result<Arc<Data>, ExecutionError> {
    match session::data() {
        Some(data) => Ok(data),
        None => fail(function, "called outside an evaluation"),
    }
}

#[expect(
    clippy::unnecessary_wraps,
    reason = "every function of the expression language ends in one of these"
)]
fn truth<'b, 'v>(value: bool) -> Answer<'b, 'v> {
    Ok(CowVal::owned(CelBool::from(value)))
}

#[expect(
    clippy::unnecessary_wraps,
    reason = "every function of the expression language ends in one of these"
)]
fn string<'b, 'v>(value: impl Into<String>) -> Answer<'b, 'v> {
    Ok(CowVal::owned(CelString::from(value.into())))
}

fn unknown<T>(function: &str, reason: &str) -> Result<T, ExecutionError> {
    session::touch_unknown(reason);
    fail(function, "unknown")
}

/// Looks into a value whole, so that a function over it can't answer past something unknown.
fn known(function: &str, value: &Value) -> Result<(), ExecutionError> {
    match value {
        Value::Unknown(reason) => unknown(function, reason.reason()),
        Value::List(items) => items.iter().try_for_each(|item| known(function, item)),
        Value::Map(map) => map.iter().try_for_each(|(_, item)| known(function, item)),
        Value::Default(value) => known(function, value),
        Value::Null | Value::Bool(_) | Value::Int(_) | Value::Float(_) | Value::String(_) => Ok(()),
    }
}

fn as_list<'b, 'v>(value: &Value, key: &str) -> Answer<'b, 'v> {
    Ok(CowVal::owned(match value {
        Value::Null => CelList::from(Vec::new()),
        Value::List(items) => node::to_list(items, key)?,
        Value::Default(inner) if matches!(**inner, Value::List(_)) => {
            return node::to_val(value, key);
        }
        Value::Bool(_)
        | Value::Int(_)
        | Value::Float(_)
        | Value::String(_)
        | Value::Map(_)
        | Value::Default(_)
        | Value::Unknown(_) => CelList::from(vec![node::to_val(value, key)?.into_owned()]),
    }))
}

/// `items(x, "field")`: absent or null is empty, a list is itself, anything else is one item.
fn items<'b, 'v>(args: Args<'b, 'v>) -> Answer<'b, 'v> {
    let field = text("items", &args, 1)?;
    if args
        .first()
        .is_some_and(|value| value.downcast_ref::<CelNull>().is_some())
    {
        return as_list(&Value::Null, field);
    }
    as_list(&object("items", &args, 0)?.property(field), field)
}

/// `arr(x)`: null is empty, a list is itself, anything else is one item.
fn arr<'b, 'v>(mut args: Args<'b, 'v>) -> Answer<'b, 'v> {
    let Some(value) = args.pop() else {
        return fail("arr", "needs one argument");
    };
    if value.downcast_ref::<CelList>().is_some() {
        return Ok(value);
    }
    if value.downcast_ref::<CelNull>().is_some() {
        return Ok(CowVal::owned(CelList::from(Vec::new())));
    }
    Ok(CowVal::owned(CelList::from(vec![value.into_owned()])))
}

/// `resources("Type")`: every observed resource of a type that was exported completely.
fn resources<'b, 'v>(args: Args<'b, 'v>) -> Answer<'b, 'v> {
    let resource_type = text("resources", &args, 0)?;
    let data = context("resources")?;
    match data.inventory.completeness(resource_type) {
        Completeness::Complete => {}
        Completeness::Partial(reason) | Completeness::Missing(reason) => {
            session::touch_unknown(&format!("{resource_type}: {reason}"));
        }
    }
    let list = data
        .observed(resource_type)
        .map(|resource| -> Box<dyn Val + 'v> { Box::new(Node::resource(resource)) })
        .collect::<Vec<_>>();
    if !session::may_work(list.len()) {
        return fail(
            "resources",
            "the expression looks at more than its bound of two million values",
        );
    }
    Ok(CowVal::owned(CelList::from(list)))
}

/// `lookup("Type", id)`: the resource of that id, other id or unambiguous name.
fn lookup<'b, 'v>(args: Args<'b, 'v>) -> Answer<'b, 'v> {
    let resource_type = text("lookup", &args, 0)?;
    let id = text("lookup", &args, 1)?;
    let data = context("lookup")?;
    match data.lookup(resource_type, id) {
        Some(resource) => Ok(CowVal::owned(Node::resource(resource))),
        None => unknown(
            "lookup",
            &format!("no export shows the {resource_type} `{id}`"),
        ),
    }
}

/// `exported("Type")`: whether all resources of the type were exported.
fn exported<'b, 'v>(args: Args<'b, 'v>) -> Answer<'b, 'v> {
    let resource_type = text("exported", &args, 0)?;
    truth(context("exported")?.inventory.completeness(resource_type) == Completeness::Complete)
}

/// `stated(x, "field")`: whether the export itself states the field, not a documented default.
fn stated<'b, 'v>(args: Args<'b, 'v>) -> Answer<'b, 'v> {
    let field = text("stated", &args, 1)?;
    match object("stated", &args, 0)?.property(field) {
        Value::Unknown(reason) => unknown("stated", reason.reason()),
        Value::Null | Value::Default(_) => truth(false),
        Value::Bool(_)
        | Value::Int(_)
        | Value::Float(_)
        | Value::String(_)
        | Value::List(_)
        | Value::Map(_) => truth(true),
    }
}

/// `shownAs(name)`: the types of the observed resources that have that id, other id or name.
fn shown_as<'b, 'v>(args: Args<'b, 'v>) -> Answer<'b, 'v> {
    let name = text("shownAs", &args, 0)?;
    let types: Vec<Value> = context("shownAs")?
        .types_named(name)
        .map(Value::string)
        .collect();
    Ok(CowVal::owned(node::to_list(&types, "shownAs")?))
}

/// `tag(resource, "key")`: the tag's value, or empty text.
fn tag<'b, 'v>(args: Args<'b, 'v>) -> Answer<'b, 'v> {
    let key = text("tag", &args, 1)?;
    let Some(resource) = object("tag", &args, 0)?.as_resource() else {
        return fail("tag", "argument 1 must be a resource");
    };
    match &resource.meta.tags {
        Ok(tags) => {
            let found = tags.get(key).or_else(|| {
                tags.iter()
                    .find(|(name, _)| name.eq_ignore_ascii_case(key))
                    .map(|(_, value)| value)
            });
            string(found.cloned().unwrap_or_default())
        }
        Err(reason) => unknown("tag", reason.reason()),
    }
}

/// `principals(statement)`: whom a policy statement names, `*` for everybody.
fn principals<'b, 'v>(args: Args<'b, 'v>) -> Answer<'b, 'v> {
    let statement = value("principals", &args, 0)?;
    known("principals", &statement.get("Principal"))?;
    known("principals", &statement.get("NotPrincipal"))?;
    let names = iam::principals(&statement)
        .into_iter()
        .map(Value::string)
        .collect::<Vec<_>>();
    Ok(CowVal::owned(node::to_list(&names, "principals")?))
}

/// `restricted(condition)`: whether the condition binds the request to named parties.
fn restricted<'b, 'v>(args: Args<'b, 'v>) -> Answer<'b, 'v> {
    let condition = value("restricted", &args, 0)?;
    known("restricted", &condition)?;
    truth(iam::restricted(&condition))
}

/// `statements(policy)`: the statements of a policy, of which one may stand alone.
fn statements<'b, 'v>(args: Args<'b, 'v>) -> Answer<'b, 'v> {
    as_list(
        &object("statements", &args, 0)?.property("Statement"),
        "Statement",
    )
}

/// `allows(statement, "service:Action")`: whether the statement allows the action.
fn allows<'b, 'v>(args: Args<'b, 'v>) -> Answer<'b, 'v> {
    let statement = value("allows", &args, 0)?;
    for key in ["Effect", "Action", "NotAction"] {
        known("allows", &statement.get(key))?;
    }
    truth(iam::allows(&statement, text("allows", &args, 1)?))
}

/// `cidrContains(outer, inner)`: whether every address of `inner` is in `outer`.
fn cidr_contains<'b, 'v>(args: Args<'b, 'v>) -> Answer<'b, 'v> {
    match network::contains(
        text("cidrContains", &args, 0)?,
        text("cidrContains", &args, 1)?,
    ) {
        Ok(answer) => truth(answer),
        Err(message) => fail("cidrContains", message),
    }
}

/// `worldOpen(cidr)`: whether the range is so wide that it stands for the internet.
fn world_open<'b, 'v>(args: Args<'b, 'v>) -> Answer<'b, 'v> {
    match network::world_open(text("worldOpen", &args, 0)?) {
        Ok(answer) => truth(answer),
        Err(message) => fail("worldOpen", message),
    }
}

/// `days(n)`: so many days, to compare with `ageDays`.
fn days<'b, 'v>(args: Args<'b, 'v>) -> Answer<'b, 'v> {
    match args
        .first()
        .and_then(|value| value.downcast_ref::<CelInt>())
    {
        Some(number) => Ok(CowVal::owned(CelInt::from(*number.inner()))),
        None => fail("days", "the argument must be a whole number"),
    }
}

/// `ageDays(x)`: the civil days from `x` (text or epoch) to the date of judgement.
fn age_days<'b, 'v>(args: Args<'b, 'v>) -> Answer<'b, 'v> {
    let data = context("ageDays")?;
    let moment = value("ageDays", &args, 0)?;
    // Epochs past the year 5138 in seconds are milliseconds.
    let epoch = |number: i64| {
        Instant::from_unix(if number.abs() > 100_000_000_000 {
            number / 1000
        } else {
            number
        })
    };
    #[expect(
        clippy::cast_possible_truncation,
        reason = "whole seconds are meant, and the cast saturates"
    )]
    let instant = match &moment {
        Value::Int(number) => epoch(*number),
        Value::Float(number) => epoch(*number as i64),
        Value::String(text) => {
            // A date alone is a civil date already.
            if let Ok(date) = text.parse::<crate::source::Date>() {
                return Ok(CowVal::owned(CelInt::from(date.days_until(data.today))));
            }
            Instant::parse(text)
        }
        Value::Null
        | Value::Bool(_)
        | Value::List(_)
        | Value::Map(_)
        | Value::Unknown(_)
        | Value::Default(_) => None,
    };
    match instant {
        Some(instant) => Ok(CowVal::owned(CelInt::from(
            data.time_zone.date(instant).days_until(data.today),
        ))),
        None => fail("ageDays", format!("{moment} is neither a date nor a time")),
    }
}

/// `containers(pod)`: containers, init and ephemeral containers of a pod template.
fn containers<'b, 'v>(args: Args<'b, 'v>) -> Answer<'b, 'v> {
    let pod = value("containers", &args, 0)?;
    let spec = match pod.get("spec") {
        Value::Null => pod,
        spec => spec,
    };
    let mut all = Vec::new();
    for key in ["containers", "initContainers", "ephemeralContainers"] {
        match spec.get(key) {
            Value::Null => {}
            Value::List(items) => all.extend(items.iter().cloned()),
            Value::Unknown(reason) => return unknown("containers", reason.reason()),
            other => return fail("containers", format!("`{key}` is {other}, not a list")),
        }
    }
    Ok(CowVal::owned(node::to_list(&all, "containers")?))
}

/// `hostCovers(pattern, host)`: equal names, or `*.` standing for exactly one label.
fn host_covers<'b, 'v>(args: Args<'b, 'v>) -> Answer<'b, 'v> {
    truth(network::host_covers(
        text("hostCovers", &args, 0)?,
        text("hostCovers", &args, 1)?,
    ))
}

/// `resourceGroupOf(id)`: the resource group of an Azure id, or empty text.
fn resource_group_of<'b, 'v>(args: Args<'b, 'v>) -> Answer<'b, 'v> {
    string(
        azure::segment_after(text("resourceGroupOf", &args, 0)?, "resourceGroups")
            .unwrap_or_default(),
    )
}

/// `subscriptionOf(id)`: the subscription of an Azure id, or empty text.
fn subscription_of<'b, 'v>(args: Args<'b, 'v>) -> Answer<'b, 'v> {
    string(
        azure::segment_after(text("subscriptionOf", &args, 0)?, "subscriptions")
            .unwrap_or_default(),
    )
}

/// `inScope(id, scope)`: whether an Azure id lies in a scope, by whole segments, in any case.
fn in_scope<'b, 'v>(args: Args<'b, 'v>) -> Answer<'b, 'v> {
    truth(azure::in_scope(
        text("inScope", &args, 0)?,
        text("inScope", &args, 1)?,
    ))
}

/// `lower(text)`: the text in lower case.
fn lower<'b, 'v>(args: Args<'b, 'v>) -> Answer<'b, 'v> {
    string(text("lower", &args, 0)?.to_lowercase())
}
