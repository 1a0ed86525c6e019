//! Checks: blocks of pages, read, name-checked and compiled.

mod acknowledgement;
mod azure;
mod cardholder_data;
mod cel;
mod compiler;
mod configuration;
mod data;
mod digest;
mod document;
mod iam;
mod network;
mod read;
mod recurring;
mod register;

use std::collections::BTreeMap;
use std::sync::Arc;

pub(crate) use acknowledgement::{AcknowledgedText, AcknowledgementCheck, Holders};
pub(crate) use cardholder_data::{CardholderData, Enough};
pub(crate) use cel::{Environment, Expression, Subject, Trouble, condition, text, texts};
pub(crate) use configuration::Configuration;
pub use data::Data;
pub(crate) use data::not_kept;
pub use digest::Digests;
pub(crate) use document::DocumentCheck;
pub(crate) use read::{Known, read};
pub(crate) use recurring::{Frequency, RecurringCheck};
pub(crate) use register::{Match, RegisterCheck};

use cel::Needs;

use crate::config::Platform;
use crate::inventory::ANY;
use crate::source::{SourceFile, Span, Spanned};

/// What asks for a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Basis {
    /// PCI DSS asks for it.
    Standard,
    /// Guidance of AWS or Microsoft, or a stricter house rule; never changes a status.
    Source,
}

/// What a pass is worth for the check's requirement ids.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Strength {
    /// It shows the requirement itself.
    Direct,
    /// It supports it, and something else must show it.
    Supporting,
}

/// How much a failure matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Worth mending when at it.
    Low,
    /// To be planned.
    Medium,
    /// To be mended soon.
    High,
    /// To be mended now.
    Critical,
}

/// What the type's absence from a complete export means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum WhenNone {
    /// Nothing was examined.
    NotChecked,
    /// The check does not apply.
    NotApplicable,
    /// The thing had to be there.
    Fail,
}

/// Which states an entry judges.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Judged {
    /// What platforms show.
    Observed,
    /// What templates and manifests state.
    Intended,
    /// Both, each as a subject of its own.
    Any,
}

/// What kind of entries a check has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// CEL over resources or register entries.
    Configuration,
    /// A document under `policies/`.
    Document,
    /// Entries of a register, and what they match.
    Register,
    /// Something done again and again.
    Recurring,
    /// A text that people have read and accepted.
    Acknowledgement,
    /// Account data where none may be, as scan reports tell.
    CardholderData,
}

/// What a configuration entry looks at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Population {
    /// Every resource of a type or group.
    Resources(String),
    /// Every entry of a register, by the register's CEL name.
    Register(String),
    /// How the subjects of a check differ from those that the last stamped run listed.
    Changes(Spanned<String>),
    /// Every exception that people keep.
    Exceptions,
}

impl Population {
    /// Tells whether these are the resources of a type.
    pub(crate) fn is_resources(&self, wanted: &str) -> bool {
        match self {
            Self::Resources(resource_type) => resource_type.eq_ignore_ascii_case(wanted),
            Self::Register(_) | Self::Changes(_) | Self::Exceptions => false,
        }
    }
}

/// The entries of a check, all of one kind.
#[derive(Debug)]
pub(crate) enum Entries {
    /// CEL over resources or register entries.
    Configuration(Vec<Configuration>),
    /// Documents.
    Document(Vec<DocumentCheck>),
    /// Registers.
    Register(Vec<RegisterCheck>),
    /// Recurring duties.
    Recurring(Vec<RecurringCheck>),
    /// Acknowledgements.
    Acknowledgement(Vec<AcknowledgementCheck>),
    /// What scan reports are asked.
    CardholderData(Vec<CardholderData>),
}

impl Entries {
    /// Returns the kind.
    pub(crate) fn kind(&self) -> Kind {
        match self {
            Self::Configuration(_) => Kind::Configuration,
            Self::Document(_) => Kind::Document,
            Self::Register(_) => Kind::Register,
            Self::Recurring(_) => Kind::Recurring,
            Self::Acknowledgement(_) => Kind::Acknowledgement,
            Self::CardholderData(_) => Kind::CardholderData,
        }
    }

    /// Returns what the entries look at beside their subjects.
    pub(crate) fn needs(&self) -> Needs {
        let mut needs = Needs::default();
        for expression in self.expressions() {
            needs.extend(&expression.needs);
        }
        match self {
            Self::Register(entries) => {
                for entry in entries {
                    let types = entry.matches.iter().map(|matched| matched.resource.clone());
                    needs.types.extend(types);
                    needs.registers.insert(entry.name.clone());
                }
            }
            Self::Recurring(entries) => {
                if entries
                    .iter()
                    .any(|entry| entry.frequency == Frequency::RiskAnalysis)
                {
                    needs.registers.insert("risk_analyses".to_owned());
                }
            }
            Self::Configuration(_)
            | Self::Document(_)
            | Self::Acknowledgement(_)
            | Self::CardholderData(_) => {}
        }
        needs
    }

    /// Returns every expression of the entries.
    fn expressions(&self) -> Vec<&Expression> {
        match self {
            Self::Configuration(entries) => entries
                .iter()
                .flat_map(|entry| {
                    entry
                        .filter
                        .iter()
                        .chain([&entry.assert, &entry.shows, &entry.message])
                })
                .collect(),
            Self::Register(entries) => entries
                .iter()
                .flat_map(RegisterCheck::expressions)
                .collect(),
            Self::Recurring(entries) => entries
                .iter()
                .flat_map(RecurringCheck::expressions)
                .collect(),
            Self::CardholderData(entries) => entries
                .iter()
                .flat_map(CardholderData::expressions)
                .collect(),
            Self::Document(_) | Self::Acknowledgement(_) => Vec::new(),
        }
    }

    /// Tells whether what decides the verdict looks at a field of that name, given the name of the
    /// field that it is inside.
    pub(crate) fn looks_at(&self, outer: Option<&str>, field: &str) -> bool {
        let field = field.to_ascii_lowercase();
        let inside = outer.map(|outer| format!("{outer}.{field}").to_ascii_lowercase());
        let decides: Vec<&Expression> = match self {
            Self::Configuration(entries) => entries
                .iter()
                .flat_map(|entry| entry.filter.iter().chain([&entry.assert]))
                .collect(),
            Self::Register(entries) => entries
                .iter()
                .flat_map(RegisterCheck::expressions)
                .collect(),
            Self::CardholderData(entries) if !CardholderData::decides(&field) => entries
                .iter()
                .flat_map(CardholderData::expressions)
                .collect(),
            Self::Document(_)
            | Self::Recurring(_)
            | Self::Acknowledgement(_)
            | Self::CardholderData(_) => return true,
        };
        decides
            .iter()
            .map(|expression| &expression.needs.fields)
            .any(|fields| {
                fields.contains(&field)
                    || inside.as_ref().is_some_and(|field| fields.contains(field))
            })
    }

    /// Returns what configuration entries look at, and what was to be scanned.
    pub(crate) fn populations(&self) -> impl Iterator<Item = &Population> {
        let (configurations, scanned) = match self {
            Self::Configuration(entries) => (entries.as_slice(), &[][..]),
            Self::CardholderData(entries) => (&[][..], entries.as_slice()),
            Self::Document(_)
            | Self::Register(_)
            | Self::Recurring(_)
            | Self::Acknowledgement(_) => (&[][..], &[][..]),
        };
        let configurations = configurations.iter().map(|entry| &entry.population);
        configurations.chain(scanned.iter().map(|entry| &entry.population))
    }
}

/// One executable block of a page.
#[derive(Debug)]
pub struct Check {
    /// The id, in kebab case.
    pub id: Spanned<String>,
    /// The id of the page.
    pub page: String,
    /// The title: what holds when the check passes.
    pub title: String,
    /// The statements it serves.
    pub statements: Vec<Spanned<String>>,
    /// The PCI DSS 4.0.1 requirement ids its verdict counts for.
    pub requirements: Vec<Spanned<String>>,
    /// The testing procedures it serves, by id.
    pub procedures: Vec<String>,
    /// What asks for it.
    pub basis: Basis,
    /// What a pass is worth.
    pub strength: Strength,
    /// How much a failure matters.
    pub severity: Severity,
    /// How to mend it: static text.
    pub fix: String,
    /// The entries.
    pub(crate) entries: Entries,
    /// The SHA-256 of the definition: the block and the lists, parameters and sources it names.
    pub definition: String,
    /// The SHA-256 of each part of the definition, by its name: `block`, `list tls_policies`,
    /// `param key_bits`, `schema data_stores`, `source aws::ecs::cluster`.
    pub parts: BTreeMap<String, String>,
    /// The page's file.
    pub file: Arc<SourceFile>,
    /// The fenced block in it.
    pub fence: Span,
    /// The TOML of the block.
    pub text: Span,
}

impl Check {
    /// Returns the kind of the check's entries.
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.entries.kind()
    }

    /// Returns the resource types the check needs exports of: those it judges and those it asks
    /// for beside them.
    #[must_use]
    pub fn types(&self) -> Vec<String> {
        let judged = self
            .entries
            .populations()
            .filter_map(|population| match population {
                Population::Resources(resource_type) => Some(resource_type.clone()),
                Population::Register(_) | Population::Changes(_) | Population::Exceptions => None,
            })
            .filter(|resource_type| !resource_type.eq_ignore_ascii_case(ANY));
        let mut types: Vec<String> = judged.chain(self.entries.needs().types).collect();
        types.sort_unstable();
        types.dedup();
        types
    }

    /// Returns the documents it looks at, such as `policies/chd-retention.md`.
    #[must_use]
    pub fn documents(&self) -> Vec<String> {
        match &self.entries {
            Entries::Document(entries) => entries.iter().map(|entry| entry.path.clone()).collect(),
            Entries::Acknowledgement(entries) => entries
                .iter()
                .filter_map(|entry| match &entry.text {
                    AcknowledgedText::Document(path) => Some(path.clone()),
                    AcknowledgedText::RoleGuide => None,
                })
                .collect(),
            Entries::Configuration(_)
            | Entries::Register(_)
            | Entries::Recurring(_)
            | Entries::CardholderData(_) => Vec::new(),
        }
    }

    /// Returns the registers it looks at, by the names expressions use.
    #[must_use]
    pub fn registers(&self) -> Vec<String> {
        let judged = self
            .entries
            .populations()
            .filter_map(|population| match population {
                Population::Register(name) => Some(name.clone()),
                Population::Resources(_) | Population::Changes(_) | Population::Exceptions => None,
            });
        let mut names: Vec<String> = judged.chain(self.entries.needs().registers).collect();
        names.sort_unstable();
        names.dedup();
        names
    }

    /// Returns the checks whose subjects it compares with those of the last stamped run.
    pub fn compared(&self) -> impl Iterator<Item = &Spanned<String>> {
        self.entries
            .populations()
            .filter_map(|population| match population {
                Population::Changes(check) => Some(check),
                Population::Resources(_) | Population::Register(_) | Population::Exceptions => None,
            })
    }

    /// Tells whether it looks at exceptions, and so at what every other check found.
    #[must_use]
    pub fn looks_at_exceptions(&self) -> bool {
        let mut populations = self.entries.populations();
        populations.any(|population| *population == Population::Exceptions)
    }

    /// Tells whether the check judges something of a platform: types of its cloud, registers and
    /// documents of any.
    #[must_use]
    pub fn judges_platform(&self, platform: Platform) -> bool {
        let mut populations = self.entries.populations().peekable();
        populations.peek().is_none()
            || populations.any(|population| match population {
                Population::Resources(resource_type) => is_of(resource_type, platform),
                Population::Register(_) | Population::Changes(_) | Population::Exceptions => true,
            })
    }
}

/// A cloud whose types can be told by their names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cloud {
    /// Types of CloudFormation.
    Aws,
    /// Types of the Azure resource manager, and of Kubernetes, which runs there.
    Azure,
}

/// Returns the cloud of a type; nothing for what is of no cloud: mail, databases, pipelines.
fn cloud(resource_type: &str) -> Option<Cloud> {
    let begins = |prefix: &str| {
        resource_type
            .get(..prefix.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(prefix))
    };
    if begins("AWS::") {
        Some(Cloud::Aws)
    } else if begins("Microsoft.") || begins("kubernetes/") || is_kubernetes(resource_type) {
        Some(Cloud::Azure)
    } else {
        None
    }
}

fn cloud_of(platform: Platform) -> Cloud {
    match platform {
        Platform::AwsEcsEc2 | Platform::AwsEcsFargate => Cloud::Aws,
        Platform::AzureAks => Cloud::Azure,
    }
}

/// Tells whether a resource type is of a platform: of its cloud, or of no cloud at all.
pub(crate) fn is_of(resource_type: &str, platform: Platform) -> bool {
    cloud(resource_type).is_none_or(|cloud| cloud == cloud_of(platform))
}

/// Tells whether a resource type is of a platform's cloud and of nothing else.
pub(crate) fn is_only_of(resource_type: &str, platform: Platform) -> bool {
    cloud(resource_type) == Some(cloud_of(platform))
}

/// Tells whether a type is written with an API version, as `v1/Pod` and `apps/v1/Deployment` are.
fn is_kubernetes(resource_type: &str) -> bool {
    let mut parts = resource_type.rsplit('/').skip(1);
    parts.next().is_some_and(|version| {
        let mut characters = version.chars();
        characters.next() == Some('v') && characters.next().is_some_and(|c| c.is_ascii_digit())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_type_is_of_its_cloud_or_of_every_platform() {
        use Platform::{AwsEcsEc2, AwsEcsFargate, AzureAks};
        for (resource_type, ecs, aks) in [
            ("AWS::ECS::Service", true, false),
            ("aws::ecs::service", true, false),
            ("Microsoft.KeyVault/vaults", false, true),
            ("microsoft.keyvault/vaults", false, true),
            ("v1/Pod", false, true),
            ("apps/v1/Deployment", false, true),
            ("gateway.networking.k8s.io/v1beta1/Gateway", false, true),
            ("kubernetes/workload", false, true),
            ("Exchange/TransportRule", true, true),
            ("SARIF/Run", true, true),
            ("sys.database_permissions", true, true),
        ] {
            assert_eq!(is_of(resource_type, AwsEcsEc2), ecs, "{resource_type}");
            assert_eq!(is_of(resource_type, AwsEcsFargate), ecs, "{resource_type}");
            assert_eq!(is_of(resource_type, AzureAks), aks, "{resource_type}");
            let alone = aks && !ecs;
            assert_eq!(
                is_only_of(resource_type, AzureAks),
                alone,
                "{resource_type}"
            );
        }
    }
}
