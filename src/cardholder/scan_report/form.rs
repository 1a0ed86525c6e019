//! Scan reports as their JSON has them: what `schemas/scan-report.json` describes.

use serde::{Deserialize, Serialize};

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Stated {
    pub(super) format: String,
    pub(super) schema_version: u64,
    pub(super) tool: StatedTool,
    pub(super) started: String,
    pub(super) ended: String,
    pub(super) member: StatedMember,
    pub(super) places: Vec<String>,
    pub(super) kinds: Vec<String>,
    pub(super) extent: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) selection: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) data: Option<StatedPeriod>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) shard: Option<StatedShard>,
    pub(super) files: StatedFiles,
    pub(super) unread: Vec<StatedUnread>,
    pub(super) counts: StatedKinds,
    pub(super) findings: Vec<StatedFound>,
    pub(super) omitted: u64,
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StatedTool {
    pub(super) name: String,
    pub(super) version: String,
    pub(super) rules: String,
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StatedMember {
    #[serde(rename = "type")]
    pub(super) member_type: String,
    pub(super) id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) account: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) region: Option<String>,
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StatedPeriod {
    pub(super) from: String,
    pub(super) to: String,
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StatedShard {
    pub(super) number: u32,
    pub(super) of: u32,
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StatedFiles {
    pub(super) found: u64,
    pub(super) read: u64,
    pub(super) unread: u64,
    pub(super) bytes: u64,
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StatedUnread {
    pub(super) file: String,
    pub(super) why: String,
}

// Named one by one, and not a map, so that a kind given twice is a mistake.
#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct StatedKinds {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) pan: Option<StatedCounts>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) track: Option<StatedCounts>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) card_code: Option<StatedCounts>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) pin_block: Option<StatedCounts>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) display: Option<StatedCounts>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) truncation: Option<StatedCounts>,
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StatedCounts {
    pub(super) confirmed: u64,
    pub(super) possible: u64,
    pub(super) test: u64,
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct StatedFound {
    pub(super) file: String,
    pub(super) offset: u64,
    pub(super) length: u64,
    pub(super) kind: String,
    pub(super) confidence: String,
    pub(super) place: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) issuer: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) last_four: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) cleared: Option<StatedCleared>,
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StatedCleared {
    pub(super) by: String,
    pub(super) on: String,
    pub(super) until: String,
    pub(super) reason: String,
}
