//! Secrets that can be told by their form, masked wherever findings are told.
//!
//! Exports of task definitions, functions and pods show environment variables, commands and
//! addresses, and people put secrets there. A check may show what it saw; the secret itself it
//! never shows. This is the last line: what has no form of its own can't be told from a name.

use std::borrow::Cow;
use std::sync::LazyLock;

use regex::{Captures, Regex};

/// What stands in the place of a secret.
const MASK: &str = "[secret]";

/// What begins a secret of a known form, up to its end. A group `keep` stays.
const FORMS: [&str; 9] = [
    // Private keys, to their end or that of the text.
    r"-----BEGIN [A-Z0-9 ]*PRIVATE KEY( BLOCK)?-----(?s:.*?)(-----END [A-Z0-9 ]*PRIVATE KEY( BLOCK)?-----|$)",
    // Access keys of AWS.
    r"\b(AKIA|ASIA)[A-Z0-9]{16}\b",
    // Tokens of services that begin with a word of theirs.
    r"\b(gh[pousr]_[A-Za-z0-9]{20,}|github_pat_[A-Za-z0-9_]{20,}|glpat-[A-Za-z0-9_-]{16,}|xox[abeoprs]-[A-Za-z0-9-]{10,}|[sr]k_live_[A-Za-z0-9]{16,}|npm_[A-Za-z0-9]{30,}|AIza[A-Za-z0-9_-]{35})",
    // JSON web tokens.
    r"\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*",
    // Bearer tokens and basic authorization.
    r"(?i)(?<keep>\b(bearer|basic)\s+)[A-Za-z0-9._~+/-]{16,}=*",
    // Passwords in addresses.
    r"(?<keep>\b[A-Za-z][A-Za-z0-9+.-]*://[^\s/:@]*:)[^\s/@]+(?<after>@)",
    // Named values of connection strings, addresses and command lines.
    r#"(?i)(?<keep>\b(password|passwd|pwd|accountkey|sharedaccesskey|sharedaccesssignature|client[_-]?secret|secret[_-]?access[_-]?key|secret[_-]?key|api[_-]?key|access[_-]?token|auth[_-]?token|sig)["']?\s*=\s*["']?)[^\s;&"',]+"#,
    // Secret keys of AWS have 40 characters of base64; digests are hexadecimal.
    r"(?<before>^|[^A-Za-z0-9/+=_-])(?<token>[A-Za-z0-9/+]{40})(?<after>$|[^A-Za-z0-9/+=_-])",
    // The same as a part of a path; one with a slash of its own can't be told from folders there.
    r"(?<before>^|[^A-Za-z0-9+=_-])(?<token>[A-Za-z0-9]{40})(?<after>$|[^A-Za-z0-9+=_-])",
];

/// The forms, compiled once. One that can't be compiled is a mistake that a test shows.
static COMPILED: LazyLock<Vec<Regex>> = LazyLock::new(|| {
    FORMS
        .iter()
        .filter_map(|form| Regex::new(form).ok())
        .collect()
});

/// Returns the text with every secret that can be told by its form masked. Masking twice changes
/// nothing.
pub(crate) fn conceal(text: &str) -> Cow<'_, str> {
    let mut concealed = Cow::Borrowed(text);
    for form in COMPILED.iter() {
        if form.is_match(&concealed) {
            let masked = form.replace_all(&concealed, mask).into_owned();
            if masked != *concealed {
                concealed = Cow::Owned(masked);
            }
        }
    }
    concealed
}

fn mask(found: &Captures<'_>) -> String {
    let group = |name: &str| found.name(name).map_or("", |group| group.as_str());
    if let Some(token) = found.name("token") {
        let token = token.as_str();
        let has = |of: fn(&char) -> bool| token.chars().any(|c| of(&c));
        let random = has(char::is_ascii_uppercase)
            && has(char::is_ascii_lowercase)
            && has(char::is_ascii_digit);
        let shown = if random { MASK } else { token };
        return format!("{}{shown}{}", group("before"), group("after"));
    }
    format!("{}{MASK}{}", group("keep"), group("after"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_compiles() {
        assert_eq!(COMPILED.len(), FORMS.len());
    }

    #[test]
    fn secrets_are_masked_and_what_names_them_stays() {
        let key = concat!("AKIA", "IOSFODNN7EXAMPLE");
        let secret = concat!("wJalrXUtnFEMI/K7MDENG/", "bPxRfiCYEXAMPLEKEY");
        let token = concat!("ghp_", "16C7e42F292c6912E7710c838347Ae178B4a");
        let jwt = concat!(
            "eyJhbGciOiJIUzI1NiJ9",
            ".eyJzdWIiOiIxMjM0In0",
            ".c2lnbmF0dXJl"
        );
        let pem = concat!(
            "-----BEGIN RSA ",
            "PRIVATE KEY-----\nMIIE\nabc\n-----END RSA PRIVATE KEY-----"
        );
        for (text, masked) in [
            (format!("key {key}."), "key [secret].".to_owned()),
            (format!("\"{secret}\""), "\"[secret]\"".to_owned()),
            (format!("x={token};"), "x=[secret];".to_owned()),
            (
                format!("vaults/{}/keys", "aB3".repeat(13) + "x"),
                "vaults/[secret]/keys".to_owned(),
            ),
            (format!("a {jwt} b"), "a [secret] b".to_owned()),
            (
                format!("before {pem} after"),
                "before [secret] after".to_owned(),
            ),
            (pem.replace("-----END", "---"), "[secret]".to_owned()),
            (
                "postgres://app:hunter2@db.example:5432/pay".to_owned(),
                "postgres://app:[secret]@db.example:5432/pay".to_owned(),
            ),
            (
                "Server=db;User ID=app;Password=p@ss w;Encrypt=true".to_owned(),
                "Server=db;User ID=app;Password=[secret] w;Encrypt=true".to_owned(),
            ),
            (
                "DefaultEndpointsProtocol=https;AccountKey=abc+/==;EndpointSuffix=x".to_owned(),
                "DefaultEndpointsProtocol=https;AccountKey=[secret];EndpointSuffix=x".to_owned(),
            ),
            (
                "https://x.blob.core/y?sv=2026&sig=a%2Fb%3D&se=1".to_owned(),
                "https://x.blob.core/y?sv=2026&sig=[secret]&se=1".to_owned(),
            ),
            (
                "Authorization: Bearer abcdefghijklmnop.qrst".to_owned(),
                "Authorization: Bearer [secret]".to_owned(),
            ),
        ] {
            let once = conceal(&text).into_owned();
            assert_eq!(once, masked);
            assert_eq!(conceal(&once), once, "masking twice");
        }
    }

    #[test]
    fn names_digests_and_prose_stay() {
        for text in [
            "arn:aws:ecs:eu-west-1:111122223333:task-definition/report-export:6",
            "da39a3ee5e6b4b0d3255bfef95601890afd80709",
            "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
            "the password is in Secrets Manager; rotation every 90 days",
            "https://kv-nlp-cde.vault.azure.net/secrets/db",
            "registry.example.com/pay/api@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
            "basic scan, 7 days old",
            "AmazonECSTaskExecutionRolePolicyForTheCdeOnly",
            "",
        ] {
            assert!(
                matches!(conceal(text), Cow::Borrowed(_)),
                "{text}: {}",
                conceal(text)
            );
        }
    }
}
