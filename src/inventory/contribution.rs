//! What one file says of one resource, before several files are merged.

use std::collections::BTreeMap;

use super::{Form, Place, Reading, State};
use crate::source::{Instant, Map, Unknown, Value};

/// How much of the resource the export shows.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Extent {
    /// All of it: what is not named is absent.
    Whole,
    /// Some of it: what is not named is unknown, for this reason.
    Partial(Unknown),
    /// Just these properties of a resource that another export shows.
    Part,
}

/// What one file says of one resource.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Contribution {
    /// The type.
    pub(crate) resource_type: String,
    /// The id; parts name the resource they belong to.
    pub(crate) id: String,
    /// Other ids by which exports refer to it.
    pub(crate) also: Vec<String>,
    /// The name, if it is not the id.
    pub(crate) name: Option<String>,
    /// The AWS account or Azure subscription.
    pub(crate) account: Option<String>,
    /// The region or location.
    pub(crate) region: Option<String>,
    /// The cluster of a Kubernetes object.
    pub(crate) cluster: Option<String>,
    /// The namespace of a Kubernetes object.
    pub(crate) namespace: Option<String>,
    /// The tags or labels; nothing if this export does not show them.
    pub(crate) tags: Option<BTreeMap<String, String>>,
    /// Observed or intended.
    pub(crate) state: State,
    /// The form, by which defaults apply.
    pub(crate) form: Form,
    /// How much is shown.
    pub(crate) extent: Extent,
    /// The properties.
    pub(crate) properties: Map,
    /// The pod template of a workload.
    pub(crate) pod: Option<Value>,
    /// Where it stands.
    pub(crate) place: Place,
    /// When it was observed, where the content states it.
    pub(crate) observed: Option<Instant>,
}

/// A type of which a file lists everything there is, in an account and region where they are
/// known.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Listed {
    /// The type.
    pub(crate) resource_type: String,
    /// The account or subscription.
    pub(crate) account: Option<String>,
    /// The region.
    pub(crate) region: Option<String>,
}

/// What reading one file gave.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct FileReading {
    /// The command or format, in words.
    pub(crate) format: String,
    /// What reading it came to.
    pub(crate) reading: Reading,
    /// What it says of resources.
    pub(crate) contributions: Vec<Contribution>,
    /// What it lists whole.
    pub(crate) lists: Vec<Listed>,
}
