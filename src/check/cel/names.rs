//! The names expressions may use.

/// One function as the reference page lists it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Function {
    /// The name.
    pub(crate) name: &'static str,
    /// How it is called.
    pub(crate) call: &'static str,
    /// How many arguments it takes, the receiver not counted.
    pub(crate) arities: &'static [usize],
    /// What it answers.
    pub(crate) meaning: &'static str,
    /// Whose it is.
    pub(crate) origin: Origin,
}

/// Whose function it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Origin {
    /// CEL's standard library or its strings extension.
    Language,
    /// The workbook's own.
    Workbook,
}

const fn ours(
    name: &'static str,
    call: &'static str,
    arities: &'static [usize],
    meaning: &'static str,
) -> Function {
    Function {
        name,
        call,
        arities,
        meaning,
        origin: Origin::Workbook,
    }
}

const fn language(
    name: &'static str,
    call: &'static str,
    arities: &'static [usize],
    meaning: &'static str,
) -> Function {
    Function {
        name,
        call,
        arities,
        meaning,
        origin: Origin::Language,
    }
}

/// Every function that a check may call.
pub(crate) const FUNCTIONS: &[Function] = &[
    ours(
        "ageDays",
        "ageDays(x)",
        &[1],
        "the civil days from a date, a time or an epoch to the date of judgement",
    ),
    ours(
        "allows",
        "allows(statement, \"kms:Decrypt\")",
        &[2],
        "whether an IAM statement allows the action, wildcards and NotAction included",
    ),
    ours(
        "arr",
        "arr(x)",
        &[1],
        "a list of x: null is empty, a list is itself, anything else is one item",
    ),
    ours(
        "cidrContains",
        "cidrContains(outer, inner)",
        &[2],
        "whether every address of the inner range is in the outer",
    ),
    ours(
        "containers",
        "containers(resource.meta.pod)",
        &[1],
        "containers, init containers and ephemeral containers of a pod template",
    ),
    ours(
        "days",
        "days(90)",
        &[1],
        "so many days, to compare with ageDays",
    ),
    ours(
        "exported",
        "exported(\"Type\")",
        &[1],
        "whether all resources of the type were exported",
    ),
    ours(
        "hostCovers",
        "hostCovers(pattern, host)",
        &[2],
        "whether a host pattern covers a host; *. stands for exactly one label",
    ),
    ours(
        "inScope",
        "inScope(id, scope)",
        &[2],
        "whether an Azure id lies in a scope, by whole segments, in any case",
    ),
    ours(
        "items",
        "items(x, \"field\")",
        &[2],
        "the field as a list: absent or null is empty, a list is itself, anything else is one item",
    ),
    ours(
        "lookup",
        "lookup(\"Type\", id)",
        &[2],
        "the resource of that id, other id or unambiguous name; unknown if no export shows it",
    ),
    ours("lower", "lower(text)", &[1], "the text in lower case"),
    ours(
        "principals",
        "principals(statement)",
        &[1],
        "whom a policy statement names, * for everybody",
    ),
    ours(
        "resourceGroupOf",
        "resourceGroupOf(id)",
        &[1],
        "the resource group of an Azure id in lower case, or empty text",
    ),
    ours(
        "resources",
        "resources(\"Type\")",
        &[1],
        "every observed resource of a type; unknown unless all of them were exported",
    ),
    ours(
        "restricted",
        "restricted(condition)",
        &[1],
        "whether a policy condition binds the request to named parties",
    ),
    ours(
        "shownAs",
        "shownAs(name)",
        &[1],
        "the types of the resources that have that id, other id or name; empty if no export shows it",
    ),
    ours(
        "stated",
        "stated(x, \"field\")",
        &[2],
        "whether the export itself states the field; a documented default is not stated",
    ),
    ours(
        "statements",
        "statements(policy)",
        &[1],
        "the statements of an IAM policy, of which one may stand alone",
    ),
    ours(
        "subscriptionOf",
        "subscriptionOf(id)",
        &[1],
        "the subscription of an Azure id in lower case, or empty text",
    ),
    ours(
        "tag",
        "tag(resource, \"key\")",
        &[2],
        "the value of a tag or label, or empty text; keys in any case",
    ),
    ours(
        "worldOpen",
        "worldOpen(range)",
        &[1],
        "whether a range is so wide that it stands for the internet",
    ),
    language("bool", "bool(x)", &[1], "x as a truth value"),
    language(
        "contains",
        "text.contains(part)",
        &[1],
        "whether the text has the part",
    ),
    language("double", "double(x)", &[1], "x as a number"),
    language(
        "endsWith",
        "text.endsWith(part)",
        &[1],
        "whether the text ends so",
    ),
    language(
        "format",
        "text.format(list)",
        &[1],
        "the text with %s and the like filled in",
    ),
    language(
        "hasValue",
        "optional.hasValue()",
        &[0],
        "whether the optional has a value",
    ),
    language(
        "indexOf",
        "text.indexOf(part)",
        &[1, 2],
        "where the part begins, or -1",
    ),
    language("int", "int(x)", &[1], "x as a whole number"),
    language("join", "list.join(separator)", &[0, 1], "the texts in one"),
    language(
        "lowerAscii",
        "text.lowerAscii()",
        &[0],
        "the text with A-Z in lower case",
    ),
    language(
        "matches",
        "text.matches(pattern)",
        &[1, 2],
        "whether the regular expression matches somewhere",
    ),
    language(
        "or",
        "optional.or(other)",
        &[1],
        "the optional, or another one if it has no value",
    ),
    language(
        "orValue",
        "optional.orValue(x)",
        &[1],
        "the value of the optional, or x",
    ),
    language(
        "replace",
        "text.replace(old, new)",
        &[2, 3],
        "the text with one part replaced",
    ),
    language(
        "size",
        "size(x)",
        &[0, 1],
        "how many items, entries or characters x has",
    ),
    language(
        "split",
        "text.split(separator)",
        &[1, 2],
        "the parts of the text",
    ),
    language(
        "startsWith",
        "text.startsWith(part)",
        &[1],
        "whether the text begins so",
    ),
    language("string", "string(x)", &[1], "x as text"),
    language(
        "substring",
        "text.substring(from, to)",
        &[1, 2],
        "a part of the text, by characters",
    ),
    language(
        "trim",
        "text.trim()",
        &[0],
        "the text without white space around it",
    ),
    language("type", "type(x)", &[1], "the type of x"),
    language(
        "upperAscii",
        "text.upperAscii()",
        &[0],
        "the text with a-z in upper case",
    ),
    language(
        "value",
        "optional.value()",
        &[0],
        "the value of the optional",
    ),
];

/// Returns the function of that name.
pub(crate) fn function(name: &str) -> Option<&'static Function> {
    FUNCTIONS.iter().find(|function| function.name == name)
}

/// Returns how many arguments one of our functions takes.
pub(crate) fn arity(name: &str) -> Option<usize> {
    function(name)?.arities.first().copied()
}
