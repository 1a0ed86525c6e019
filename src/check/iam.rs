//! IAM policy statements (the JSON policy grammar of AWS IAM).

use crate::source::Value;

/// Condition keys that bind a request to named parties, in lower case.
const BINDING_KEYS: &[&str] = &[
    "aws:principalorgid",
    "aws:principalorgpaths",
    "aws:principalaccount",
    "aws:principalarn",
    "aws:sourcearn",
    "aws:sourceaccount",
    "aws:sourcevpc",
    "aws:sourcevpce",
    "aws:sourceip",
    "aws:sourceorgid",
    "aws:sourceorgpaths",
    "kms:calleraccount",
];

/// Operators that demand a match, in lower case. `...IfExists` and negated operators let requests
/// through that do not carry the key.
const POSITIVE_OPERATORS: &[&str] = &[
    "stringequals",
    "stringequalsignorecase",
    "stringlike",
    "arnequals",
    "arnlike",
    "ipaddress",
];

fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) => vec![text.to_string()],
        Value::List(items) => items.iter().flat_map(texts).collect(),
        Value::Default(value) => texts(value),
        Value::Int(number) => vec![number.to_string()],
        Value::Null | Value::Bool(_) | Value::Float(_) | Value::Map(_) | Value::Unknown(_) => {
            Vec::new()
        }
    }
}

/// Returns whom a statement names as principal. `NotPrincipal` with `Allow` names everybody else,
/// so it counts as `*`.
pub(crate) fn principals(statement: &Value) -> Vec<String> {
    let mut names = match statement.get("Principal") {
        Value::Map(map) => map.iter().flat_map(|(_, value)| texts(value)).collect(),
        other => texts(&other),
    };
    if !statement.get("NotPrincipal").is_null() {
        names.push("*".to_owned());
    }
    names.sort_unstable();
    names.dedup();
    names
}

/// Tells whether a condition binds the request to named parties: a positive operator, on a key
/// that names the caller or the network it comes from, with no value that matches anything.
pub(crate) fn restricted(condition: &Value) -> bool {
    let Some(operators) = condition.as_map() else {
        return false;
    };
    operators.iter().any(|(operator, keys)| {
        let operator = operator.to_ascii_lowercase();
        let operator = operator.strip_prefix("foranyvalue:").unwrap_or(&operator);
        POSITIVE_OPERATORS.contains(&operator)
            && keys.as_map().is_some_and(|keys| {
                keys.iter().any(|(key, values)| {
                    let values = texts(values);
                    BINDING_KEYS.contains(&key.to_ascii_lowercase().as_str())
                        && !values.is_empty()
                        && values.iter().all(|value| binds(value))
                })
            })
    })
}

fn binds(value: &str) -> bool {
    let everything = value.is_empty() || value.chars().all(|c| matches!(c, '*' | '?' | ':'));
    // An ARN whose account part is a wildcard names every account.
    let arn: Vec<&str> = value.split(':').collect();
    let any_account = arn.first() == Some(&"arn")
        && arn.get(4).is_some_and(|account| *account == "*")
        && arn.get(2) != Some(&"s3");
    !everything
        && !any_account
        && !matches!(
            value,
            "0.0.0.0/0" | "::/0" | "0.0.0.0/1" | "128.0.0.0/1" | "arn:aws:iam::*"
        )
}

/// Tells whether a statement allows an action, wildcards and `NotAction` included.
pub(crate) fn allows(statement: &Value, action: &str) -> bool {
    if !statement
        .get("Effect")
        .as_str()
        .is_some_and(|effect| effect.eq_ignore_ascii_case("allow"))
    {
        return false;
    }
    let not = texts(&statement.get("NotAction"));
    if !not.is_empty() {
        return !not.iter().any(|pattern| matches(pattern, action));
    }
    texts(&statement.get("Action"))
        .iter()
        .any(|pattern| matches(pattern, action))
}

/// Tells whether a pattern with `*` and `?` matches the whole text, ignoring ASCII case, in time
/// linear in text times pattern.
pub(crate) fn matches(pattern: &str, text: &str) -> bool {
    let pattern: Vec<char> = pattern.chars().map(|c| c.to_ascii_lowercase()).collect();
    let text: Vec<char> = text.chars().map(|c| c.to_ascii_lowercase()).collect();
    let (mut p, mut t) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while t < text.len() {
        match pattern.get(p) {
            Some('*') => {
                star = Some((p, t));
                p += 1;
            }
            Some(&c) if c == '?' || text.get(t) == Some(&c) => {
                p += 1;
                t += 1;
            }
            Some(_) | None => match star {
                Some((star_p, star_t)) => {
                    star = Some((star_p, star_t + 1));
                    p = star_p + 1;
                    t = star_t + 1;
                }
                None => return false,
            },
        }
    }
    pattern.iter().skip(p).all(|c| *c == '*')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json(text: &str) -> Value {
        serde_json::from_str(text).expect("JSON")
    }

    #[test]
    fn everybody_is_named_in_each_of_its_spellings() {
        for (statement, expected) in [
            (r#"{"Principal": "*"}"#, vec!["*"]),
            (r#"{"Principal": {"AWS": "*"}}"#, vec!["*"]),
            (
                r#"{"Principal": {"AWS": ["arn:aws:iam::111122223333:root", "*"]}}"#,
                vec!["*", "arn:aws:iam::111122223333:root"],
            ),
            (
                r#"{"principal": {"service": "ecs.amazonaws.com"}}"#,
                vec!["ecs.amazonaws.com"],
            ),
            (r#"{"NotPrincipal": {"AWS": "111122223333"}}"#, vec!["*"]),
            (r#"{"Action": "*"}"#, vec![]),
        ] {
            assert_eq!(principals(&json(statement)), expected, "{statement}");
        }
    }

    #[test]
    fn a_condition_binds_only_by_a_positive_operator_on_a_key_of_the_caller() {
        for (condition, expected) in [
            (
                r#"{"StringEquals": {"aws:PrincipalOrgID": "o-1234567890"}}"#,
                true,
            ),
            (
                r#"{"StringEquals": {"AWS:principalaccount": ["111122223333"]}}"#,
                true,
            ),
            (
                r#"{"StringEqualsIfExists": {"aws:PrincipalOrgID": "o-1234567890"}}"#,
                false,
            ),
            (
                r#"{"StringNotEquals": {"aws:PrincipalOrgID": "o-1234567890"}}"#,
                false,
            ),
            (
                r#"{"ForAllValues:StringEquals": {"aws:PrincipalOrgID": "o-1"}}"#,
                false,
            ),
            (r#"{"StringLike": {"aws:PrincipalArn": "*"}}"#, false),
            (
                r#"{"StringLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/x"}}"#,
                false,
            ),
            (
                r#"{"IpAddress": {"aws:SourceIp": ["10.0.0.0/8", "0.0.0.0/0"]}}"#,
                false,
            ),
            (r#"{"Bool": {"aws:SecureTransport": "true"}}"#, false),
            ("{}", false),
        ] {
            assert_eq!(restricted(&json(condition)), expected, "{condition}");
        }
    }

    #[test]
    fn an_action_is_allowed_through_wildcards_and_through_what_is_not_excluded() {
        for (statement, action, expected) in [
            (
                r#"{"Effect": "Allow", "Action": "kms:*"}"#,
                "kms:Decrypt",
                true,
            ),
            (
                r#"{"Effect": "Allow", "Action": ["s3:Get*", "KMS:decr?pt"]}"#,
                "kms:Decrypt",
                true,
            ),
            (r#"{"Effect": "Deny", "Action": "*"}"#, "kms:Decrypt", false),
            (
                r#"{"Effect": "Allow", "NotAction": "iam:*"}"#,
                "kms:Decrypt",
                true,
            ),
            (
                r#"{"Effect": "Allow", "NotAction": ["kms:*"]}"#,
                "kms:Decrypt",
                false,
            ),
            (
                r#"{"Effect": "Allow", "Action": "kms:DescribeKey"}"#,
                "kms:Decrypt",
                false,
            ),
        ] {
            assert_eq!(allows(&json(statement), action), expected, "{statement}");
        }
    }
}
