//! `workbook.toml`: whose workbook this is, what it covers, and the values of its parameters.

mod organisation;
mod read;
mod scope;

use std::sync::Arc;

use crate::source::{Date, Map, SourceFile, Spanned, TimeZone};

pub(crate) use read::{parse, parse_over};

/// A platform of the responsibility matrix.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Platform {
    /// Amazon ECS on EC2 instances that the customer runs.
    AwsEcsEc2,
    /// Amazon ECS on AWS Fargate.
    AwsEcsFargate,
    /// Azure Kubernetes Service.
    AzureAks,
}

/// What sort of entity is assessed; an organisation can be several.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Entity {
    /// A merchant.
    Merchant,
    /// A service provider.
    ServiceProvider,
    /// An issuer, or a company that supports issuing.
    Issuer,
}

/// Whether a resource belongs to the assessment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// In the cardholder data environment.
    Cde,
    /// Connected to it or able to affect its security.
    Connected,
    /// Out of scope by a stated rule.
    Out,
    /// No rule says; judged as in scope.
    Unclassified,
}

impl Scope {
    /// Returns the word as expressions see it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Cde => "cde",
            Self::Connected => "connected",
            Self::Out => "out",
            Self::Unclassified => "unclassified",
        }
    }
}

/// One rule that puts resources into a scope. All conditions that are given must hold; the first
/// rule that matches decides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScopeRule {
    /// The scope that the rule gives.
    pub scope: Scope,
    /// The AWS account id.
    pub account: Option<String>,
    /// The Azure subscription id.
    pub subscription: Option<String>,
    /// The Azure resource group.
    pub resource_group: Option<String>,
    /// The Kubernetes namespace.
    pub namespace: Option<String>,
    /// The resource types; any, if there is none.
    pub resource_types: Vec<String>,
    /// A tag's key, and its value unless any value will do.
    pub tag: Option<(String, Option<String>)>,
    /// Why the rule is right.
    pub reason: String,
}

/// Another party that answers for requirements: a cloud provider, a payment gateway.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Provider {
    /// The provider's id.
    pub id: String,
    /// The provider's name.
    pub name: String,
    /// The PCI DSS 4.0.1 requirement ids the attestation covers.
    pub requirements: Vec<String>,
    /// The date of the attestation of compliance.
    pub attested: Option<Date>,
    /// The day up to which the attestation is current.
    pub valid_until: Option<Date>,
    /// The services the attestation covers.
    pub services: Vec<String>,
    /// The regions the attestation covers.
    pub regions: Vec<String>,
    /// Where the attestation is kept.
    pub document: Option<String>,
    /// The day on which the provider agreed to the matrix; until then it is proposed.
    pub agreed: Option<Date>,
}

/// A role of the organisation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Role {
    /// The id that pages use, such as `sre`.
    pub id: String,
    /// The name people know.
    pub title: String,
    /// What the role does, in one sentence.
    pub summary: Option<String>,
}

/// A person, by staff id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// The staff id.
    pub id: String,
    /// The roles the person holds.
    pub roles: Vec<String>,
}

/// A type or service the organisation states it does not use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unused {
    /// The resource type or service.
    pub resource_type: String,
    /// Why it is not used.
    pub reason: String,
    /// Who approved the statement.
    pub approver: String,
    /// When.
    pub date: Date,
}

/// What `workbook.toml` says.
#[derive(Debug, Clone)]
pub struct Config {
    /// The file, for diagnostics and digests.
    pub file: Arc<SourceFile>,
    /// The organisation's name.
    pub organisation: String,
    /// What sort of entity it is.
    pub entities: Vec<Entity>,
    /// The platforms in use. Entries of checks for other platforms are left out.
    pub platforms: Vec<Platform>,
    /// The language of the book, as a BCP 47 tag.
    pub language: String,
    /// The zone in which days are counted.
    pub time_zone: TimeZone,
    /// How many months of evidence an assessment looks at.
    pub window_months: u32,
    /// Whether the organisation is in its first year: of recurring duties only the newest period
    /// counts, beside the procedure.
    pub initial: bool,
    /// Whether this is the shipped sample of an invented organisation.
    pub sample: bool,
    /// The date at which the sample is judged; only a sample has one.
    pub as_of: Option<Date>,
    /// The scope rules, in order.
    pub scopes: Vec<ScopeRule>,
    /// The parameters of checks, named as CEL sees them (`_` for `-`).
    pub params: Map,
    /// The providers.
    pub providers: Vec<Provider>,
    /// The roles.
    pub roles: Vec<Spanned<Role>>,
    /// The people.
    pub people: Vec<Person>,
    /// What is not used.
    pub unused: Vec<Unused>,
}

impl Config {
    /// Tells whether the organisation is one of these sorts of entity; none at all means any.
    pub(crate) fn is_one_of(&self, entities: &[Entity]) -> bool {
        entities.is_empty() || entities.iter().any(|entity| self.entities.contains(entity))
    }
}
