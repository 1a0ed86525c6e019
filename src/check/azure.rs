//! Azure resource ids: paths of key and value segments, in any case.

fn segments(id: &str) -> Vec<String> {
    id.split('/')
        .filter(|part| !part.is_empty())
        .map(str::to_ascii_lowercase)
        .collect()
}

/// Returns the segment that follows `key`, in lower case.
pub(crate) fn segment_after(id: &str, key: &str) -> Option<String> {
    let segments = segments(id);
    let at = segments
        .iter()
        .position(|part| part.eq_ignore_ascii_case(key))?;
    segments.get(at + 1).cloned()
}

/// Tells whether an id lies in a scope: the same segments first. The root and management groups
/// hold every subscription whose own export names them, since an assignment at such a scope is
/// listed only where it applies.
pub(crate) fn in_scope(id: &str, scope: &str) -> bool {
    let scope = segments(scope);
    let group = ["providers", "microsoft.management", "managementgroups"];
    if scope.is_empty() || scope.iter().zip(group).filter(|(a, b)| a == b).count() == group.len() {
        return true;
    }
    let id = segments(id);
    scope.len() <= id.len() && scope.iter().zip(&id).all(|(a, b)| a == b)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_hold_whole_segments_only() {
        let id = "/subscriptions/s/resourceGroups/rg-2/providers/Microsoft.ContainerService/managedClusters/c";
        for (scope, expected) in [
            ("/subscriptions/S/resourcegroups/RG-2", true),
            ("/subscriptions/s/resourceGroups/rg", false),
            ("/subscriptions/s", true),
            ("/", true),
            (
                "/providers/Microsoft.Management/managementGroups/root",
                true,
            ),
            ("/subscriptions/t", false),
        ] {
            assert_eq!(in_scope(id, scope), expected, "{scope}");
        }
        assert_eq!(segment_after(id, "resourceGroups").as_deref(), Some("rg-2"));
        assert_eq!(segment_after("x", "resourceGroups"), None);
    }
}
