//! What AWS resource names and Azure resource ids say of account and region.

use super::file_name::{is_account, is_region};

/// The account or subscription and the region that an id states.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Whereabouts<'t> {
    /// The account or subscription.
    pub(crate) account: Option<&'t str>,
    /// The region.
    pub(crate) region: Option<&'t str>,
}

/// Returns what an id states.
pub(crate) fn whereabouts(id: &str) -> Whereabouts<'_> {
    if let Some(rest) = id.strip_prefix("arn:") {
        let mut fields = rest.split(':');
        let (region, account) = (fields.nth(2), fields.next());
        return Whereabouts {
            account: account.filter(|text| is_account(text)),
            region: region.filter(|text| is_region(text)),
        };
    }
    Whereabouts {
        account: subscription(id),
        region: None,
    }
}

/// Returns the subscription of an Azure resource id.
pub(crate) fn subscription(id: &str) -> Option<&str> {
    segment_after(id, "subscriptions")
}

/// Returns the resource group of an Azure resource id.
pub(crate) fn resource_group(id: &str) -> Option<&str> {
    segment_after(id, "resourceGroups")
}

fn segment_after<'t>(id: &'t str, name: &str) -> Option<&'t str> {
    if !id.starts_with('/') {
        return None;
    }
    let mut segments = id.split('/');
    segments.find(|segment| segment.eq_ignore_ascii_case(name))?;
    segments.next().filter(|segment| !segment.is_empty())
}

/// Tells whether an id means the same thing everywhere.
pub(crate) fn is_global(id: &str) -> bool {
    id.starts_with("arn:")
        || id
            .get(.."/subscriptions/".len())
            .is_some_and(|head| head.eq_ignore_ascii_case("/subscriptions/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_tell_their_account_and_region() {
        let cases = [
            (
                "arn:aws:ecs:us-east-1:111122223333:cluster/a",
                Some("111122223333"),
                Some("us-east-1"),
            ),
            (
                "arn:aws:iam::111122223333:role/a",
                Some("111122223333"),
                None,
            ),
            ("arn:aws:s3:::bucket", None, None),
            ("arn:", None, None),
            ("/subscriptions/s-1/resourceGroups/rg", Some("s-1"), None),
            ("vol-1", None, None),
        ];
        for (id, account, region) in cases {
            assert_eq!(whereabouts(id), Whereabouts { account, region }, "{id}");
        }
        assert_eq!(
            resource_group("/subscriptions/s/resourcegroups/RG/x"),
            Some("RG")
        );
    }
}
