//! One thing that exports show.

use std::collections::BTreeMap;

use crate::config::Scope;
use crate::source::{Instant, Map, Unknown, Value};

/// Whether exports show a thing as it is, or as code says it shall be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum State {
    /// Shown by the platform.
    Observed,
    /// Stated by a template or manifest kept as code.
    Intended,
}

impl State {
    /// Returns the word as expressions see it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Observed => "observed",
            Self::Intended => "intended",
        }
    }
}

/// The form of an export, by which documented defaults apply.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Form {
    /// Output of the `aws` or `az` command line.
    Cli,
    /// AWS Config.
    Config,
    /// A CloudFormation or ARM template.
    Template,
    /// ARM REST, or Azure Resource Graph.
    Rest,
    /// A Kubernetes object.
    Kubernetes,
    /// CSV.
    Csv,
}

/// A line of an export.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// The path below the exports folder, with forward slashes.
    pub file: String,
    /// The line, from one; one where the format has no lines to name.
    pub line: usize,
}

/// What is known of a resource apart from its properties. Exports can't set it by naming keys.
#[derive(Debug, Clone, PartialEq)]
pub struct Meta {
    /// The type: CloudFormation's name, ARM's name, or `apps/v1/Deployment`.
    pub resource_type: String,
    /// The id: an ARN or the type's own id, an ARM id, or `namespace/name`.
    pub id: String,
    /// Other ids by which exports refer to it.
    pub also: Vec<String>,
    /// The name.
    pub name: String,
    /// The AWS account or Azure subscription.
    pub account: Option<String>,
    /// The region or location.
    pub region: Option<String>,
    /// The cluster, for Kubernetes objects.
    pub cluster: Option<String>,
    /// The namespace, for Kubernetes objects.
    pub namespace: Option<String>,
    /// The tags or labels; why they are unknown, if they are.
    pub tags: Result<BTreeMap<String, String>, Unknown>,
    /// The scope, by the rules of `workbook.toml`.
    pub scope: Scope,
    /// Observed or intended.
    pub state: State,
    /// The forms of the exports that showed it.
    pub forms: Vec<Form>,
    /// Where it was shown; the first place is where findings point.
    pub origins: Vec<Place>,
    /// The moment it was observed, where an export or a manifest states one.
    pub observed: Option<Instant>,
}

/// One thing that exports show.
#[derive(Debug, Clone, PartialEq)]
pub struct Resource {
    /// What it is.
    pub meta: Meta,
    /// Its properties, as exported, with defaults and unknowns marked.
    pub properties: Map,
    /// The pod template (`metadata` and `spec`) of a Kubernetes workload, whatever its kind.
    pub pod: Option<Value>,
}
